import type {
  AttemptOutcome,
  LogLevel,
  LogStream,
  TaskPhase,
  TaskSource,
  TaskStatus,
} from '../record.ts'
import type { AnalyticsJson } from './wire.ts'

/** A task in lists and in the stream. */
export interface TaskJson {
  task_id: string
  func_name: string
  group: string | null
  status: TaskStatus
  phase: TaskPhase
  created_at: string
  run_at: string
  start_time: string | null
  end_time: string | null
  /** Seconds; null until it ended. */
  duration: number | null
  attempts_made: number
  retries_used: number
  max_attempts: number
  /** Cut to 300 characters with `logs=0`. */
  error: string | null
  /**
   * Where the error comes from: the first frame of its stack in the app's own code, such as
   * `chargeCard (/app/src/charge-card.ts:48)`; null without a stack.
   */
  error_frame: string | null
  /** `YYYY-MM-DDTHH:MM:SS message` (UTC), `--- Retry N ---` between attempts. Absent with `logs=0`. */
  logs?: string[]
  /** Absent with `logs=0`. */
  stacktrace?: string | null
  tags: Record<string, string>
  source: TaskSource
  priority: number | null
  executor: string
  instance: string | null
  progress: { fraction: number; message: string | null } | null
  idempotency_key: string | null
  flow_id: string | null
  schedule_id: string | null
  retry_of: string | null
  blocked_by: string[]
  log_count: number
  /** Grows with every change of the record. */
  rev: number
  /**
   * With masks (`•••`) in the place of what the task declares secret. In lists and the stream not
   * when it is longer than 2 000 characters of JSON; nor is `result`.
   */
  payload?: unknown
  result?: unknown
  /** Why `payload` and `result` are missing. */
  payload_hidden?: 'disabled' | 'encrypted' | 'unregistered'
}

/** How far a run is, without anything of what it works on: for its end user. */
export type RunStatusJson = Pick<
  TaskJson,
  'task_id' | 'status' | 'phase' | 'progress' | 'created_at' | 'start_time' | 'end_time'
>

export interface AttemptJson {
  /** Zero-based. */
  attempt: number
  claimed_at: string
  started_at: string
  ended_at: string | null
  outcome: AttemptOutcome | null
  error: string | null
  stacktrace: string | null
  instance: string | null
  /** How it ended in the eyes of an owner that came too late: the task had gone to another. */
  late_outcome: AttemptOutcome | null
}

export type LifecycleStepName =
  | 'accepted'
  | 'scheduled'
  | 'blocked'
  | 'queued'
  | 'claimed'
  | 'running'
  | 'retrying'
  | 'requeued'
  | 'cancel_requested'
  | Exclude<TaskStatus, 'pending' | 'running'>

export interface LifecycleStepJson {
  step: LifecycleStepName
  at: string
  /** Zero-based attempt it belongs to; null before the first. */
  attempt: number | null
  instance: string | null
  /** What to add in words, e.g. the error of a failed attempt. */
  detail: string | null
}

/** One task, whole: the answer of `GET /{task_id}`. */
export interface TaskDetailJson extends TaskJson {
  attempts: AttemptJson[]
  lifecycle: LifecycleStepJson[]
  cancel_requested_at: string | null
  /** What it depends on, in the order given, but for deleted ones; at most 100. */
  parents: TaskJson[]
  /** What depends on it; at most 100. */
  children: TaskJson[]
  analytics: AnalyticsJson
  recent_runs: TaskJson[]
  logs_truncated: boolean
}

export interface LogEntryJson {
  /** From 1, over all attempts; an attempt's error on stderr lies between two lines. */
  n: number
  at: string
  stream: LogStream
  level: LogLevel
  text: string
  attempt: number
}

/** A log line among those of all tasks. */
export interface TaskLogEntryJson extends LogEntryJson {
  task_id: string
  func_name: string
}
