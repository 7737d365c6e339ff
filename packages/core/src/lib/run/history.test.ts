import { describe, expect, it, vi } from 'vitest'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import type { TaskManager } from './task-manager.ts'
import { gate, start } from './test-manager.ts'

const HOUR = 3_600_000
const quick = defineTask({ name: 'quick', run() {} })
const other = defineTask({ name: 'other', run() {} })

const names = async (manager: TaskManager) =>
  (await manager.list({ order: 'asc' })).tasks.map(({ funcName }) => funcName)

describe('deleteHistory', () => {
  it('deletes what ended longer ago, of some functions or of all, and nothing that is live', async () => {
    const { task } = gate()
    const { manager, clock } = await start([quick, other, task])
    await Promise.all([manager.enqueue(quick), manager.enqueue(other), manager.enqueue(task)])
    await clock.advance(HOUR)
    await manager.enqueue(quick)
    await clock.advance(0)
    const hour = { olderThanMs: HOUR / 2 }
    expect(await manager.deleteHistory({ ...hour, dryRun: true })).toEqual({ deleted: 2 })
    expect(await names(manager)).toEqual(['quick', 'other', 'gate', 'quick'])
    expect(await manager.deleteHistory({ ...hour, funcNames: ['other'] })).toEqual({ deleted: 1 })
    expect(await names(manager)).toEqual(['quick', 'gate', 'quick'])
    const endedBefore = new Date(clock.now() - HOUR / 2)
    expect(await manager.deleteHistory({ endedBefore })).toEqual({ deleted: 1 })
    expect(await names(manager)).toEqual(['gate', 'quick'])
  })

  it('goes on until nothing is left, in chunks', async () => {
    const { manager, clock } = await start([quick])
    const payload = undefined
    await manager.enqueueMany(quick, Array(1_200).fill({ payload }))
    await clock.advance(0)
    await clock.advance(1)
    const prune = vi.spyOn(manager.storage, 'prune')
    expect(await manager.deleteHistory({ olderThanMs: 0 })).toEqual({ deleted: 1_200 })
    expect(prune).toHaveBeenCalledTimes(3)
  })

  it.each([
    [{}, 'expected one of them'],
    [{ olderThanMs: 1, endedBefore: 1 }, 'expected one of them'],
    [{ olderThanMs: -1 }, 'olderThanMs'],
    [{ olderThanMs: Number.POSITIVE_INFINITY }, 'olderThanMs'],
    [{ olderThanMs: 1e300 }, 'olderThanMs'],
    [{ endedBefore: new Date(Number.NaN) }, 'endedBefore'],
    [{ endedBefore: 1e300 }, 'endedBefore'],
    [{ olderThanMs: 1, funcNames: 'quick' as never }, 'funcNames'],
  ])('refuses %j', async (options, message) => {
    const { manager } = await start([quick])
    await expect(manager.deleteHistory(options)).rejects.toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringContaining(message),
      }),
    )
  })
})

describe('retentionMs of a task', () => {
  const short = defineTask({ name: 'short', retentionMs: HOUR, run() {} })
  const long = defineTask({ name: 'long', retentionMs: 100 * HOUR, run() {} })

  it("goes before the manager's, which holds for the rest", async () => {
    const { manager, clock } = await start([quick, short, long], { retentionMs: 10 * HOUR })
    for (const each of [quick, short, long]) await manager.enqueue(each)
    await clock.advance(2 * HOUR)
    expect(await names(manager)).toEqual(['quick', 'long'])
    await clock.advance(10 * HOUR)
    expect(await names(manager)).toEqual(['long'])
    await clock.advance(100 * HOUR)
    expect(await names(manager)).toEqual([])
  }, 60_000)

  it('needs no retention of the manager', async () => {
    const { manager, clock } = await start([quick, short])
    for (const each of [quick, short]) await manager.enqueue(each)
    await clock.advance(2 * HOUR)
    expect(await names(manager)).toEqual(['quick'])
  })

  it('of the manager can be changed while it runs: what is too old by then goes at once', async () => {
    const { manager, clock } = await start([quick])
    await manager.enqueue(quick)
    await clock.advance(2 * HOUR)
    expect(await names(manager)).toEqual(['quick'])
    manager.keepFor(HOUR)
    await clock.advance(0)
    expect(await names(manager)).toEqual([])
    await manager.enqueue(quick)
    await clock.advance(3 * HOUR)
    expect(await names(manager)).toEqual([])
  })

  it('is known to instances that do not run the task', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const worker = await start([long], { clock, storage })
    await worker.manager.enqueue(long)
    await clock.advance(0)
    await start([quick], { clock, storage, retentionMs: HOUR })
    await clock.advance(3 * HOUR)
    expect(await names(worker.manager)).toEqual(['long'])
  })

  it('deletes audit entries and ticks by the retention of the manager', async () => {
    const clock = fakeClock()
    const storage = memoryStorage({ now: clock.now })
    const prune = vi.spyOn(storage, 'prune')
    await start([short], { clock, storage, retentionMs: 10 * HOUR })
    await clock.advance(0)
    expect(prune.mock.calls.map(([input]) => input)).toEqual([
      { endedBefore: clock.now() - HOUR, funcNames: ['short'], limit: 500 },
      { endedBefore: clock.now() - 10 * HOUR, exceptFuncNames: ['short'], limit: 500 },
      { endedBefore: clock.now() - 10 * HOUR, limit: 0 },
    ])
  })
})
