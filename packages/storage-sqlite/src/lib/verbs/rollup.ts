import { SUCCESS } from '../codes.ts'
import type { Session } from '../session.ts'

/** A task that ended, as far as counts go. */
export interface Ended {
  func: string
  state: number
  endedAt: number
  /** Null when it never started. */
  durationMs: number | null
}

/** What a row of counts covers. */
export const EXISTING = 0
export const MINUTE = 1
export const HOUR = 2

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000

/** Minutes are told apart for this long, then only hours are. */
export const MINUTES_KEPT_MS = 48 * HOUR_MS

/** Four buckets per doubling: a bucket's middle is within 9.1 % of all it holds. */
export function bucketOf(durationMs: number): number {
  return durationMs < 1 ? -1 : Math.floor(4 * Math.log2(durationMs))
}

export function bucketMiddle(bucket: number): number {
  return bucket < 0 ? 0 : 2 ** ((bucket + 0.5) / 4)
}

interface Group {
  func: string
  state: number
  bucket: number
  minute: number
  n: number
  sum: number
  min: number
  max: number
  last: number
}

/** Ends of tasks, grouped, so that a batch of one function is a row or two. */
export class Ends {
  readonly groups: Group[] = []
  /** Most tasks are counted with the one before. */
  #latest: Group | undefined

  add({ func, state, endedAt, durationMs }: Ended): void {
    // Durations of successes only are asked for.
    const ms = state === SUCCESS && durationMs !== null ? Math.max(0, durationMs) : 0
    const bucket = bucketOf(ms)
    const minute = Math.floor(endedAt / MINUTE_MS) * MINUTE_MS
    const fits = (group: Group | undefined): group is Group =>
      group?.bucket === bucket &&
      group.func === func &&
      group.state === state &&
      group.minute === minute
    let group = fits(this.#latest) ? this.#latest : this.groups.find(fits)
    if (group === undefined) {
      group = { func, state, bucket, minute, n: 0, sum: 0, min: ms, max: ms, last: endedAt }
      this.groups.push(group)
    }
    this.#latest = group
    group.n += 1
    group.sum += ms
    group.min = Math.min(group.min, ms)
    group.max = Math.max(group.max, ms)
    group.last = Math.max(group.last, endedAt)
  }

  clear(): void {
    this.groups.length = 0
    this.#latest = undefined
  }
}

/** Counts what the transaction ended. */
export function flushEnded(session: Session): void {
  for (const { func, state, bucket, minute, n, sum, min, max, last } of session.ended.groups) {
    session
      .sql(`insert into {recent} (at, func, state, bucket, n, sum_ms, min_ms, max_ms, last_end)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict (at, func, state, bucket) do update set n = n + excluded.n,
          sum_ms = sum_ms + excluded.sum_ms, min_ms = min(min_ms, excluded.min_ms),
          max_ms = max(max_ms, excluded.max_ms), last_end = max(last_end, excluded.last_end)`)
      .run(minute, func, state, bucket, n, sum, min, max, last)
  }
}

/** How the first instant of a span follows from that of a minute. */
const START: Record<number, string> = {
  [EXISTING]: '0',
  [MINUTE]: 'at',
  [HOUR]: `at - at % ${HOUR_MS}`,
}

/** Adds what is recent to the counts by span, and lets go of minutes that are too old. */
export function fold(session: Session, now: number): void {
  if (session.sql('select 1 from {recent} limit 1').get() === undefined) return
  for (const span of [EXISTING, MINUTE, HOUR]) {
    session
      .sql(`insert into {rollup} (span, at, func, state, bucket, n, sum_ms, min_ms, max_ms, last_end)
        select ${span}, ${START[span]}, func, state, bucket, n, sum_ms, min_ms, max_ms, last_end
        from {recent} where true
        on conflict (span, at, func, state, bucket) do update set n = n + excluded.n,
          sum_ms = sum_ms + excluded.sum_ms, min_ms = min(min_ms, excluded.min_ms),
          max_ms = max(max_ms, excluded.max_ms), last_end = max(last_end, excluded.last_end)`)
      .run()
  }
  session.sql('delete from {recent}').run()
  const from = Math.max(
    minutesFrom(session),
    Math.floor((now - MINUTES_KEPT_MS) / HOUR_MS) * HOUR_MS,
  )
  session.sql(`delete from {rollup} where span = ${MINUTE} and at < ?`).run(from)
  session
    .sql(`insert into {meta} (name, value) values ('minutesFrom', ?)
      on conflict (name) do update set value = excluded.value where value <> excluded.value`)
    .run(String(from))
}

/** The first hour whose minutes are told apart. */
export function minutesFrom(session: Session): number {
  return Number(
    session.sql(`select value from {meta} where name = 'minutesFrom'`).pluck().get() ?? 0,
  )
}

/** Counts of a span: what was folded, and what is recent. */
export function countsOf(span: typeof EXISTING | typeof MINUTE | typeof HOUR): string {
  const columns = 'func, state, bucket, n, sum_ms, min_ms, max_ms, last_end'
  return `(select at, ${columns} from {rollup} where span = ${span}
    union all select ${START[span]} as at, ${columns} from {recent})`
}

/**
 * Takes a deleted task out of the counts of what exists. The bounds of a bucket stay until it is
 * empty, so a minimum or maximum may be off by a bucket's width after pruning.
 */
export function uncount(
  session: Session,
  { func, state, durationMs }: Omit<Ended, 'endedAt'>,
): void {
  const ms = state === SUCCESS && durationMs !== null ? Math.max(0, durationMs) : 0
  const bucket = bucketOf(ms)
  session
    .sql(`update {rollup} set n = n - 1, sum_ms = sum_ms - ?
      where span = ${EXISTING} and at = 0 and func = ? and state = ? and bucket = ?`)
    .run(ms, func, state, bucket)
  session
    .sql(`delete from {rollup}
      where span = ${EXISTING} and at = 0 and func = ? and state = ? and bucket = ? and n <= 0`)
    .run(func, state, bucket)
}
