import { describe, expect, it, vi } from 'vitest'
import { TaskFailedError, TaskflowError } from '../errors.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import { TaskManager } from './task-manager.ts'
import { gate, start } from './test-manager.ts'

const born = defineTask({ name: 'born', run: () => ({ at: new Date(0), nothing: undefined }) })
const fails = defineTask({
  name: 'fails',
  run() {
    throw new TypeError('no such address')
  },
})

/** A manager that only looks on, and what ran meanwhile is another's. */
async function onlooker(tasks: Parameters<typeof start>[0]) {
  const clock = fakeClock()
  const storage = memoryStorage({ now: clock.now })
  const app = await start(tasks, { clock, storage })
  return { ...app, clock, onlooker: new TaskManager({ tasks, clock, storage }), storage }
}

describe('result', () => {
  it('resolves with what JSON keeps of the return value, as soon as the task ends here', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task, born])
    const ref = await manager.enqueue(task)
    const result = manager.result(ref)
    await clock.advance(0)
    open.get(ref.taskId)?.end()
    await clock.advance(0)
    expect(await result).toBe('done')
    const other = await manager.enqueue(born)
    await clock.advance(0)
    expect(await manager.result(other)).toEqual({ at: '1970-01-01T00:00:00.000Z' })
  })

  it('is null for a task that returns nothing', async () => {
    const nothing = defineTask({ name: 'nothing', run() {} })
    const { manager, clock } = await start([nothing])
    const ref = await manager.enqueue(nothing)
    await clock.advance(0)
    expect(await manager.result(ref)).toBeNull()
  })

  it('is decrypted for those who have the key, and refused to others', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const encryption = { keys: [{ id: 'k1', secret: 'x'.repeat(32) }] }
    const { manager } = await start([born], { clock, storage, encryption })
    const ref = await manager.enqueue(born)
    await clock.advance(0)
    expect(await manager.result(ref)).toEqual({ at: '1970-01-01T00:00:00.000Z' })
    const stranger = new TaskManager({ tasks: [born], clock, storage })
    await expect(stranger.result(ref)).rejects.toThrow(TaskflowError)
  })

  it('rejects with the record when the task failed, its text and stack as the cause', async () => {
    const { manager, clock } = await start([fails])
    const { taskId } = await manager.enqueue(fails)
    const result = manager.result({ taskId }).catch((error: unknown) => error)
    await clock.advance(0)
    const error = await result
    expect(error).toBeInstanceOf(TaskFailedError)
    expect(error).toMatchObject({
      code: 'conflict',
      status: 'failed',
      message: `fails: expected task ${taskId} to succeed, it is failed`,
      record: { taskId, error: 'TypeError: no such address', attempts: [{ outcome: 'error' }] },
      cause: {
        message: 'TypeError: no such address',
        stack: expect.stringContaining('results.test.ts'),
      },
    })
  })

  it('rejects when the task is cancelled before it starts, or unknown', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    const ref = await manager.enqueue(task, undefined, { delayMs: 60_000 })
    const result = manager.result(ref).catch((error: unknown) => error)
    await clock.advance(0)
    await manager.cancel(ref.taskId)
    expect(await result).toMatchObject({ code: 'conflict', status: 'cancelled' })
    await expect(manager.result({ taskId: crypto.randomUUID() })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('of what another instance runs comes within a second, without a start', async () => {
    const { task, open } = gate()
    const app = await onlooker([task])
    const ref = await app.onlooker.enqueue(task)
    const result = app.onlooker.result(ref)
    await app.clock.advance(3_000)
    open.get(ref.taskId)?.end()
    await app.clock.advance(1_000)
    expect(await result).toBe('done')
  })

  it('costs one query a second for a thousand who wait, and none when nobody does', async () => {
    const { task, open } = gate()
    const app = await onlooker([task])
    const payload = undefined
    const refs = await app.onlooker.enqueueMany(task, Array(1_000).fill({ payload }))
    const get = vi.spyOn(app.storage, 'get')
    const results = Promise.allSettled(refs.map((ref) => app.onlooker.result(ref)))
    await app.clock.advance(0)
    expect(get.mock.calls.map(([{ taskIds }]) => taskIds.length)).toEqual([1_000])
    await app.clock.advance(3_000)
    expect(get).toHaveBeenCalledTimes(4)
    const first = [...open.keys()]
    for (const { end } of open.values()) end()
    await app.clock.advance(1_000)
    get.mockClear()
    await app.clock.advance(1_000)
    expect(get.mock.calls.map(([{ taskIds }]) => taskIds.length)).toEqual([1_000 - first.length])
    await Promise.all(refs.map(({ taskId }) => app.onlooker.cancel(taskId).catch(() => {})))
    await app.clock.advance(1_000)
    for (const { end } of open.values()) end()
    await app.clock.advance(1_000)
    await results
    get.mockClear()
    await app.clock.advance(10_000)
    expect(get).not.toHaveBeenCalled()
  })

  it('gives up after timeoutMs, or when the signal aborts; the task goes on', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const ref = await manager.enqueue(task)
    const late = manager.result(ref, { timeoutMs: 500 }).catch((error: unknown) => error)
    const leave = new AbortController()
    const left = manager.result(ref, { signal: leave.signal }).catch((error: unknown) => error)
    await clock.advance(500)
    expect(await late).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('500 ms'),
    })
    leave.abort(new Error('gone'))
    expect(await left).toMatchObject({ message: 'gone' })
    await expect(manager.result(ref, { signal: leave.signal })).rejects.toThrow('gone')
    await expect(manager.result(ref, { timeoutMs: Number.NaN })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    const stays = manager.result(ref)
    open.get(ref.taskId)?.end()
    expect(await stays).toBe('done')
  })

  it('goes on waiting while the storage is away, if it was there at first', async () => {
    const { task, open } = gate()
    const app = await onlooker([task])
    const ref = await app.onlooker.enqueue(task)
    const result = app.onlooker.result(ref)
    await app.clock.advance(3_000)
    vi.spyOn(app.storage, 'get').mockRejectedValueOnce(new Error('socket closed'))
    await app.clock.advance(1_000)
    open.get(ref.taskId)?.end()
    await app.clock.advance(1_000)
    expect(await result).toBe('done')
    vi.spyOn(app.storage, 'get').mockRejectedValueOnce(new Error('socket closed'))
    await expect(app.onlooker.result(ref)).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('is refused to those who still wait when the manager stops', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const [quick, slow] = [await manager.enqueue(task), await manager.enqueue(task)]
    const results = Promise.allSettled([manager.result(quick), manager.result(slow)])
    await clock.advance(0)
    const stopped = manager.stop({ graceMs: 1_000, abortMs: 0 })
    open.get(quick.taskId)?.end()
    await clock.advance(1_000)
    await stopped
    expect(await results).toMatchObject([
      { value: 'done' },
      { reason: { code: 'unavailable', message: 'result: the manager has stopped' } },
    ])
    await expect(manager.result(quick)).rejects.toMatchObject({ code: 'unavailable' })
  })
})
