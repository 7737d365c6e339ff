import assert from 'node:assert/strict'
import { type Bench, HOUR, MINUTE, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function metricsCases({ describe, test }: Suite): void {
  describe('metrics', () => {
    test('an empty storage counts nothing', async (bench) => {
      assert.deepEqual(await bench.metrics(), {
        total: 0,
        pending: 0,
        running: 0,
        success: 0,
        failed: 0,
        interrupted: 0,
        cancelled: 0,
        queued: 0,
        scheduled: 0,
        blocked: 0,
        retrying: 0,
        avgDurationMs: null,
        minDurationMs: null,
        maxDurationMs: null,
        p50DurationMs: null,
        p95DurationMs: null,
        p99DurationMs: null,
        oldestQueuedAt: null,
        endedLastMinute: 0,
        lastEndedAt: null,
        lateSettlements: 0,
      })
    })

    test('counts every status and phase', async (bench) => {
      for (let n = 0; n < 3; n += 1) await bench.ended('success')
      for (let n = 0; n < 2; n += 1) await bench.ended('failed')
      await bench.ended('released')
      await bench.add()
      await bench.settle('r', await bench.start('r'), 'retry', T0, { delayMs: 5 * SECOND })
      await bench.add()
      await bench.start('a')
      const cancelled = await bench.add()
      await bench.storage.cancel({ taskIds: [cancelled], now: T0 })
      await bench.add({ runAt: T0 - 4 })
      await bench.add({ runAt: T0 - 9, priority: -1 })
      await bench.add({ runAt: T0 + 5 * SECOND })
      const metrics = await bench.metrics()
      const counts = { ...counted(metrics) }
      assert.deepEqual(counts, {
        total: 12,
        pending: 4,
        running: 1,
        success: 3,
        failed: 2,
        interrupted: 1,
        cancelled: 1,
        queued: 2,
        scheduled: 1,
        blocked: 0,
        retrying: 1,
      })
      assert.equal(metrics.oldestQueuedAt, T0 - 9)
      const later = counted(await bench.metrics({}, T0 + 9 * SECOND))
      assert.deepEqual(later, { ...counts, queued: 4, scheduled: 0, retrying: 0 })
    })

    test('counts per function, one answer per query', async (bench) => {
      await bench.ended('success', T0, { funcName: 'a' }, 10)
      await bench.ended('success', T0, { funcName: 'b' }, 30)
      await bench.ended('failed', T0, { funcName: 'b' })
      await bench.add({ funcName: 'b' })
      const answers = await bench.storage.metrics({
        queries: [{ funcName: 'b' }, {}, { funcName: 'a' }, { funcName: 'none' }, {}],
        now: T0,
      })
      assert.deepEqual(
        answers.map(({ total, success, failed, pending }) => [total, success, failed, pending]),
        [
          [3, 1, 1, 1],
          [4, 2, 1, 1],
          [1, 1, 0, 0],
          [0, 0, 0, 0],
          [4, 2, 1, 1],
        ],
      )
      assert.deepEqual(
        answers.map(({ avgDurationMs }) => avgDurationMs),
        [30, 20, 10, null, 20],
      )
    })

    test('durations are those of successes', async (bench) => {
      for (const ms of [10, 20, 60]) await bench.ended('success', T0, {}, ms)
      await bench.ended('failed', T0, {}, 5_000)
      const metrics = await bench.metrics()
      assert.equal(metrics.avgDurationMs, 30)
      assert.equal(metrics.minDurationMs, 10)
      assert.equal(metrics.maxDurationMs, 60)
      near(metrics.p50DurationMs, 20)
    })

    test('one success is its own percentile', async (bench) => {
      await bench.ended('success', T0, {}, 1234)
      const metrics = await bench.metrics()
      for (const value of [metrics.p50DurationMs, metrics.p95DurationMs, metrics.p99DurationMs]) {
        near(value, 1234)
      }
    })

    test('percentiles are less than a tenth off', async (bench) => {
      const durations = Array.from({ length: 400 }, (_, n) => Math.round(5 * 1.02 ** n))
      await many(bench, durations)
      const metrics = await bench.metrics({}, T0 + HOUR)
      near(metrics.p50DurationMs, durations[199])
      near(metrics.p95DurationMs, durations[379])
      near(metrics.p99DurationMs, durations[395])
      assert.equal(metrics.minDurationMs, 5)
      assert.equal(metrics.maxDurationMs, durations.at(-1))
    })

    test('durations of nothing are fine', async (bench) => {
      await many(bench, [0, 0, 0, 0])
      const metrics = await bench.metrics({}, T0 + HOUR)
      assert.equal(metrics.avgDurationMs, 0)
      assert.equal(metrics.maxDurationMs, 0)
      assert((metrics.p95DurationMs ?? 9) < 1)
    })

    test('since counts what ended since, beside what is live', async (bench) => {
      await bench.ended('success', T0 - 3 * HOUR, {}, 10)
      await bench.ended('success', T0 - 2 * HOUR, {}, 20)
      await bench.ended('failed', T0 - 30 * MINUTE)
      await bench.ended('success', T0 - 5 * MINUTE, {}, 40)
      await bench.add()
      const since = async (ms: number) => {
        const metrics = await bench.metrics({ since: T0 - ms })
        return [metrics.total, metrics.success, metrics.failed, metrics.avgDurationMs]
      }
      assert.deepEqual(await since(10 * MINUTE), [2, 1, 0, 40])
      assert.deepEqual(await since(40 * MINUTE), [3, 1, 1, 40])
      assert.deepEqual(await since(2.5 * HOUR), [4, 2, 1, 30])
      assert.deepEqual(await since(24 * HOUR), [5, 3, 1, 70 / 3])
    })

    test('since counts what was deleted, the rest does not', async (bench) => {
      await bench.ended('success', T0 - 2 * HOUR, {}, 10)
      await bench.ended('success', T0 - HOUR, {}, 30)
      const { deleted } = await bench.storage.prune({ endedBefore: T0 - 1.5 * HOUR, limit: 10 })
      assert.equal(deleted, 1)
      const existing = await bench.metrics()
      assert.equal(existing.success, 1)
      assert.equal(existing.total, 1)
      assert.equal(existing.avgDurationMs, 30)
      const happened = await bench.metrics({ since: T0 - 3 * HOUR })
      assert.equal(happened.success, 2)
      assert.equal(happened.avgDurationMs, 20)
    })

    test('after everything was pruned nothing exists', async (bench) => {
      await bench.ended('success')
      await bench.ended('failed')
      await bench.storage.prune({ endedBefore: T0 + HOUR, limit: 10 })
      const metrics = await bench.metrics()
      assert.equal(metrics.total, 0)
      assert.equal(metrics.avgDurationMs, null)
      assert.equal(metrics.p95DurationMs, null)
      assert.equal(metrics.lastEndedAt, null)
    })

    test('counts what ended in the last full minute', async (bench) => {
      await bench.ended('success', T0 - 65 * SECOND)
      await bench.ended('success', T0 - 50 * SECOND)
      await bench.ended('failed', T0 - 10 * SECOND, { funcName: 'b' })
      await bench.ended('success', T0 + 5 * SECOND)
      assert.equal((await bench.metrics({}, T0 + 20 * SECOND)).endedLastMinute, 2)
      const ofB = await bench.metrics({ funcName: 'b' }, T0 + 20 * SECOND)
      assert.equal(ofB.endedLastMinute, 1)
      assert.equal((await bench.metrics({}, T0 + 3 * MINUTE)).endedLastMinute, 0)
    })

    test('says when the last task ended', async (bench) => {
      await bench.ended('success', T0, {}, 10)
      await bench.ended('failed', T0 + SECOND, { funcName: 'b' }, 5)
      assert.equal((await bench.metrics()).lastEndedAt, T0 + SECOND + 5)
      assert.equal((await bench.metrics({ funcName: 'work' })).lastEndedAt, T0 + 10)
      assert.equal((await bench.metrics({ since: T0 + HOUR })).lastEndedAt, null)
    })

    test('a cancelled task that never started has no duration to count', async (bench) => {
      const id = await bench.add()
      await bench.storage.cancel({ taskIds: [id], now: T0 + HOUR })
      const metrics = await bench.metrics()
      assert.equal(metrics.cancelled, 1)
      assert.equal(metrics.avgDurationMs, null)
      assert.equal(metrics.lastEndedAt, T0 + HOUR)
    })
  })
}

function counted(metrics: Awaited<ReturnType<Bench['metrics']>>) {
  const { total, pending, running, success, failed, interrupted, cancelled } = metrics
  const { queued, scheduled, blocked, retrying } = metrics
  return {
    total,
    pending,
    running,
    success,
    failed,
    interrupted,
    cancelled,
    queued,
    scheduled,
    blocked,
    retrying,
  }
}

/** Successes with these durations, in a few calls. */
async function many(bench: Bench, durations: number[]): Promise<void> {
  await bench.insert(durations.map(() => bench.task()))
  await bench.join('m')
  const claimed = await bench.claim('m', T0, { limit: durations.length })
  const settle = claimed.map((task, n) =>
    bench.settlement(task, 'success', { durationMs: durations[n] ?? 0 }),
  )
  await bench.storage.turn({ instanceId: 'm', settle, claim: null, now: T0 + HOUR })
}

function near(value: number | null, wanted: number | undefined): void {
  assert(value !== null && wanted !== undefined)
  assert(Math.abs(value - wanted) < wanted * 0.1, `${value} is about ${wanted}`)
}
