import type { MetricsQuery, TaskMetrics } from '../contract.ts'
import { phaseOf, type Row } from './row.ts'
import type { Statistics } from './statistics.ts'
import type { Tally } from './tally.ts'

type LiveCounts = Pick<
  TaskMetrics,
  'pending' | 'running' | 'queued' | 'scheduled' | 'blocked' | 'retrying' | 'oldestQueuedAt'
>

/** Counts what is live one by one; what ended was counted when it did. */
export function metricsOf(
  query: MetricsQuery,
  live: Iterable<Row>,
  statistics: Statistics,
  now: number,
): TaskMetrics {
  const ended =
    query.since === undefined
      ? statistics.existing(query.funcName)
      : statistics.since(query.since, query.funcName)
  const alive = countLive(query, live, now)
  const counts = countEnded(ended)
  return {
    total:
      alive.pending +
      alive.running +
      counts.success +
      counts.failed +
      counts.interrupted +
      counts.cancelled,
    ...alive,
    ...counts,
    ...ended.durations(),
    endedLastMinute: statistics.lastFullMinute(now, query.funcName),
    lastEndedAt: ended.lastEndedAt,
    lateSettlements: statistics.lateSettlements(query.funcName),
  }
}

function countLive(query: MetricsQuery, live: Iterable<Row>, now: number): LiveCounts {
  const counts: LiveCounts = {
    pending: 0,
    running: 0,
    queued: 0,
    scheduled: 0,
    blocked: 0,
    retrying: 0,
    oldestQueuedAt: null,
  }
  for (const row of live) {
    if (query.funcName !== undefined && row.funcName !== query.funcName) continue
    if (row.status === 'running') {
      counts.running++
      continue
    }
    counts.pending++
    const phase = phaseOf(row, now) as 'queued' | 'scheduled' | 'blocked' | 'retrying'
    counts[phase]++
    if (phase === 'queued') {
      counts.oldestQueuedAt = Math.min(counts.oldestQueuedAt ?? row.runAt, row.runAt)
    }
  }
  return counts
}

function countEnded(ended: Tally) {
  return {
    success: ended.count('success'),
    failed: ended.count('failed'),
    interrupted: ended.count('interrupted'),
    cancelled: ended.count('cancelled'),
  }
}
