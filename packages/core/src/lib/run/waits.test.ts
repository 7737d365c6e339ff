import { describe, expect, it, vi } from 'vitest'
import type { SeriesStorage } from '../storage/parts.ts'
import { defineTask } from './define-task.ts'
import { gate, start } from './test-manager.ts'
import { roundedWait } from './waits.ts'

const MINUTE = 60_000
const quick = defineTask({ name: 'quick', run() {} })

/** Waiting times of the hour that ends now, of the steps that have any. */
async function waitsOf(
  { manager, clock }: Pick<Awaited<ReturnType<typeof start>>, 'manager' | 'clock'>,
  funcName: string,
) {
  const query = { since: clock.now() - 60 * MINUTE, until: clock.now() + 1, stepMs: MINUTE }
  const buckets = await manager.series({ ...query, funcName })
  return buckets
    .filter(({ p95WaitMs }) => p95WaitMs !== null)
    .map(({ p50WaitMs, p95WaitMs }) => [p50WaitMs, p95WaitMs])
}

describe('waiting times', () => {
  it('are counted from due to start, whatever becomes of the task', async () => {
    const { task, open } = gate('gate', { concurrency: 1 })
    const bench = await start([task])
    await bench.manager.enqueue(task)
    await bench.manager.enqueue(task, undefined, { delayMs: 2_000 })
    await bench.clock.advance(0)
    // The second is due after 2 s and starts when the first ends, after 10.
    await bench.clock.advance(10_000)
    for (const { end } of open.values()) end()
    await bench.clock.advance(5_000)
    expect(await waitsOf(bench, 'gate')).toEqual([[0, roundedWait(8_000)]])
  })

  it('of a retry begin when the retry is due', async () => {
    const flaky = defineTask({
      name: 'flaky',
      retries: 1,
      delayMs: 5_000,
      run(_: void, { attempt }) {
        if (attempt === 0) throw new Error('once')
      },
    })
    const bench = await start([flaky])
    await bench.manager.enqueue(flaky)
    await bench.clock.advance(10_000)
    expect(await waitsOf(bench, 'flaky')).toEqual([[0, 0]])
  })

  it('leave out how long a task waited for its parents', async () => {
    const { task, open } = gate()
    const bench = await start([task, quick])
    const parent = await bench.manager.enqueue(task)
    await bench.manager.enqueue(quick, undefined, { dependsOn: [parent.taskId] })
    await bench.clock.advance(30_000)
    for (const { end } of open.values()) end()
    await bench.clock.advance(10_000)
    expect((await bench.manager.metrics({ funcName: 'quick' })).success).toBe(1)
    expect(await waitsOf(bench, 'quick')).toEqual([])
  })

  it('are handed over with the beats, not with each task, and the rest at the end', async () => {
    const bench = await start([quick])
    const series = bench.manager.storage.series as SeriesStorage
    const told = vi.spyOn(series, 'countWaits')
    for (let n = 0; n < 20; n++) await bench.manager.enqueue(quick)
    await bench.clock.advance(0)
    expect(told).not.toHaveBeenCalled()
    await bench.clock.advance(4_000)
    expect(told).toHaveBeenCalledTimes(1)
    expect(told.mock.calls[0]?.[0].waits).toEqual([expect.objectContaining({ n: 20, waitMs: 0 })])
    await bench.manager.enqueue(quick)
    await bench.clock.advance(0)
    await bench.manager.stop()
    expect(told).toHaveBeenCalledTimes(2)
  })

  it('that could not be handed over are lost, and said to be', async () => {
    const onError = vi.fn()
    const bench = await start([quick], { onError })
    const series = bench.manager.storage.series as SeriesStorage
    vi.spyOn(series, 'countWaits').mockRejectedValueOnce(new Error('no space'))
    await bench.manager.enqueue(quick)
    await bench.clock.advance(8_000)
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'no space' }))
    expect(await waitsOf(bench, 'quick')).toEqual([])
    expect((await bench.manager.metrics({})).success).toBe(1)
  })
})

describe('rounded lengths', () => {
  it('are at most 6.25 % off, and few', () => {
    const lengths = new Set<number>()
    for (let ms = 0; ms < 50_000_000; ms += 1 + (ms >> 6)) {
      const rounded = roundedWait(ms)
      expect(Math.abs(rounded - ms)).toBeLessThanOrEqual(ms / 16)
      lengths.add(rounded)
    }
    expect(lengths.size).toBeLessThan(200)
    expect(roundedWait(-5)).toBe(0)
    expect(roundedWait(1e12)).toBeLessThan(2 ** 31)
  })
})
