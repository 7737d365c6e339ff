import type { SeriesQuery, StoredSeriesBucket } from '@taskflow/core'
import { CANCELLED, FAILED, INTERRUPTED, SUCCESS } from '../codes.ts'
import type { Session } from '../session.ts'
import { countsOf, HOUR, MINUTE, minutesFrom } from './rollup.ts'
import { addTally, emptyTally, percentileOf, type TallyRow } from './tally.ts'
import { waitsOf } from './waits.ts'

const MAX_STEPS = 2000

/** How tasks ended over time, from the rollups alone. */
export function series(session: Session, query: SeriesQuery): StoredSeriesBucket[] {
  const { since, until, stepMs } = query
  // Of more steps than are told, the newest.
  const newest = (Math.ceil(until / stepMs) - MAX_STEPS) * stepMs
  const start = Math.max(Math.floor(since / stepMs) * stepMs, newest)
  const length = Math.max(0, Math.ceil((until - start) / stepMs))
  const tallies = Array.from({ length }, emptyTally)
  // Hours hold the same as their minutes, and are all there is of what is older.
  const firstMinute = minutesFrom(session)
  const spans = [
    { span: HOUR, from: start, to: Math.min(until, firstMinute) },
    { span: MINUTE, from: Math.max(start, firstMinute), to: until },
  ] as const
  for (const { span, from, to } of spans) {
    const rows = session
      .sql(`select cast((at - ?) / ? as integer) as step, state, bucket, sum(n) as n,
          sum(sum_ms) as sum, min(min_ms) as min, max(max_ms) as max, max(last_end) as last
        from ${countsOf(span)} where at >= ? and at < ? and func = coalesce(?, func)
        group by step, state, bucket`)
      .all(start, stepMs, from, to, query.funcName ?? null) as (TallyRow & { step: number })[]
    for (const row of rows) {
      const tally = tallies[row.step]
      if (tally !== undefined) addTally(tally, [row])
    }
  }
  const waits = waitsOf(session, { start, until, stepMs, funcName: query.funcName }, length)
  return tallies.map((tally, n) => ({
    at: start + n * stepMs,
    success: tally.counts.get(SUCCESS) ?? 0,
    failed: tally.counts.get(FAILED) ?? 0,
    interrupted: tally.counts.get(INTERRUPTED) ?? 0,
    cancelled: tally.counts.get(CANCELLED) ?? 0,
    avgDurationMs: tally.successes === 0 ? null : tally.sumMs / tally.successes,
    p95DurationMs: percentileOf(tally, 0.95),
    waits: waits[n] ?? [],
  }))
}
