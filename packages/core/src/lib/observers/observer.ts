import type { LogLevel, LogStream, TaskStatus } from '../record.ts'
import type { SettlementOutcome } from '../storage/contract.ts'

/** A line a task wrote. */
export interface LogEvent {
  taskId: string
  funcName: string
  /** Zero-based. */
  attempt: number
  stream: LogStream
  level: LogLevel
  message: string
  at: number
  tags: Readonly<Record<string, string>>
}

/** A step in the life of a task that this instance took part in: `docs/reference/events.md`. */
export interface LifecycleEvent {
  /**
   * `accepted` stored · `started` an attempt begins · `retrying` it failed and is tried again ·
   * `requeued` given back · else the status it ended with.
   */
  step:
    | 'accepted'
    | 'started'
    | 'retrying'
    | 'requeued'
    | Exclude<TaskStatus, 'pending' | 'running'>
  taskId: string
  funcName: string
  /** Zero-based; null when no attempt has to do with it. */
  attempt: number | null
  at: number
  /** How long the attempt ran, when one ended. */
  durationMs: number | null
  error: string | null
  stacktrace: string | null
  tags: Readonly<Record<string, string>>
}

/** An attempt that is about to begin, as `around` gets it. */
export interface ObservedAttempt {
  readonly taskId: string
  readonly funcName: string
  /** Zero-based. */
  readonly attempt: number
  readonly maxAttempts: number
  /** Name of the executor it runs on. */
  readonly executor: string
  readonly tags: Readonly<Record<string, string>>
  /** What `trace` answered when the task was enqueued; null when nobody did. */
  readonly trace: string | null
}

/** How an attempt came out, before that is stored. */
export interface AttemptEnd {
  readonly outcome: Exclude<SettlementOutcome['type'], 'unstarted'>
  readonly durationMs: number
  /** As it is kept with the task; null when the attempt did not throw. */
  readonly error: string | null
  readonly stacktrace: string | null
  /**
   * The name of the error's class, or why it was stopped: `timeout`, `cancelled`, `shutdown`,
   * `lease_lost`; null when it did not throw an `Error`.
   */
  readonly errorType: string | null
}

/**
 * Follows what happens to tasks. A method that throws or rejects is reported to the manager's
 * `onError` and touches neither the task nor the other observers; what it returns is not waited
 * for, but it runs on the app's event loop and must not block that. In-process and at most once:
 * what must not be missed belongs into a task. Events are shared by all observers: do not change
 * them.
 */
export interface TaskObserver {
  onLog?(event: LogEvent): void | Promise<void>
  onLifecycle?(event: LifecycleEvent): void | Promise<void>
  /**
   * Called at every enqueue, where the caller is: the W3C trace context that is active there,
   * `traceparent`, or that, a newline and `tracestate`; at most 2000 characters. It is stored with
   * the task. The first observer that answers counts. Runs of schedules are not asked for.
   */
  trace?(): string | undefined
  /**
   * Wraps an attempt. `run` begins it, must be called before `around` returns (no `await` before),
   * and resolves, never rejects, when it is decided; what the handler does sees the context `run`
   * was called in. When it is not called, the attempt begins all the same and that is reported;
   * every further call gives the same end.
   */
  around?(attempt: ObservedAttempt, run: () => Promise<AttemptEnd>): void | Promise<void>
  /** The manager has stopped, and tells nothing more. It is waited for, but not beyond 5 s. */
  close?(): void | Promise<void>
}
