import type { LogEntry } from '../record.ts'
import type { ClaimedTask } from '../storage/contract.ts'
import { type TaskContext, withContext } from './context.ts'
import type { Task } from './define-task.ts'

/** One attempt, as an executor gets it. */
export interface ExecutorAttempt {
  readonly task: Task<unknown, unknown>
  readonly claimed: ClaimedTask
  /** The payload, parsed. */
  readonly payload: unknown
  /** Log, progress and signal lead into the task's record. */
  readonly context: TaskContext
  /** For captured output: writes a line of another stream. */
  write(stream: LogEntry['stream'], text: string): void
}

/** Where attempts run. */
export interface TaskExecutor {
  /** What tasks name in `executor`. */
  readonly name: string
  /**
   * Slots of its own: how many attempts run here at once, whatever runs elsewhere. [its attempts
   * share the slots of the manager's `concurrency`]
   */
  readonly concurrency?: number
  /** Looks at a payload before it is stored; what it throws refuses the enqueue. [takes any JSON] */
  validate?(task: Task<unknown, unknown>, payload: unknown): void
  /**
   * Runs one attempt to its end: resolves with the task's return value, rejects with what it threw.
   * Must heed `attempt.context.signal`.
   */
  execute(attempt: ExecutorAttempt): Promise<unknown>
  /** The manager has stopped: let go of threads and processes. May be called twice. */
  close?(): Promise<void>
}

/** Runs tasks in this process, on its event loop. */
export const asyncExecutor: TaskExecutor = {
  name: 'async',
  execute: ({ task, payload, context }) =>
    // A payload of any type: it came from the storage, and `run` checks it against the schema.
    withContext(context, () => task.run(payload, context)),
}
