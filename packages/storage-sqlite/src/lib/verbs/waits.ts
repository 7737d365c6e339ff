import type { StoredSeriesBucket, WaitCount } from '@taskflow/core'
import type { Session } from '../session.ts'
import { toText } from '../text.ts'
import { HOUR, HOUR_MS, MINUTE, MINUTES_KEPT_MS } from './rollup.ts'

const ADD = 'on conflict (span, at, func, wait_ms) do update set n = n + excluded.n'

/** Adds counts to their minutes, and minutes that are too old to their hours. */
export function countWaits(session: Session, { waits }: { waits: WaitCount[] }): void {
  if (waits.length === 0) return
  for (const { funcName, at, waitMs, n } of waits) {
    session
      .sql(`insert into {waits} (span, at, func, wait_ms, n) values (${MINUTE}, ?, ?, ?, ?) ${ADD}`)
      .run(at, toText(funcName), waitMs, n)
  }
  const newest = Math.max(...waits.map(({ at }) => at))
  const before = Math.floor((newest - MINUTES_KEPT_MS) / HOUR_MS) * HOUR_MS
  session
    .sql(`insert into {waits} (span, at, func, wait_ms, n)
      select ${HOUR}, at - at % ${HOUR_MS}, func, wait_ms, n from {waits}
        where span = ${MINUTE} and at < ? ${ADD}`)
    .run(before)
  session.sql(`delete from {waits} where span = ${MINUTE} and at < ?`).run(before)
}

/** How long tasks waited, one list for each step from `start`. */
export function waitsOf(
  session: Session,
  query: { start: number; until: number; stepMs: number; funcName: string | undefined },
  length: number,
): StoredSeriesBucket['waits'][] {
  const steps = Array.from({ length }, (): StoredSeriesBucket['waits'] => [])
  const rows = session
    .sql(`select cast((at - ?) / ? as integer) as step, wait_ms as waitMs, sum(n) as n from {waits}
      where span in (${MINUTE}, ${HOUR}) and at >= ? and at < ? and func = coalesce(?, func)
      group by step, wait_ms order by step, wait_ms`)
    .all(query.start, query.stepMs, query.start, query.until, toText(query.funcName)) as {
    step: number
    waitMs: number
    n: number
  }[]
  for (const { step, ...wait } of rows) steps[step]?.push(wait)
  return steps
}
