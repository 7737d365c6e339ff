import type { SeriesQuery, StoredSeriesBucket } from '@taskflow/core'
import { CANCELLED, FAILED, INTERRUPTED, SUCCESS } from '../codes.ts'
import type { Store } from '../store.ts'
import { toText } from '../text.ts'
import { durations, type Tally } from './tally.ts'
import { waitsOf } from './waits.ts'

const MAX_STEPS = 2000

// Minutes that are kept are told as they are. Hours hold the same once more: only of those that have
// no minutes any more, which are those before the oldest full hour of minutes.
const READ = `with kept as (
    select coalesce(min(at), 9e15)::bigint as at from {rollup_minute}),
  edge as (select (at + 3599999) / 3600000 * 3600000 as at from kept),
  spans as (
    select m.at, m.state, m.bucket, m.n, m.sum_ms, m.min_ms, m.max_ms from {rollup_minute} as m, edge
      where m.at >= $2::bigint and m.at < $3::bigint and ($1::text is null or func = $1)
        and (m.at >= edge.at or slot >= 0)
    union all
    select h.at, h.state, h.bucket, h.n, h.sum_ms, h.min_ms, h.max_ms from {rollup_hour} as h, edge
      where h.at >= $2::bigint and h.at < $3::bigint and ($1::text is null or func = $1)
        and h.at < edge.at)
  select (floor((at - $2::bigint) / $4::float8))::int as step, state, bucket, sum(n)::float8 as n,
    sum(sum_ms)::float8 as sum_ms, min(min_ms)::float8 as min_ms, max(max_ms)::float8 as max_ms
  from spans group by 1, 2, 3 having sum(n) > 0 order by 1, 3`

interface Row {
  step: number
  state: number
  bucket: number
  n: number
  sum_ms: number
  min_ms: number | null
  max_ms: number | null
}

export async function series(store: Store, query: SeriesQuery): Promise<StoredSeriesBucket[]> {
  const { funcName, since, until, stepMs } = query
  // Of more steps than are told, the newest.
  const newest = (Math.ceil(until / stepMs) - MAX_STEPS) * stepMs
  const start = Math.max(Math.floor(since / stepMs) * stepMs, newest)
  const length = Math.max(0, Math.ceil((until - start) / stepMs))
  const end = Math.ceil(until)
  const [rows, waits] = await store.look((runner) =>
    Promise.all([
      runner.run<Row>(READ, [toText(funcName), start, end, stepMs]),
      waitsOf(runner, { start, until: end, stepMs, funcName }, length),
    ]),
  )
  const steps = Array.from({ length }, (): Tally => ({ counts: new Map(), sumMs: 0, buckets: [] }))
  for (const { step, state, bucket, n, sum_ms, min_ms, max_ms } of rows) {
    const tally = steps[step]
    if (tally === undefined) continue
    tally.counts.set(state, (tally.counts.get(state) ?? 0) + n)
    if (state !== SUCCESS) continue
    tally.sumMs += sum_ms
    tally.buckets.push({ bucket, n, min: min_ms ?? 0, max: max_ms ?? Number.MAX_SAFE_INTEGER })
  }
  return steps.map((tally, n) => {
    const { avgDurationMs, p95DurationMs } = durations(tally)
    return {
      at: start + n * stepMs,
      success: tally.counts.get(SUCCESS) ?? 0,
      failed: tally.counts.get(FAILED) ?? 0,
      interrupted: tally.counts.get(INTERRUPTED) ?? 0,
      cancelled: tally.counts.get(CANCELLED) ?? 0,
      avgDurationMs,
      p95DurationMs,
      waits: waits[n] ?? [],
    }
  })
}
