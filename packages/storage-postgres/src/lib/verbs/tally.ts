import { bucketMiddle } from './rollup.ts'

/** What ended: counts by state, durations of successes. */
export interface Tally {
  counts: Map<number, number>
  sumMs: number
  /** Buckets of successes, shortest first. */
  buckets: { bucket: number; n: number; min: number; max: number }[]
}

export function durations({ buckets, sumMs }: Tally) {
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

function percentile(buckets: Tally['buckets'], n: number, share: number): number | null {
  let left = Math.ceil(n * share)
  for (const { bucket, n: here, min, max } of buckets) {
    left -= here
    if (left <= 0) return Math.min(Math.max(bucketMiddle(bucket), min), max)
  }
  return null
}
