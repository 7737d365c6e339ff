import type {
  AnalyticsJson,
  AttemptJson,
  FunctionJson,
  InstanceJson,
  LogEntryJson,
  MetricsJson,
  RunStatusJson,
  SeriesBucketJson,
  TaskJson,
  TaskLogEntryJson,
} from '../client/wire.ts'
import type { LogEntry, TaskAttempt, TaskSummary } from '../record.ts'
import type { FunctionInfo, InstanceRecord, TaskMetrics } from '../storage/contract.ts'
import type { SeriesBucket } from '../storage/parts.ts'
import { errorFrame } from './error-frame.ts'
import type { PayloadJson } from './payload-json.ts'

const EXCERPT = 300

export const isoInstant = (at: number) => new Date(at).toISOString()
const instant = (at: number | null) => (at === null ? null : isoInstant(at))
/** To the microsecond: more digits are noise, and every watcher is sent them with each change. */
const seconds = (ms: number | null) => (ms === null ? null : Math.round(ms * 1000) / 1_000_000)

/** A task for lists and the stream, with its newest `logs` lines (0: none, and no stack). */
export function taskJson(task: TaskSummary, logs: number, payload: PayloadJson = {}): TaskJson {
  return {
    task_id: task.taskId,
    func_name: task.funcName,
    group: task.group,
    status: task.status,
    phase: task.phase,
    created_at: isoInstant(task.createdAt),
    run_at: isoInstant(task.runAt),
    start_time: instant(task.startTime),
    end_time: instant(task.endTime),
    duration: seconds(task.durationMs),
    attempts_made: task.attemptsMade,
    retries_used: task.retriesUsed,
    max_attempts: task.maxAttempts,
    error: logs === 0 ? excerpt(task.error) : task.error,
    error_frame: errorFrame(task.stacktrace),
    ...(logs > 0 && {
      logs: logLines(task.logTail.slice(-logs)),
      stacktrace: task.stacktrace,
    }),
    tags: task.tags,
    source: task.source,
    priority: task.priority,
    executor: task.executor,
    instance: task.instance,
    progress: task.progress,
    idempotency_key: task.idempotencyKey,
    flow_id: task.flowId,
    schedule_id: task.scheduleId,
    retry_of: task.retryOf,
    blocked_by: task.blockedBy,
    log_count: task.logCount,
    rev: task.rev,
    ...payload,
  }
}

/** What end users may see of a task. */
export function runStatusJson(task: TaskSummary): RunStatusJson {
  return {
    task_id: task.taskId,
    status: task.status,
    phase: task.phase,
    progress: task.progress,
    created_at: isoInstant(task.createdAt),
    start_time: instant(task.startTime),
    end_time: instant(task.endTime),
  }
}

/**
 * Log lines as text, with a marker where a retry begins.
 *
 * @param before attempt of the line before these. [the first attempt; within a log, unknown]
 */
export function logLines(entries: readonly LogEntry[], before?: number): string[] {
  const lines: string[] = []
  let attempt = before ?? (entries[0]?.n === 1 ? 0 : entries[0]?.attempt)
  for (const entry of entries) {
    if (entry.attempt !== attempt) lines.push(`--- Retry ${entry.attempt} ---`)
    attempt = entry.attempt
    lines.push(`${isoInstant(entry.at).slice(0, 19)} ${entry.text}`)
  }
  return lines
}

export function logJson(entry: LogEntry): LogEntryJson {
  return { ...entry, at: isoInstant(entry.at) }
}

export function taskLogJson(task: TaskSummary, entry: LogEntry): TaskLogEntryJson {
  return { task_id: task.taskId, func_name: task.funcName, ...logJson(entry) }
}

export function attemptJson(attempt: TaskAttempt): AttemptJson {
  return {
    attempt: attempt.attempt,
    claimed_at: isoInstant(attempt.claimedAt),
    started_at: isoInstant(attempt.startedAt),
    ended_at: instant(attempt.endedAt),
    outcome: attempt.outcome,
    error: attempt.error,
    stacktrace: attempt.stacktrace,
    instance: attempt.instance,
    late_outcome: attempt.lateOutcome,
  }
}

export function metricsJson(metrics: TaskMetrics, now: number): MetricsJson {
  const { oldestQueuedAt } = metrics
  return {
    total: metrics.total,
    pending: metrics.pending,
    running: metrics.running,
    success: metrics.success,
    failed: metrics.failed,
    interrupted: metrics.interrupted,
    cancelled: metrics.cancelled,
    success_rate: successRate(metrics),
    avg_duration_seconds: seconds(metrics.avgDurationMs),
    p50_duration_seconds: seconds(metrics.p50DurationMs),
    p95_duration_seconds: seconds(metrics.p95DurationMs),
    p99_duration_seconds: seconds(metrics.p99DurationMs),
    queued: metrics.queued,
    scheduled: metrics.scheduled,
    blocked: metrics.blocked,
    retrying: metrics.retrying,
    oldest_queued_seconds:
      oldestQueuedAt === null ? null : Math.max(0, now - oldestQueuedAt) / 1000,
    throughput_per_minute: metrics.endedLastMinute,
  }
}

export function bucketJson(bucket: SeriesBucket): SeriesBucketJson {
  return {
    at: isoInstant(bucket.at),
    success: bucket.success,
    failed: bucket.failed,
    interrupted: bucket.interrupted,
    cancelled: bucket.cancelled,
    avg_duration_seconds: seconds(bucket.avgDurationMs),
    p95_duration_seconds: seconds(bucket.p95DurationMs),
    p50_wait_seconds: seconds(bucket.p50WaitMs),
    p95_wait_seconds: seconds(bucket.p95WaitMs),
  }
}

export function analyticsJson(metrics: TaskMetrics): AnalyticsJson {
  return {
    total: metrics.total,
    success: metrics.success,
    failed: metrics.failed,
    running: metrics.running,
    success_rate: successRate(metrics),
    avg_duration_seconds: seconds(metrics.avgDurationMs),
    min_duration_seconds: seconds(metrics.minDurationMs),
    max_duration_seconds: seconds(metrics.maxDurationMs),
    p95_duration_seconds: seconds(metrics.p95DurationMs),
  }
}

export function functionJson(
  info: FunctionInfo & { instances: number },
  metrics: TaskMetrics,
  lastRun: TaskSummary | undefined,
  more: Pick<FunctionJson, 'schema' | 'paused'>,
): FunctionJson {
  return {
    func_name: info.funcName,
    group: info.group,
    executor: info.executor,
    retries: info.retries,
    delay: info.delayMs / 1000,
    backoff: info.backoff,
    max_delay: info.maxDelayMs / 1000,
    jitter: info.jitter,
    timeout: seconds(info.timeoutMs),
    priority: info.priority,
    requeue_on_interrupt: info.requeueOnInterrupt,
    eager: info.eager,
    concurrency: info.concurrency,
    rate_limit: info.rateLimit && {
      count: info.rateLimit.count,
      per: info.rateLimit.perMs / 1000,
    },
    retention: seconds(info.retentionMs),
    after: info.after,
    ...more,
    instances: info.instances,
    analytics: analyticsJson(metrics),
    last_run: lastRun ? taskJson(lastRun, 0) : null,
  }
}

export function instanceJson(instance: InstanceRecord): InstanceJson {
  return {
    instance_id: instance.instanceId,
    host: instance.host,
    pid: instance.pid,
    version: instance.version,
    started_at: isoInstant(instance.startedAt),
    last_beat_at: isoInstant(instance.lastBeatAt),
    running: instance.running,
    state: instance.state,
  }
}

/** Success of what ended without being cancelled; null when nothing has. */
function successRate({ success, failed, interrupted }: TaskMetrics): number | null {
  const ended = success + failed + interrupted
  return ended === 0 ? null : Math.round((success / ended) * 1_000_000) / 1_000_000
}

function excerpt(error: string | null): string | null {
  return error === null || error.length <= EXCERPT ? error : `${error.slice(0, EXCERPT)}…`
}
