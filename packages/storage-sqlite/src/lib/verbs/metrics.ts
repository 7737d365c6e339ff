import type { MetricsQuery, TaskMetrics } from '@taskflow/core'
import { CANCELLED, FAILED, INTERRUPTED, SUCCESS } from '../codes.ts'
import type { Session } from '../session.ts'
import { toText } from '../text.ts'
import { countsOf, EXISTING, HOUR, HOUR_MS, MINUTE, MINUTE_MS, minutesFrom } from './rollup.ts'
import { addTally, emptyTally, percentileOf, type Tally, type TallyRow } from './tally.ts'

export function metrics(
  session: Session,
  input: { queries: MetricsQuery[] },
  now: number,
): TaskMetrics[] {
  return input.queries.map((query) => {
    const ended = collect(session, query)
    const waiting = live(session, query.funcName, now)
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
      endedLastMinute: lastFullMinute(session, query.funcName, now),
      lastEndedAt: ended.lastEndedAt,
      lateSettlements: lateSettlements(session, query.funcName),
    }
  })
}

const SUMS =
  'state, bucket, sum(n) as n, sum(sum_ms) as sum, min(min_ms) as min, max(max_ms) as max, max(last_end) as last'

function collect(session: Session, { funcName, since }: MetricsQuery): Tally {
  const only = funcName === undefined ? '' : 'and func = ?'
  const func = funcName === undefined ? [] : [funcName]
  const sums = (from: string, ...at: number[]) =>
    session
      .sql(`select ${SUMS} from ${from} ${only} group by state, bucket order by bucket`)
      .all(...at, ...func) as TallyRow[]
  const tally = emptyTally()
  if (since === undefined) addTally(tally, sums(`${countsOf(EXISTING)} where true`))
  else {
    // Whole minutes to the next full hour, then hours; hours alone where minutes are gone.
    const minute = Math.floor(since / MINUTE_MS) * MINUTE_MS
    const isKept = minute >= minutesFrom(session)
    const hour = (isKept ? Math.ceil(minute / HOUR_MS) : Math.floor(minute / HOUR_MS)) * HOUR_MS
    if (isKept) addTally(tally, sums(`${countsOf(MINUTE)} where at >= ? and at < ?`, minute, hour))
    addTally(tally, sums(`${countsOf(HOUR)} where at >= ?`, hour))
  }
  return tally
}

function durations(tally: Tally) {
  const { successes, sumMs, minMs, maxMs } = tally
  return {
    avgDurationMs: successes === 0 ? null : sumMs / successes,
    minDurationMs: minMs,
    maxDurationMs: maxMs,
    p50DurationMs: percentileOf(tally, 0.5),
    p95DurationMs: percentileOf(tally, 0.95),
    p99DurationMs: percentileOf(tally, 0.99),
  }
}

function lastFullMinute(session: Session, func: string | undefined, now: number): number {
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS - MINUTE_MS
  const row = session
    .sql(`select coalesce(sum(n), 0) as n from ${countsOf(MINUTE)}
      where at = ? and func = coalesce(?, func)`)
    .get(minute, func ?? null) as { n: number }
  return row.n
}

function lateSettlements(session: Session, func: string | undefined): number {
  const row = session
    .sql('select coalesce(sum(late), 0) as n from {functions} where func = coalesce(?, func)')
    .get(toText(func)) as { n: number }
  return row.n
}

/** Counts of what is live, all from covering indexes. */
function live(session: Session, funcName: string | undefined, now: number) {
  session.kinds.all()
  const only = funcName === undefined ? '' : 'and kind in (select value from json_each(?))'
  const kinds = funcName === undefined ? [] : [JSON.stringify(session.kinds.ofFunction(funcName))]
  const count = (where: string, ...more: unknown[]) =>
    (
      session
        .sql(`select count(*) as n from {live} where ${where} ${only}`)
        .get(...more, ...kinds) as { n: number }
    ).n
  const waiting = (state: number) =>
    session
      .sql(`select count(*) as n, coalesce(sum(run_at > ?), 0) as later, min(run_at) as first
        from {live} where state = ${state} ${only}`)
      .get(now, ...kinds) as { n: number; later: number; first: number | null }
  const ready = waiting(0)
  const suspect = waiting(2)
  const blocked = count('state = 1')
  const retrying = count('state in (0, 2) and attempts > 0 and run_at > ?', now)
  const later = ready.later + suspect.later
  const first = Math.min(ready.first ?? now + 1, suspect.first ?? now + 1)
  return {
    pending: ready.n + suspect.n + blocked,
    running: count('state = 3'),
    queued: ready.n + suspect.n - later,
    scheduled: later - retrying,
    blocked,
    retrying,
    oldestQueuedAt: first <= now ? first : null,
  }
}
