import type * as wire from '../../client/wire.ts'
import { TASK_PHASES, TASK_SOURCES, TASK_STATUSES } from '../../record.ts'
import { SCHEDULE_STATES } from '../../run/schedules/schedule-record.ts'
import { TRIGGER_ALIASES } from '../../run/schedules/trigger.ts'
import { ref, type Schema, type Schemas } from './schema.ts'

export const text: Schema = { type: 'string' }
const textOrNull: Schema = { type: ['string', 'null'] }
const instant: Schema = { type: 'string', format: 'date-time' }
const instantOrNull: Schema = { type: ['string', 'null'], format: 'date-time' }
const count: Schema = { type: 'integer', minimum: 0 }
const whole: Schema = { type: 'integer' }
const number: Schema = { type: 'number' }
const numberOrNull: Schema = { type: ['number', 'null'] }
const flag: Schema = { type: 'boolean' }
const anything: Schema = {}
const anyObject: Schema = { type: 'object' }
export const tags: Schema = { type: 'object', additionalProperties: text }
const status: Schema = { type: 'string', enum: TASK_STATUSES }
const level: Schema = { type: 'string', enum: ['debug', 'info', 'warn', 'error'] }
const stream: Schema = { type: 'string', enum: ['log', 'stdout', 'stderr'] }
const outcome: Schema = {
  type: ['string', 'null'],
  enum: ['success', 'error', 'timeout', 'cancelled', 'crashed', 'released', 'snoozed'],
}
const right: Schema = {
  type: 'string',
  enum: ['read', 'run', 'retry', 'cancel', 'pause', 'delete', 'audit'],
}

export const listOf = (items: Schema): Schema => ({ type: 'array', items })

/** An object with these members and no others; what is not required is named after them. */
export function object<Json extends object>(
  properties: Record<keyof Json & string, Schema>,
  optional: readonly (keyof Json & string)[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.some((one) => one === name))
  return { type: 'object', properties, required, additionalProperties: false }
}

const schedule: Schema = object<wire.ScheduleJson>(
  {
    id: text,
    name: text,
    func_name: text,
    executor: textOrNull,
    storage: text,
    trigger: { type: 'string', enum: TRIGGER_ALIASES },
    description: text,
    time_zone: textOrNull,
    state: { type: 'string', enum: SCHEDULE_STATES },
    next_run: instantOrNull,
    next_runs: listOf(instant),
    last_run: instantOrNull,
    last_task_id: textOrNull,
    last_status: { type: ['string', 'null'], enum: TASK_STATUSES },
    misfire: { type: 'string', enum: ['latest', 'skip', 'all'] },
    overlap: { type: 'string', enum: ['skip', 'queue', 'allow'] },
    jitter: number,
    start_at: instantOrNull,
    end_at: instantOrNull,
    priority: { type: ['integer', 'null'] },
    tags,
    ticks: listOf(
      object<wire.ScheduleTickJson>({
        due_at: instant,
        fired_at: instant,
        lateness: number,
        outcome: {
          type: 'string',
          enum: ['ran', 'late', 'missed', 'manual', 'invalid', 'skipped_overlap'],
        },
        task_id: textOrNull,
      }),
    ),
  },
  ['ticks'],
)

const scheduleBulk: Schema = object<wire.ScheduleBulkJson>({
  done: count,
  skipped: count,
  results: listOf(
    object<wire.ScheduleBulkJson['results'][number]>({
      id: text,
      task_id: textOrNull,
      reason: textOrNull,
    }),
  ),
})

const task: Record<keyof wire.TaskJson, Schema> = {
  task_id: text,
  func_name: text,
  group: textOrNull,
  status,
  phase: { type: 'string', enum: TASK_PHASES },
  created_at: instant,
  run_at: instant,
  start_time: instantOrNull,
  end_time: instantOrNull,
  duration: numberOrNull,
  attempts_made: count,
  retries_used: count,
  max_attempts: count,
  error: textOrNull,
  logs: listOf(text),
  stacktrace: textOrNull,
  tags,
  source: { type: 'string', enum: TASK_SOURCES },
  priority: { type: ['integer', 'null'] },
  executor: text,
  instance: textOrNull,
  progress: { anyOf: [{ type: 'null' }, object({ fraction: number, message: textOrNull })] },
  idempotency_key: textOrNull,
  flow_id: textOrNull,
  schedule_id: textOrNull,
  retry_of: textOrNull,
  blocked_by: listOf(text),
  log_count: count,
  rev: count,
  payload: anything,
  result: anything,
  payload_hidden: { type: 'string', enum: ['disabled', 'encrypted', 'unregistered'] },
}
const sometimes = ['logs', 'stacktrace', 'payload', 'result', 'payload_hidden'] as const

const analytics: Record<keyof wire.AnalyticsJson, Schema> = {
  total: count,
  success: count,
  failed: count,
  running: count,
  success_rate: numberOrNull,
  avg_duration_seconds: numberOrNull,
  min_duration_seconds: numberOrNull,
  max_duration_seconds: numberOrNull,
  p95_duration_seconds: numberOrNull,
}

const logEntry: Record<keyof wire.LogEntryJson, Schema> = {
  n: { type: 'integer', minimum: 1 },
  at: instant,
  stream,
  level,
  text,
  attempt: count,
}

const taskOrNull: Schema = { anyOf: [{ type: 'null' }, ref('Task')] }

/** Every named schema of the document. The types hold their names to those of the wire types. */
export const schemas: Schemas = {
  Task: object<wire.TaskJson>(task, sometimes),
  TaskDetail: object<wire.TaskDetailJson>(
    {
      ...task,
      attempts: listOf(ref('Attempt')),
      lifecycle: listOf(ref('LifecycleStep')),
      cancel_requested_at: instantOrNull,
      parents: listOf(ref('Task')),
      children: listOf(ref('Task')),
      analytics: ref('Analytics'),
      recent_runs: listOf(ref('Task')),
      logs_truncated: flag,
    },
    sometimes,
  ),
  RunStatus: object<wire.RunStatusJson>({
    task_id: text,
    status,
    phase: task.phase,
    progress: task.progress,
    created_at: instant,
    start_time: instantOrNull,
    end_time: instantOrNull,
  }),
  Attempt: object<wire.AttemptJson>({
    attempt: count,
    claimed_at: instant,
    started_at: instant,
    ended_at: instantOrNull,
    outcome,
    error: textOrNull,
    stacktrace: textOrNull,
    instance: textOrNull,
    late_outcome: outcome,
  }),
  LifecycleStep: object<wire.LifecycleStepJson>({
    step: text,
    at: instant,
    attempt: { type: ['integer', 'null'] },
    instance: textOrNull,
    detail: textOrNull,
  }),
  Analytics: object<wire.AnalyticsJson>(analytics),
  Metrics: object<wire.MetricsJson>({
    total: count,
    pending: count,
    running: count,
    success: count,
    failed: count,
    interrupted: count,
    cancelled: count,
    success_rate: numberOrNull,
    avg_duration_seconds: numberOrNull,
    p50_duration_seconds: numberOrNull,
    p95_duration_seconds: numberOrNull,
    p99_duration_seconds: numberOrNull,
    queued: count,
    scheduled: count,
    blocked: count,
    retrying: count,
    oldest_queued_seconds: numberOrNull,
    throughput_per_minute: number,
  }),
  SeriesBucket: object<wire.SeriesBucketJson>({
    at: instant,
    success: count,
    failed: count,
    interrupted: count,
    cancelled: count,
    avg_duration_seconds: numberOrNull,
    p95_duration_seconds: numberOrNull,
  }),
  LogEntry: object<wire.LogEntryJson>(logEntry),
  TaskLogEntry: object<wire.TaskLogEntryJson>({ ...logEntry, task_id: text, func_name: text }),
  Function: object<wire.FunctionJson>({
    func_name: text,
    group: textOrNull,
    executor: text,
    retries: count,
    delay: number,
    backoff: numberOrNull,
    max_delay: number,
    jitter: number,
    timeout: numberOrNull,
    priority: { type: ['integer', 'null'] },
    requeue_on_interrupt: flag,
    eager: flag,
    concurrency: { type: ['integer', 'null'] },
    rate_limit: { anyOf: [{ type: 'null' }, object({ count, per: number })] },
    retention: numberOrNull,
    after: listOf(text),
    schema: { type: ['object', 'null'] },
    paused: flag,
    instances: count,
    analytics: ref('Analytics'),
    last_run: taskOrNull,
  }),
  Paused: object<wire.PausedJson>({ func_name: text, paused: flag }),
  Instance: object<wire.InstanceJson>({
    instance_id: text,
    host: text,
    pid: count,
    version: text,
    started_at: instant,
    last_beat_at: instant,
    running: count,
    state: { type: 'string', enum: ['running', 'draining', 'stale'] },
  }),
  Overview: object<wire.OverviewJson>(
    {
      scheduler: { type: 'string', enum: ['running', 'stopped'] },
      time_zone: text,
      version: text,
      uptime_seconds: count,
      storage: text,
      executors: listOf(text),
      executor_counts: listOf(object({ executor: text, functions: count, running: count })),
      concurrency: count,
      totals: ref('Metrics'),
      schedules: object<wire.OverviewJson['schedules']>({
        pending: count,
        scheduled: count,
        paused: count,
      }),
      recent_tasks: listOf(ref('Task')),
      instances: listOf(ref('Instance')),
      config: object<wire.OverviewJson['config']>({
        title: text,
        header_title: text,
        description: text,
        expose_payloads: flag,
        read_only: flag,
        retention_seconds: numberOrNull,
        poll_interval_seconds: number,
      }),
    },
    ['executor_counts'],
  ),
  Schedule: schedule,
  ScheduleBulk: scheduleBulk,
  Action: object<wire.ActionJson>({ task_id: text, task: ref('Task'), duplicate: flag }, [
    'duplicate',
  ]),
  BulkRetry: object<wire.BulkRetryJson>({
    dispatched: count,
    skipped: count,
    results: listOf(
      object<wire.BulkRetryResultJson>(
        { original_task_id: text, new_task_id: textOrNull, reason: text },
        ['reason'],
      ),
    ),
  }),
  BulkCancel: object<wire.BulkCancelJson>({
    cancelled: count,
    skipped: count,
    results: listOf(object<wire.BulkCancelResultJson>({ task_id: text, reason: text }, ['reason'])),
  }),
  Deleted: object<wire.DeletedJson>({ deleted: count }),
  AuditEntry: object<wire.AuditEntryJson>({
    entry_id: text,
    action: text,
    task_id: textOrNull,
    actor: text,
    timestamp: instant,
    detail: anyObject,
  }),
  TaskGraph: object<wire.TaskGraphJson>({
    nodes: listOf(ref('Task')),
    edges: listOf(object<wire.TaskEdgeJson>({ from: text, to: text })),
    truncated: flag,
  }),
  FunctionGraph: object<wire.FunctionGraphJson>({
    nodes: listOf(
      object<wire.FunctionNodeJson>({
        func_name: text,
        group: textOrNull,
        registered: flag,
        paused: flag,
        queued: count,
        scheduled: count,
        blocked: count,
        retrying: count,
        running: count,
        success: count,
        failed: count,
        interrupted: count,
        cancelled: count,
      }),
    ),
    edges: listOf(
      object<wire.FunctionEdgeJson>({
        from: text,
        to: text,
        kind: { type: 'string', enum: ['after', 'flow'] },
      }),
    ),
  }),
  Session: object<wire.SessionJson>({
    user: { anyOf: [{ type: 'null' }, object({ id: text, name: text })] },
    rights: listOf(right),
    expires_at: instantOrNull,
  }),
  Health: object<wire.HealthJson>({
    status: { type: 'string', enum: ['ok', 'degraded', 'unavailable'] },
  }),
  Problem: object<wire.ProblemJson>(
    {
      type: text,
      title: text,
      status: whole,
      code: text,
      detail: text,
      issues: listOf(object({ path: listOf({ type: ['string', 'integer'] }), message: text })),
      request_id: text,
    },
    ['issues', 'request_id'],
  ),
}
