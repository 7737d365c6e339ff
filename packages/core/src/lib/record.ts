/** The six states of a task. `pending` and `running` are live, the others are final. */
export type TaskStatus = 'pending' | 'running' | 'success' | 'failed' | 'interrupted' | 'cancelled'

/**
 * The status in more detail. A `pending` task is `scheduled` (due later), `blocked` (waits for
 * parents), `queued` (due, waits for a slot) or `retrying` (waits for its next attempt); for every
 * other status the phase repeats the status.
 */
export type TaskPhase =
  | 'scheduled'
  | 'blocked'
  | 'queued'
  | 'retrying'
  | Exclude<TaskStatus, 'pending'>

/** What created a task: the app's code, a schedule, an operator, or another task's success. */
export type TaskSource = 'manual' | 'scheduled' | 'adhoc' | 'chained'

export const TASK_STATUSES: readonly TaskStatus[] = [
  'pending',
  'running',
  'success',
  'failed',
  'interrupted',
  'cancelled',
]

export const TASK_PHASES: readonly TaskPhase[] = [
  'scheduled',
  'blocked',
  'queued',
  'retrying',
  'running',
  'success',
  'failed',
  'interrupted',
  'cancelled',
]

export const TASK_SOURCES: readonly TaskSource[] = ['manual', 'scheduled', 'adhoc', 'chained']

/** True when a task in this status never changes again. */
export function isFinal(status: TaskStatus): boolean {
  return status !== 'pending' && status !== 'running'
}

/** True when a task in this status may be retried: a retry is a new task. */
export function isRetryable(status: TaskStatus): boolean {
  return status === 'failed' || status === 'interrupted' || status === 'cancelled'
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogStream = 'log' | 'stdout' | 'stderr'

/** The least first. */
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

export const LOG_STREAMS: readonly LogStream[] = ['log', 'stdout', 'stderr']

/** One line of a task's log. */
export interface LogEntry {
  /** Position in the task's log, from 1, over all attempts. */
  n: number
  /** When it was written, epoch ms. */
  at: number
  stream: LogStream
  level: LogLevel
  text: string
  /** Zero-based attempt that wrote it. */
  attempt: number
}

/** How far a running task says it is. */
export interface TaskProgress {
  /** Between 0 and 1. */
  fraction: number
  message: string | null
}

/** How an attempt that went back to `pending`, or ended the task, came out. */
export type AttemptOutcome =
  | 'success'
  | 'error'
  | 'timeout'
  | 'cancelled'
  | 'crashed'
  | 'released'
  | 'snoozed'

/** One start of a task. */
export interface TaskAttempt {
  /** Zero-based. */
  attempt: number
  claimedAt: number
  startedAt: number
  /** Null while it runs. */
  endedAt: number | null
  /** Null while it runs. */
  outcome: AttemptOutcome | null
  error: string | null
  stacktrace: string | null
  instance: string | null
  /** How it ended in the eyes of an owner that came too late: the task had gone to another. */
  lateOutcome: AttemptOutcome | null
}

/** What is known of one invocation of a task, without its payload and result. Instants are epoch ms. */
export interface TaskSummary {
  /** UUIDv7, made where the task was enqueued. */
  taskId: string
  funcName: string
  group: string | null
  status: TaskStatus
  phase: TaskPhase
  createdAt: number
  /** When it is or was due. */
  runAt: number
  /** Start of the current or last attempt; null before the first. */
  startTime: number | null
  /** When it became final; null while it is live. */
  endTime: number | null
  /** `endTime - startTime`; null while it is live or when it never started. */
  durationMs: number | null
  /** Starts that ended by error, time-out or return, plus the one under way. */
  attemptsMade: number
  /** Retries among them. */
  retriesUsed: number
  /** `retries + 1` of its definition, at the time it was enqueued. */
  maxAttempts: number
  /** Processes that died under it. */
  crashes: number
  /** What the last attempt that ended by an error threw; once the task is final, that of its last. */
  error: string | null
  stacktrace: string | null
  /** The newest lines of its log, at most 20, oldest first. */
  logTail: LogEntry[]
  logCount: number
  idempotencyKey: string | null
  tags: Record<string, string>
  source: TaskSource
  retryOf: string | null
  flowId: string | null
  scheduleId: string | null
  /** While `blocked`: the parents it waits for, those that ended badly included. */
  blockedBy: string[]
  /** Higher runs first; null counts as 0. */
  priority: number | null
  executor: string
  /** Id of the instance that runs or last ran it. */
  instance: string | null
  progress: TaskProgress | null
  cancelRequestedAt: number | null
  /** Grows with every claim and every forced change; a write with an older one is refused. */
  fence: number
  /** Grows with every visible change. */
  rev: number
}

/** One invocation of a task, whole. */
export interface TaskRecord extends TaskSummary {
  /** Undefined when it is encrypted. */
  payload: unknown
  /** The encrypted payload as it is stored; null when it is not encrypted. */
  encryptedPayload: string | null
  /** What `run` returned; undefined until `success`, and when it is encrypted. */
  result: unknown
  /** The encrypted result as it is stored; null when it is not encrypted, and until `success`. */
  encryptedResult: string | null
  /** One entry per start, oldest first. */
  attempts: TaskAttempt[]
  /** Its parents. */
  dependsOn: string[]
  /** Tasks that depend on it, at most 1000. */
  children: string[]
}
