import type { MetricsQuery, TaskMetrics } from '@taskflow/core'
import { CANCELLED, FAILED, INTERRUPTED, SUCCESS } from '../codes.ts'
import type { Store } from '../store.ts'
import { bucketMiddle, EXISTING, HOUR, HOUR_MS, MINUTE, MINUTE_MS } from './rollup.ts'

export function metrics(
  store: Store,
  input: { queries: MetricsQuery[] },
  now: number,
): TaskMetrics[] {
  return input.queries.map((query) => {
    const ended = collect(store, query)
    const waiting = live(store, query.funcName, now)
    const counts = {
      success: ended.counts.get(SUCCESS) ?? 0,
      failed: ended.counts.get(FAILED) ?? 0,
      interrupted: ended.counts.get(INTERRUPTED) ?? 0,
      cancelled: ended.counts.get(CANCELLED) ?? 0,
    }
    const total = [...ended.counts.values()].reduce((sum, n) => sum + n, 0)
    return {
      total: total + waiting.pending + waiting.running,
      ...waiting,
      ...counts,
      ...durations(ended),
      endedLastMinute: lastFullMinute(store, query.funcName, now),
      lastEndedAt: ended.lastEndedAt,
    }
  })
}

interface Ended {
  counts: Map<number, number>
  lastEndedAt: number | null
  sumMs: number
  /** Buckets of successes, shortest first. */
  buckets: { bucket: number; n: number; min: number; max: number }[]
}

interface RollupRow {
  state: number
  bucket: number
  n: number
  sum: number
  min: number
  max: number
  last: number
}

const SUMS =
  'state, bucket, sum(n) as n, sum(sum_ms) as sum, min(min_ms) as min, max(max_ms) as max, max(last_end) as last'

function collect(store: Store, { funcName, since }: MetricsQuery): Ended {
  const func = funcName ?? null
  const rows =
    since === undefined
      ? store
          .sql(`select ${SUMS} from {rollup} where span = ${EXISTING} and at = 0
            and func = coalesce(?, func) group by state, bucket order by bucket`)
          .all(func)
      : collectSince(store, func, since)
  const ended: Ended = { counts: new Map(), lastEndedAt: null, sumMs: 0, buckets: [] }
  for (const row of rows as RollupRow[]) {
    ended.counts.set(row.state, (ended.counts.get(row.state) ?? 0) + row.n)
    ended.lastEndedAt = Math.max(ended.lastEndedAt ?? row.last, row.last)
    if (row.state !== SUCCESS) continue
    ended.sumMs += row.sum
    ended.buckets.push({ bucket: row.bucket, n: row.n, min: row.min, max: row.max })
  }
  return ended
}

/** Whole minutes to the next full hour, then hours; hours alone where minutes are gone. */
function collectSince(store: Store, func: string | null, since: number): unknown[] {
  const minute = Math.floor(since / MINUTE_MS) * MINUTE_MS
  const hour = Math.ceil(minute / HOUR_MS) * HOUR_MS
  const oldest = store.sql(`select min(at) as at from {rollup} where span = ${MINUTE}`).get() as {
    at: number | null
  }
  const minutesKept = oldest.at !== null && oldest.at <= minute
  const firstHour = minutesKept ? hour : Math.min(hour, Math.floor(minute / HOUR_MS) * HOUR_MS)
  return store
    .sql(`select ${SUMS} from (
        select * from {rollup} where span = ${MINUTE} and at >= ? and at < ? and func = coalesce(?, func)
        union all
        select * from {rollup} where span = ${HOUR} and at >= ? and func = coalesce(?, func))
      group by state, bucket order by bucket`)
    .all(minute, minutesKept ? hour : minute, func, firstHour, func)
}

function durations({ buckets, sumMs }: Ended) {
  const n = buckets.reduce((sum, bucket) => sum + bucket.n, 0)
  return {
    avgDurationMs: n === 0 ? null : sumMs / n,
    minDurationMs: buckets[0]?.min ?? null,
    maxDurationMs: buckets.at(-1)?.max ?? null,
    p50DurationMs: percentile(buckets, n, 0.5),
    p95DurationMs: percentile(buckets, n, 0.95),
    p99DurationMs: percentile(buckets, n, 0.99),
  }
}

function percentile(buckets: Ended['buckets'], n: number, share: number): number | null {
  let left = Math.ceil(n * share)
  for (const { bucket, n: here, min, max } of buckets) {
    left -= here
    if (left <= 0) return Math.min(Math.max(bucketMiddle(bucket), min), max)
  }
  return null
}

function lastFullMinute(store: Store, func: string | undefined, now: number): number {
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS - MINUTE_MS
  const row = store
    .sql(`select coalesce(sum(n), 0) as n from {rollup}
      where span = ${MINUTE} and at = ? and func = coalesce(?, func)`)
    .get(minute, func ?? null) as { n: number }
  return row.n
}

/** Counts of what is live, all from covering indexes. */
function live(store: Store, funcName: string | undefined, now: number) {
  const only = funcName === undefined ? '' : 'and func = ?'
  const params = funcName === undefined ? [] : [funcName]
  const count = (where: string, ...more: unknown[]) =>
    (
      store
        .sql(`select count(*) as n from {live} where ${where} ${only}`)
        .get(...more, ...params) as { n: number }
    ).n
  const ready = store
    .sql(`select count(*) as n, coalesce(sum(run_at > ?), 0) as later, min(run_at) as first
      from {live} where state = 0 ${only}`)
    .get(now, ...params) as { n: number; later: number; first: number | null }
  const blocked = count('state = 1')
  const retrying = count('state = 0 and attempts_made > 0 and run_at > ?', now)
  return {
    pending: ready.n + blocked,
    running: count('state = 3'),
    queued: ready.n - ready.later,
    scheduled: ready.later - retrying,
    blocked,
    retrying,
    oldestQueuedAt: ready.first !== null && ready.first <= now ? ready.first : null,
  }
}
