import { describe, expect, it } from 'vitest'
import { kinds, start, taskOn } from './test-executors.ts'

describe.each(kinds)('a task in a %s', (kind) => {
  const on = (act: string) => taskOn(kind, act)

  it('that is cancelled hears of it, and why', async () => {
    const { manager, until, ended } = await start()
    const { taskId } = await manager.enqueue(on('heed'), null)
    await until(taskId, (record) => record?.logTail.length)
    await manager.cancel(taskId)
    expect(await ended(taskId)).toMatchObject({
      status: 'cancelled',
      error: 'told: cancelled, Cancelled',
    })
  })

  it('that is cancelled in an endless loop is ended after the grace period', async () => {
    const { manager, until, ended, run } = await start({ cancelGraceMs: 20 })
    const { taskId } = await manager.enqueue(on('spin'), null)
    await until(taskId, (record) => record?.logTail.length)
    await manager.cancel(taskId)
    expect(await ended(taskId)).toMatchObject({
      status: 'cancelled',
      error: `The ${kind} was ended: it ran on for 20 ms after it was asked to stop`,
    })
    expect(await run(on('echo'), 'alive')).toMatchObject({ result: 'alive' })
  })

  it('that takes too long in an endless loop has timed out, and gives its slot back', async () => {
    const { run } = await start({ cancelGraceMs: 20 })
    expect(await run(on('spinTooLong'))).toMatchObject({
      status: 'failed',
      error: 'TaskAborted: Timed out after 300 ms',
      attemptsMade: 2,
    })
    expect(await run(on('echo'), 'alive')).toMatchObject({ result: 'alive' })
  })

  it('is cancelled while it waits for a slot, and never starts', async () => {
    const { manager, until, ended } = await start({ cancelGraceMs: 0 })
    const first = await manager.enqueue(on('spin'), null)
    await until(first.taskId, (record) => record?.logTail.length)
    const second = await manager.enqueue(on('spin'), null)
    await manager.cancel(second.taskId)
    expect(await ended(second.taskId)).toMatchObject({ status: 'cancelled', logTail: [] })
  })

  it('in an endless loop is handed back by stop, and its worker is gone', async () => {
    const { manager, until } = await start()
    const { storage } = manager
    const { taskId } = await manager.enqueue(on('spin'), null)
    const { logTail } = await until(taskId, (record) => record?.logTail.length)
    const report = await manager.stop({ graceMs: 0, abortMs: 0 })
    expect(report).toMatchObject({ interrupted: 1, released: 0 })
    const [stored] = await storage.get({ taskIds: [taskId] })
    expect(stored?.status).toBe('interrupted')
    const pid = Number(logTail[0]?.text.replace('spins in ', ''))
    if (kind === 'process') expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })
})
