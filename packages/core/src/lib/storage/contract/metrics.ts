export interface MetricsQuery {
  funcName?: string | undefined
  /** Absent: tasks that exist. Else: what ended since, deleted or not, beside what is live. */
  since?: number | undefined
}

export interface TaskMetrics {
  total: number
  pending: number
  running: number
  success: number
  failed: number
  interrupted: number
  cancelled: number
  queued: number
  scheduled: number
  blocked: number
  retrying: number
  /** Of successes; null without any. */
  avgDurationMs: number | null
  minDurationMs: number | null
  maxDurationMs: number | null
  /** Of successes, with an error below 10 %; null without any. */
  p50DurationMs: number | null
  p95DurationMs: number | null
  p99DurationMs: number | null
  /** When the task that has waited longest in `queued` became due; null without any. */
  oldestQueuedAt: number | null
  /** Tasks that ended in the last full minute. */
  endedLastMinute: number
  /** The newest end of any task counted here; null without any. */
  lastEndedAt: number | null
  /** Settlements that came too late and were refused, ever; `since` does not matter. */
  lateSettlements: number
}
