import { SUCCESS } from '../codes.ts'
import type { Store } from '../store.ts'

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

/** Counts what the transaction ended: grouped, so that a batch of one function is three rows. */
export function flushEnded(store: Store): void {
  if (store.ended.length === 0) return
  const groups = new Map<string, Group>()
  for (const { func, state, endedAt, durationMs } of store.ended) {
    // Durations of successes only are asked for.
    const ms = state === SUCCESS && durationMs !== null ? Math.max(0, durationMs) : 0
    const bucket = bucketOf(ms)
    const minute = Math.floor(endedAt / MINUTE_MS) * MINUTE_MS
    const key = `${state} ${bucket} ${minute} ${func}`
    const group = groups.get(key)
    if (group === undefined) {
      groups.set(key, {
        func,
        state,
        bucket,
        minute,
        n: 1,
        sum: ms,
        min: ms,
        max: ms,
        last: endedAt,
      })
    } else {
      group.n += 1
      group.sum += ms
      group.min = Math.min(group.min, ms)
      group.max = Math.max(group.max, ms)
      group.last = Math.max(group.last, endedAt)
    }
  }
  const add =
    store.sql(`insert into {rollup} (span, at, func, state, bucket, n, sum_ms, min_ms, max_ms, last_end)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (span, at, func, state, bucket) do update set n = n + excluded.n,
      sum_ms = sum_ms + excluded.sum_ms, min_ms = min(min_ms, excluded.min_ms),
      max_ms = max(max_ms, excluded.max_ms), last_end = max(last_end, excluded.last_end)`)
  for (const { func, state, bucket, minute, n, sum, min, max, last } of groups.values()) {
    const hour = Math.floor(minute / HOUR_MS) * HOUR_MS
    add.run(EXISTING, 0, func, state, bucket, n, sum, min, max, last)
    add.run(MINUTE, minute, func, state, bucket, n, sum, min, max, last)
    add.run(HOUR, hour, func, state, bucket, n, sum, min, max, last)
  }
}

/**
 * Takes a deleted task out of the counts of what exists. The bounds of a bucket stay until it is
 * empty, so a minimum or maximum may be off by a bucket's width after pruning.
 */
export function uncount(store: Store, { func, state, durationMs }: Omit<Ended, 'endedAt'>): void {
  const ms = state === SUCCESS && durationMs !== null ? Math.max(0, durationMs) : 0
  const bucket = bucketOf(ms)
  store
    .sql(`update {rollup} set n = n - 1, sum_ms = sum_ms - ?
      where span = ${EXISTING} and at = 0 and func = ? and state = ? and bucket = ?`)
    .run(ms, func, state, bucket)
  store
    .sql(`delete from {rollup}
      where span = ${EXISTING} and at = 0 and func = ? and state = ? and bucket = ? and n <= 0`)
    .run(func, state, bucket)
}

/** Minutes are kept for two days; hours, which hold the same, for ever. */
export function sweepMinutes(store: Store, now: number): void {
  store
    .sql(`delete from {rollup} where span = ${MINUTE} and at < ?`)
    .run(Math.floor(now / HOUR_MS) * HOUR_MS - 48 * HOUR_MS)
}
