import type { SeriesBucket, StoredSeriesBucket } from '../../storage/parts.ts'

/** What people read of how long tasks waited. */
export function withWaitPercentiles({ waits, ...bucket }: StoredSeriesBucket): SeriesBucket {
  const total = waits.reduce((sum, { n }) => sum + n, 0)
  const percentile = (share: number) => {
    let left = Math.ceil(total * share)
    for (const { waitMs, n } of waits) {
      left -= n
      if (left <= 0) return waitMs
    }
    return null
  }
  return { ...bucket, p50WaitMs: percentile(0.5), p95WaitMs: percentile(0.95) }
}
