import type { Runner } from '../runner.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000

/** How many rows one sweep folds. */
const AT_ONCE = 5_000

/** Four buckets per doubling: a bucket's middle is within 9.1 % of all it holds. */
export function bucketMiddle(bucket: number): number {
  return bucket < 0 ? 0 : 2 ** ((bucket + 0.5) / 4)
}

/** Durations of successes only are asked for. `source` has state, started_at and ended_at. */
const MS = 'case when state = 10 then greatest(coalesce(ended_at - started_at, 0), 0) else 0 end'
const BUCKET =
  'case when ms < 1 then -1 else floor(4 * ln(ms::float8) / ln(2::float8)) end::smallint'

/**
 * Counts what `source` ended, in the order of the keys: who counts the same at once waits, and never
 * for each other.
 */
export function countEnded(source: string, slot: string): string {
  return `counted as (
    insert into {rollup_minute} as r
      (at, func, state, bucket, slot, n, sum_ms, min_ms, max_ms, last_end)
    select ended_at / ${MINUTE_MS} * ${MINUTE_MS} as at, func, state, ${BUCKET} as bucket, ${slot},
        count(*), sum(ms), min(ms), max(ms), max(ended_at)
      from (select func, state, ended_at, ${MS} as ms from ${source}) as ended
      group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (at, func, state, bucket, slot) do update set n = r.n + excluded.n,
      sum_ms = r.sum_ms + excluded.sum_ms, min_ms = least(r.min_ms, excluded.min_ms),
      max_ms = greatest(r.max_ms, excluded.max_ms), last_end = greatest(r.last_end, excluded.last_end))`
}

/**
 * Takes deleted tasks out of the counts of what exists. The bounds of a bucket stay until it is
 * empty, so a minimum or maximum may be off by a bucket's width after pruning.
 */
export function uncountDeleted(source: string): string {
  return `counted as (
    insert into {rollup_total} as r (func, state, bucket, n, sum_ms)
    select func, state, ${BUCKET} as bucket, -count(*), -sum(ms)
      from (select func, state, ${MS} as ms from ${source}) as deleted
      group by 1, 2, 3 order by 1, 2, 3
    on conflict (func, state, bucket) do update set n = r.n + excluded.n,
      sum_ms = r.sum_ms + excluded.sum_ms)`
}

// `least`, `greatest`, `min` and `max` pass over null, which is what a row of deletions holds.
const SUMS =
  'sum(n) as n, sum(sum_ms) as sum_ms, min(min_ms) as min_ms, max(max_ms) as max_ms, max(last_end) as last_end'
const ADD = `n = r.n + excluded.n, sum_ms = r.sum_ms + excluded.sum_ms,
      min_ms = least(r.min_ms, excluded.min_ms), max_ms = greatest(r.max_ms, excluded.max_ms),
      last_end = greatest(r.last_end, excluded.last_end)`

const FOLD = `with moved as (
    delete from {rollup_minute} where (at, func, state, bucket, slot) in (
      select at, func, state, bucket, slot from {rollup_minute}
      where slot >= 0 and at < $1::bigint order by at limit ${AT_ONCE} for update skip locked)
    returning *),
  minutes as (
    insert into {rollup_minute} as r
      (at, func, state, bucket, slot, n, sum_ms, min_ms, max_ms, last_end)
    select at, func, state, bucket, -1, ${SUMS} from moved group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (at, func, state, bucket, slot) do update set ${ADD}),
  hours as (
    insert into {rollup_hour} as r (at, func, state, bucket, n, sum_ms, min_ms, max_ms, last_end)
    select at / ${HOUR_MS} * ${HOUR_MS}, func, state, bucket, ${SUMS} from moved
      group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (at, func, state, bucket) do update set ${ADD}),
  totals as (
    insert into {rollup_total} as r (func, state, bucket, n, sum_ms, min_ms, max_ms, last_end)
    select func, state, bucket, ${SUMS} from moved group by 1, 2, 3 order by 1, 2, 3
    on conflict (func, state, bucket) do update set ${ADD})
  select count(*)::int as n from moved`

/**
 * Adds minutes that are over to hours and totals, in one statement: whoever reads all three counts
 * each task once. Minutes are kept for two days, hours for ever. True when there may be more to add.
 */
export async function foldMinutes(runner: Runner, now: number): Promise<boolean> {
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS
  const [folded] = await runner.run<{ n: number }>(FOLD, [minute - MINUTE_MS])
  const oldest = Math.floor(now / HOUR_MS) * HOUR_MS - 48 * HOUR_MS
  await runner.run(`delete from {rollup_minute} where slot < 0 and at < $1::bigint`, [oldest])
  // Nothing of it is left to count.
  await runner.run('delete from {rollup_total} where n = 0 and sum_ms = 0')
  return folded?.n === AT_ONCE
}
