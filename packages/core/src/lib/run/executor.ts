import type { LogStream } from '../record.ts'
import type { ClaimedTask } from '../storage/contract.ts'
import { type TaskContext, withContext } from './context.ts'
import type { Task } from './define-task.ts'

/** What one attempt may produce. More is cut off anyway, so nobody needs to send it from afar. */
export interface AttemptLimits {
  /** Longest JSON of the result, and of a payload enqueued from within. */
  readonly maxJsonBytes: number
  /** Lines the task's log still takes. */
  readonly maxLogLines: number
  /** Characters of this attempt's log. */
  readonly maxLogBytes: number
}

/** One attempt, as an executor gets it. */
export interface ExecutorAttempt {
  readonly task: Task<unknown, unknown>
  readonly claimed: ClaimedTask
  /** The payload, parsed and decrypted; undefined when there is none. `task.run` checks it. */
  readonly payload: unknown
  /**
   * What `run` gets. Log, progress and `tasks` lead to the task's record and the manager. `signal`
   * aborts with a `TaskAborted` when the attempt must end.
   */
  readonly context: TaskContext
  readonly limits: AttemptLimits
  /**
   * The W3C trace context of this attempt, as an observer's `trace` tells it inside of `execute`; null
   * without one. For executors that run it where the app's context does not reach.
   */
  trace(): string | null
  /** Adds a line of captured output to the log. Never throws; once the log is full, does nothing. */
  write(stream: LogStream, text: string): void
  /** So many lines were not even handed over, because the log is full: they are counted there. */
  dropped(lines: number): void
}

/**
 * Where attempts run. Register one with `executors`; a task chooses it by its name.
 *
 * A manager calls `execute` for many attempts at once, up to `concurrency` if that is given, and
 * never after `close`. Retries, time limits and states are the manager's: an executor runs one
 * attempt and says how it ended.
 */
export interface TaskExecutor {
  /** What tasks name in `executor`, unique in its manager. */
  readonly name: string
  /**
   * Slots of its own: how many attempts run here at once, 1 or more, whatever runs elsewhere. [its
   * attempts share the slots of the manager's `concurrency`]
   */
  readonly concurrency?: number
  /**
   * Looks at a payload before it is stored. What it throws refuses the enqueue, as
   * `invalid_payload`, and its message reaches whoever enqueued. [takes any JSON]
   */
  validate?(task: Task<unknown, unknown>, payload: unknown): void
  /**
   * Runs one attempt to its end: resolves with the task's return value, which must fit into JSON,
   * or rejects with what it threw. `SnoozeTask` and `AbandonTask` mean here what they mean in a
   * task; anything else fails the attempt.
   *
   * When `attempt.context.signal` aborts it must end what runs and reject; the reason decides what
   * becomes of the task. Until it settles, the attempt holds its slot. What was written must have
   * been passed to `write` before.
   */
  execute(attempt: ExecutorAttempt): Promise<unknown>
  /**
   * The manager stops: end what still runs, rejecting its attempts, and let go of threads,
   * processes and connections. Must not wait for running tasks. May be called twice.
   */
  close?(): Promise<void>
}

/** Runs tasks in this process, on its event loop. */
export const asyncExecutor: TaskExecutor = {
  name: 'async',
  execute: ({ task, payload, context }) =>
    // A payload of any type: it came from the storage, and `run` checks it against the schema.
    withContext(context, () => task.run(payload, context)),
}
