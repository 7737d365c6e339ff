import assert from 'node:assert/strict'
import type { StoredSeriesBucket } from '../../storage/parts.ts'
import { HOUR, MINUTE, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

const EMPTY = {
  success: 0,
  failed: 0,
  interrupted: 0,
  cancelled: 0,
  avgDurationMs: null,
  p95DurationMs: null,
  waits: [],
}

/** How tasks ended, over time. */
export function seriesCases({ describe, test }: Suite): void {
  describe('series', () => {
    test('has every step, oldest first, empty ones too', async (bench) => {
      const buckets = await bench.series.read({ since: T0, until: T0 + 3 * MINUTE, stepMs: MINUTE })
      assert.deepEqual(
        buckets,
        [0, 1, 2].map((n) => ({ at: T0 + n * MINUTE, ...EMPTY })),
      )
    })

    test('counts what ended in each step, by how it ended', async (bench) => {
      await bench.ended('success', T0 + 10 * SECOND, {}, 100)
      await bench.ended('failed', T0 + 59 * SECOND, {}, 0)
      await bench.ended('success', T0 + MINUTE, {}, 300)
      await bench.ended('success', T0 + 80 * SECOND, {}, 500)
      await bench.ended('released', T0 + 2 * MINUTE, {}, 0)
      const id = await bench.add()
      await bench.storage.cancel({ taskIds: [id], now: T0 + 2 * MINUTE })
      const read = { since: T0, until: T0 + 4 * MINUTE, stepMs: MINUTE }
      const buckets = await bench.series.read(read)
      assert.deepEqual(buckets.map(counts), [
        [1, 1, 0, 0],
        [2, 0, 0, 0],
        [0, 0, 1, 1],
        [0, 0, 0, 0],
      ])
      assert.deepEqual(
        buckets.map(({ avgDurationMs }) => avgDurationMs),
        [100, 400, null, null],
      )
      near(buckets[0]?.p95DurationMs, 100)
      near(buckets[1]?.p95DurationMs, 500)
      assert.equal(buckets[2]?.p95DurationMs, null)
    })

    test('what goes back to pending has not ended', async (bench) => {
      await bench.add()
      await bench.settle('a', await bench.start('a'), 'retry', T0)
      await bench.settle('a', await bench.claimOne('a'), 'success', T0 + MINUTE)
      const buckets = await bench.series.read({ since: T0, until: T0 + 2 * MINUTE, stepMs: MINUTE })
      assert.deepEqual(buckets.map(counts), [
        [0, 0, 0, 0],
        [1, 0, 0, 0],
      ])
    })

    test('since is rounded down to a step; until is not passed', async (bench) => {
      await bench.ended('success', T0 + MINUTE, {}, 0)
      await bench.ended('success', T0 + 6 * MINUTE, {}, 0)
      await bench.ended('success', T0 + 10 * MINUTE, {}, 0)
      const read = { since: T0 + 4 * MINUTE + 1, until: T0 + 10 * MINUTE, stepMs: 5 * MINUTE }
      const buckets = await bench.series.read(read)
      assert.deepEqual(
        buckets.map(({ at, success }) => [at, success]),
        [
          [T0, 1],
          [T0 + 5 * MINUTE, 1],
        ],
      )
    })

    test('steps of an hour add its minutes up', async (bench) => {
      for (const minute of [1, 20, 59]) {
        await bench.ended('success', T0 + minute * MINUTE, {}, 10 * minute)
      }
      await bench.ended('failed', T0 + HOUR, {}, 0)
      const buckets = await bench.series.read({ since: T0, until: T0 + 2 * HOUR, stepMs: HOUR })
      assert.deepEqual(buckets.map(counts), [
        [3, 0, 0, 0],
        [0, 1, 0, 0],
      ])
      near(buckets[0]?.avgDurationMs, 800 / 3)
      near(buckets[0]?.p95DurationMs, 590)
    })

    test('tells functions apart', async (bench) => {
      await bench.ended('success', T0, { funcName: 'a' }, 0)
      await bench.ended('failed', T0, { funcName: 'b' }, 0)
      await bench.ended('success', T0, { funcName: 'b' }, 0)
      const read = async (funcName?: string) => {
        const query = { since: T0, until: T0 + MINUTE, stepMs: MINUTE }
        const [bucket] = await bench.series.read({ ...query, funcName })
        return bucket && counts(bucket)
      }
      assert.deepEqual(await read(), [2, 1, 0, 0])
      assert.deepEqual(await read('a'), [1, 0, 0, 0])
      assert.deepEqual(await read('b'), [1, 1, 0, 0])
      assert.deepEqual(await read('none'), [0, 0, 0, 0])
    })

    test('counts what was deleted, and what failed for a parent', async (bench) => {
      const parent = await bench.add()
      await bench.add({ dependsOn: [parent], onParentFailure: 'fail' })
      await bench.run('failed')
      await bench.storage.prune({ endedBefore: T0 + HOUR, limit: 10 })
      const [bucket] = await bench.series.read({ since: T0, until: T0 + MINUTE, stepMs: MINUTE })
      assert.deepEqual(bucket && counts(bucket), [0, 2, 0, 0])
    })

    test('what is older than two days is told by the hour, and kept', async (bench) => {
      const old = T0 - 60 * HOUR
      await bench.ended('success', old + 10 * MINUTE, {}, 100)
      await bench.ended('success', old + 40 * MINUTE, {}, 100)
      await bench.ended('failed', T0 - 400 * HOUR, {}, 0)
      await bench.ended('success', T0, {}, 0)
      await bench.recover([])
      await bench.ended('success', T0 + MINUTE, {}, 0)
      const byHour = { since: old - HOUR, until: old + 2 * HOUR, stepMs: HOUR }
      const hours = await bench.series.read(byHour)
      assert.deepEqual(
        hours.map(({ success, avgDurationMs }) => [success, avgDurationMs]),
        [
          [0, null],
          [2, 100],
          [0, null],
        ],
      )
      const minutes = await bench.series.read({ since: old, until: old + HOUR, stepMs: MINUTE })
      assert.equal(minutes.length, 60)
      assert.equal(
        minutes.reduce((sum, { success }) => sum + success, 0),
        2,
      )
      const days = { since: T0 - 480 * HOUR, until: T0 + 24 * HOUR, stepMs: 24 * HOUR }
      const all = await bench.series.read(days)
      assert.equal(
        all.reduce((sum, { success, failed }) => sum + success + failed, 0),
        5,
      )
    })

    test('adds up how long tasks waited, by function and step', async (bench) => {
      const count = (funcName: string, minute: number, waitMs: number, n: number) =>
        bench.series.countWaits({
          waits: [{ funcName, at: T0 + minute * MINUTE, waitMs, n }],
        })
      await count('a', 0, 500, 2)
      await count('a', 1, 20, 1)
      await count('b', 1, 20, 4)
      await count('b', 2, 0, 1)
      const atOnce = [
        { funcName: 'a', at: T0, waitMs: 500, n: 1 },
        { funcName: 'a', at: T0, waitMs: 7, n: 1 },
      ]
      await bench.series.countWaits({ waits: atOnce })
      await bench.series.countWaits({ waits: [] })
      const read = async (funcName?: string) => {
        const query = { since: T0, until: T0 + 4 * MINUTE, stepMs: 2 * MINUTE, funcName }
        const buckets = await bench.series.read(query)
        return buckets.map(({ waits }) => waits.map(({ waitMs, n }) => [waitMs, n]))
      }
      const ofA = [
        [7, 1],
        [20, 1],
        [500, 3],
      ]
      assert.deepEqual(await read('a'), [ofA, []])
      assert.deepEqual(await read('b'), [[[20, 4]], [[0, 1]]])
      assert.deepEqual(await read('none'), [[], []])
      const ofAll = [
        [7, 1],
        [20, 5],
        [500, 3],
      ]
      assert.deepEqual(await read(), [ofAll, [[0, 1]]])
    })

    test('waiting times older than two days are told by the hour, and kept', async (bench) => {
      const old = T0 - 60 * HOUR
      for (const minute of [10, 40]) {
        const at = old + minute * MINUTE
        await bench.series.countWaits({ waits: [{ funcName: 'a', at, waitMs: 9, n: 1 }] })
      }
      const read = async () => {
        const query = { since: old, until: old + HOUR, stepMs: 30 * MINUTE }
        return (await bench.series.read(query)).map(({ waits }) => waits.map(({ n }) => n))
      }
      assert.deepEqual(await read(), [[1], [1]])
      await bench.series.countWaits({ waits: [{ funcName: 'a', at: T0, waitMs: 9, n: 1 }] })
      assert.deepEqual(await read(), [[2], []])
    })

    test('has at most two thousand steps', async (bench) => {
      const read = { since: T0 - 100 * HOUR, until: T0, stepMs: MINUTE }
      const buckets = await bench.series.read(read)
      assert(buckets.length <= 2000)
      assert(buckets.every(({ at }, n) => n === 0 || at === (buckets[n - 1]?.at ?? 0) + MINUTE))
    })
  })
}

const counts = ({ success, failed, interrupted, cancelled }: StoredSeriesBucket) => [
  success,
  failed,
  interrupted,
  cancelled,
]

function near(value: number | null | undefined, wanted: number): void {
  assert(typeof value === 'number' && Math.abs(value - wanted) < wanted * 0.1, `${value}`)
}
