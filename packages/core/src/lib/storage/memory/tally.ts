import type { TaskStatus } from '../../record.ts'
import type { TaskMetrics } from '../contract.ts'
import type { Row } from './row.ts'

// Four buckets per doubling: a percentile read from their middle is off by less than 10 %.
const BUCKETS_PER_DOUBLING = 4

const bucketOf = (ms: number) => Math.floor(Math.log2(Math.max(ms, 0.001)) * BUCKETS_PER_DOUBLING)
const middleOf = (bucket: number) => 2 ** ((bucket + 0.5) / BUCKETS_PER_DOUBLING)

/** What ended: counts by status, durations of successes. Adding costs the same whatever the history. */
export class Tally {
  readonly counts = new Map<TaskStatus, number>()
  lastEndedAt: number | null = null
  #sumMs = 0
  #minMs = Number.POSITIVE_INFINITY
  #maxMs = 0
  readonly #buckets = new Map<number, number>()

  add(row: Row): void {
    this.counts.set(row.status, this.count(row.status) + 1)
    if (row.endTime !== null) this.lastEndedAt = Math.max(this.lastEndedAt ?? 0, row.endTime)
    if (row.status !== 'success' || row.startTime === null || row.endTime === null) return
    const ms = row.endTime - row.startTime
    this.#sumMs += ms
    this.#minMs = Math.min(this.#minMs, ms)
    this.#maxMs = Math.max(this.#maxMs, ms)
    this.#addBucket(bucketOf(ms), 1)
  }

  merge(other: Tally): void {
    for (const [status, n] of other.counts) this.counts.set(status, this.count(status) + n)
    if (other.lastEndedAt !== null) {
      this.lastEndedAt = Math.max(this.lastEndedAt ?? 0, other.lastEndedAt)
    }
    this.#sumMs += other.#sumMs
    this.#minMs = Math.min(this.#minMs, other.#minMs)
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs)
    for (const [bucket, n] of other.#buckets) this.#addBucket(bucket, n)
  }

  count(status: TaskStatus): number {
    return this.counts.get(status) ?? 0
  }

  durations(): Pick<
    TaskMetrics,
    | 'avgDurationMs'
    | 'minDurationMs'
    | 'maxDurationMs'
    | 'p50DurationMs'
    | 'p95DurationMs'
    | 'p99DurationMs'
  > {
    const n = this.count('success')
    const sorted = [...this.#buckets].sort(([a], [b]) => a - b)
    const percentile = (share: number) => {
      let left = Math.ceil(n * share)
      for (const [bucket, count] of sorted) {
        left -= count
        if (left <= 0) return Math.min(Math.max(middleOf(bucket), this.#minMs), this.#maxMs)
      }
      return null
    }
    return {
      avgDurationMs: n ? this.#sumMs / n : null,
      minDurationMs: n ? this.#minMs : null,
      maxDurationMs: n ? this.#maxMs : null,
      p50DurationMs: percentile(0.5),
      p95DurationMs: percentile(0.95),
      p99DurationMs: percentile(0.99),
    }
  }

  #addBucket(bucket: number, n: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + n)
  }
}
