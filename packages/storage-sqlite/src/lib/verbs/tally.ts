import { SUCCESS } from '../codes.ts'
import { bucketMiddle } from './rollup.ts'

/** Counts of one state and bucket of durations, summed up. */
export interface TallyRow {
  state: number
  bucket: number
  n: number
  sum: number
  min: number
  max: number
  last: number
}

/** How tasks ended; durations are those of successes. */
export interface Tally {
  counts: Map<number, number>
  lastEndedAt: number | null
  successes: number
  sumMs: number
  minMs: number | null
  maxMs: number | null
  buckets: Map<number, number>
}

export function emptyTally(): Tally {
  return {
    counts: new Map(),
    lastEndedAt: null,
    successes: 0,
    sumMs: 0,
    minMs: null,
    maxMs: null,
    buckets: new Map(),
  }
}

export function addTally(tally: Tally, rows: readonly TallyRow[]): void {
  for (const row of rows) {
    tally.counts.set(row.state, (tally.counts.get(row.state) ?? 0) + row.n)
    tally.lastEndedAt = Math.max(tally.lastEndedAt ?? row.last, row.last)
    if (row.state !== SUCCESS) continue
    tally.successes += row.n
    tally.sumMs += row.sum
    tally.minMs = Math.min(tally.minMs ?? row.min, row.min)
    tally.maxMs = Math.max(tally.maxMs ?? row.max, row.max)
    tally.buckets.set(row.bucket, (tally.buckets.get(row.bucket) ?? 0) + row.n)
  }
}

/** A percentile, less than a tenth off; null without successes. */
export function percentileOf(tally: Tally, share: number): number | null {
  const { minMs, maxMs } = tally
  if (minMs === null || maxMs === null) return null
  let left = Math.ceil(tally.successes * share)
  for (const [bucket, n] of [...tally.buckets].sort(([a], [b]) => a - b)) {
    left -= n
    if (left <= 0) return Math.min(Math.max(bucketMiddle(bucket), minMs), maxMs)
  }
  return maxMs
}
