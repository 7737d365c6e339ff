import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { TaskManager } from './task-manager.ts'
import { claimedAhead, gate, obedient, start } from './test-manager.ts'

describe('cancel', () => {
  it('ends a pending task at once and for good', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task, undefined, { delayMs: 1000 })
    expect(await manager.cancel(taskId)).toMatchObject({ result: 'cancelled' })
    await clock.advance(5000)
    expect(await manager.get(taskId)).toMatchObject({ status: 'cancelled', attemptsMade: 0 })
  })

  it('aborts a running task, which is cancelled and not retried', async () => {
    const eager = defineTask({ name: 'eager', retries: 5, run: obedient.run })
    const { manager, clock } = await start([eager])
    const { taskId } = await manager.enqueue(eager)
    await clock.advance(0)
    expect(await manager.cancel(taskId)).toMatchObject({ result: 'requested', status: 'running' })
    await clock.advance(0)
    expect(await manager.get(taskId)).toMatchObject({
      status: 'cancelled',
      attempts: [{ outcome: 'cancelled' }],
    })
  })

  it('tells the truth about a handler that finishes all the same', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    await manager.cancel(taskId)
    expect(open.get(taskId)?.context.signal.aborted).toBe(true)
    open.get(taskId)?.end()
    await clock.advance(0)
    expect(await manager.get(taskId)).toMatchObject({ status: 'success', result: 'done' })
  })

  it('reaches a task that another instance runs', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const runs = await start([obedient], { storage, clock })
    const other = new TaskManager({ tasks: [obedient], storage, clock })
    const { taskId } = await other.enqueue(obedient)
    await clock.advance(3_000)
    expect(await runs.status(taskId)).toBe('running')
    await other.cancel(taskId)
    await clock.advance(3_000)
    expect(await runs.status(taskId)).toBe('cancelled')
  })

  it('is forced only after the grace period, and then refuses the late result', async () => {
    const { task, open } = gate()
    const { manager, clock, status } = await start([task], { cancelGraceMs: 1000 })
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    await manager.cancel(taskId)
    await expect(manager.cancel(taskId, { force: true })).rejects.toMatchObject({
      code: 'conflict',
    })
    await clock.advance(1000)
    await manager.cancel(taskId, { force: true })
    open.get(taskId)?.end()
    await clock.advance(0)
    expect(await status(taskId)).toBe('cancelled')
  })

  it('never starts a task that was claimed ahead of its slot', async () => {
    const { manager, clock, status, open, first, second } = await claimedAhead()
    await manager.cancel(second)
    open.get(first)?.end()
    await clock.advance(0)
    expect(await status(second)).toBe('cancelled')
    expect(open.has(second)).toBe(false)
  })

  it('refuses what has ended, and what never was', async () => {
    const quick = defineTask({ name: 'quick', run() {} })
    const { manager, clock } = await start([quick])
    const { taskId } = await manager.enqueue(quick)
    await clock.advance(0)
    await expect(manager.cancel(taskId)).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(manager.cancel(crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' })
  })
})
