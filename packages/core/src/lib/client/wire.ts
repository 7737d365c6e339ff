import type { TaskJson } from './task-wire.ts'

export type * from './action-wire.ts'
export type * from './schedule-wire.ts'
export type * from './stream-wire.ts'
export type * from './task-wire.ts'

/*
 * What travels over HTTP, as `docs/reference/http.md` describes it: snake_case, instants as
 * ISO 8601 UTC with milliseconds, durations in seconds.
 */

/** Numbers of one function. Durations in seconds. */
export interface AnalyticsJson {
  total: number
  success: number
  failed: number
  running: number
  success_rate: number | null
  avg_duration_seconds: number | null
  min_duration_seconds: number | null
  max_duration_seconds: number | null
  p95_duration_seconds: number | null
}

export interface MetricsJson {
  total: number
  pending: number
  running: number
  success: number
  failed: number
  interrupted: number
  cancelled: number
  /** 0–1; null when nothing has ended. */
  success_rate: number | null
  avg_duration_seconds: number | null
  p50_duration_seconds: number | null
  p95_duration_seconds: number | null
  p99_duration_seconds: number | null
  queued: number
  scheduled: number
  blocked: number
  retrying: number
  oldest_queued_seconds: number | null
  throughput_per_minute: number
}

/** How tasks ended in one step of time. */
export interface SeriesBucketJson {
  /** Its first instant. */
  at: string
  success: number
  failed: number
  interrupted: number
  cancelled: number
  /** Of successes; null without any. */
  avg_duration_seconds: number | null
  p95_duration_seconds: number | null
  /** From due to start, of what started in this step; null without any. */
  p50_wait_seconds: number | null
  p95_wait_seconds: number | null
}

export interface FunctionJson {
  func_name: string
  group: string | null
  executor: string
  /** Durations in seconds. */
  retries: number
  delay: number
  backoff: number | null
  max_delay: number
  jitter: number
  timeout: number | null
  priority: number | null
  requeue_on_interrupt: boolean
  eager: boolean
  concurrency: number | null
  /** At most `count` starts every `per` seconds. */
  rate_limit: { count: number; per: number } | null
  /** How long its final tasks are kept; null: as long as others. */
  retention: number | null
  /** Names of the tasks whose success starts it. */
  after: string[]
  /** JSON Schema of its payload; null when it has no schema, or one that cannot be told. */
  schema: Record<string, unknown> | null
  /** No instance starts it until it is resumed. */
  paused: boolean
  /** How many live instances can run it. */
  instances: number
  analytics: AnalyticsJson
  last_run: TaskJson | null
}

export interface InstanceJson {
  instance_id: string
  host: string
  pid: number
  version: string
  started_at: string
  last_beat_at: string
  running: number
  state: 'running' | 'draining' | 'stale'
}

export interface OverviewJson {
  scheduler: 'running' | 'stopped'
  time_zone: string
  version: string
  uptime_seconds: number
  storage: string
  executors: string[]
  /**
   * What live instances can run by each executor, and what is running; other instances' too. Absent
   * from servers of earlier versions.
   */
  executor_counts?: { executor: string; functions: number; running: number }[]
  /** Slots of this instance. */
  concurrency: number
  totals: MetricsJson
  /** How many schedules are in which state. */
  schedules: { pending: number; scheduled: number; paused: number }
  recent_tasks: TaskJson[]
  instances: InstanceJson[]
  config: {
    title: string
    header_title: string
    description: string
    expose_payloads: boolean
    read_only: boolean
    retention_seconds: number | null
    poll_interval_seconds: number
  }
}

/** What a visitor may do. */
export type Right = 'read' | 'run' | 'retry' | 'cancel' | 'pause' | 'delete' | 'audit'

export interface SessionJson {
  /** Null when `auth` is off. */
  user: { id: string; name: string } | null
  rights: Right[]
  /** Null when the session does not end by itself. */
  expires_at: string | null
}

export interface HealthJson {
  /** `degraded`: no live instance, or hints of other instances are lost. `unavailable`: the storage cannot be reached. */
  status: 'ok' | 'degraded' | 'unavailable'
}

export interface ProblemJson {
  type: string
  title: string
  status: number
  code: string
  detail: string
  issues?: { path: (string | number)[]; message: string }[]
  /** What the request was called: by `X-Request-Id`, or by the server. */
  request_id?: string
}

export interface DeletedJson {
  deleted: number
}

export interface PausedJson {
  func_name: string
  paused: boolean
}

/** One thing that somebody did. */
export interface AuditEntryJson {
  entry_id: string
  action: string
  /** The task it was done to; null when to none. */
  task_id: string | null
  /** Who did it; `anonymous` without auth. */
  actor: string
  timestamp: string
  detail: Record<string, unknown>
}

/** Tasks that depend on each other. */
export interface TaskGraphJson {
  nodes: TaskJson[]
  edges: TaskEdgeJson[]
  /** True when there is more than is shown. */
  truncated: boolean
}

/** `to` depends on `from`. */
export interface TaskEdgeJson {
  from: string
  to: string
}

/** Which functions follow which. */
export interface FunctionGraphJson {
  nodes: FunctionNodeJson[]
  edges: FunctionEdgeJson[]
}

/** A function in the graph, with its tasks by status and phase. */
export interface FunctionNodeJson {
  func_name: string
  group: string | null
  /** False when no live instance has it. */
  registered: boolean
  paused: boolean
  queued: number
  scheduled: number
  blocked: number
  retrying: number
  running: number
  success: number
  failed: number
  interrupted: number
  cancelled: number
}

export interface FunctionEdgeJson {
  from: string
  to: string
  /** `after`: declared by the function. `flow`: seen in recent flows. */
  kind: 'after' | 'flow'
}
