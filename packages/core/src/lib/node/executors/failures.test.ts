import { describe, expect, it } from 'vitest'
import { defineTask } from '../../../index.ts'
import { kinds, start, taskOn } from './test-executors.ts'
import { hostile } from './test-values.ts'

const inProcess = defineTask<unknown, unknown>({
  name: 'async.throw',
  run(what) {
    throw hostile[String(what)]?.()
  },
})

describe.each(kinds)('a task in a %s that throws', (kind) => {
  const on = (act: string) => taskOn(kind, act)

  it('keeps name, message, stack and causes', async () => {
    const { run } = await start()
    const { status, error, stacktrace } = await run(on('fail'))
    expect({ status, error }).toEqual({ status: 'failed', error: 'RangeError: out of range' })
    expect(stacktrace).toMatch(/^RangeError: out of range\n {4}at .*test-tasks\.ts:/)
    expect(stacktrace).toMatch(/Caused by: TypeError: the cause\n {4}at .*test-tasks\.ts:/)
  })

  it('may snooze, or give up', async () => {
    const { run, manager, until } = await start()
    const { taskId } = await manager.enqueue(on('snooze'), null)
    const snoozed = await until(taskId, (record) => record?.phase === 'scheduled')
    expect(snoozed.runAt).toBeGreaterThan(Date.now() + 30_000)
    expect(await run(on('abandon'))).toMatchObject({
      status: 'failed',
      error: 'AbandonTask: hopeless',
      attemptsMade: 1,
    })
  })

  it.each(Object.keys(hostile))('may throw %s', async (what) => {
    const { run } = await start({ tasks: [on('throw'), inProcess] })
    const expected = await run(inProcess, what)
    const { status, error } = await run(on('throw'), what)
    const counted = /… \(\d+ characters\)$/
    expect(status).toBe('failed')
    expect(error?.replace(counted, '').slice(0, 7_900)).toBe(
      expected.error?.replace(counted, '').slice(0, 7_900),
    )
  })
})
