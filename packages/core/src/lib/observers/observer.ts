import type { LogLevel, LogStream, TaskStatus } from '../record.ts'

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

/** A step in the life of a task that this instance took part in. */
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
  /** Zero-based; null before the first attempt. */
  attempt: number | null
  at: number
  /** How long the attempt ran, when one ended. */
  durationMs: number | null
  error: string | null
  tags: Readonly<Record<string, string>>
}

/**
 * Follows what happens to tasks. A method that throws or rejects is reported to the manager's
 * `onError` and touches neither the task nor the other observers. In-process and at most once: what
 * must not be missed belongs into a task.
 */
export interface TaskObserver {
  onLog?(event: LogEvent): void | Promise<void>
  onLifecycle?(event: LifecycleEvent): void | Promise<void>
  /** The manager has stopped. */
  close?(): void | Promise<void>
}

/** Tells every observer, each on its own. */
export class ObserverChain {
  readonly #observers: readonly TaskObserver[]
  readonly #onError: (error: unknown) => void

  constructor(observers: readonly TaskObserver[], onError: (error: unknown) => void) {
    this.#observers = observers
    this.#onError = onError
  }

  log(event: LogEvent): void {
    for (const observer of this.#observers) this.#isolate(() => observer.onLog?.(event))
  }

  lifecycle(event: LifecycleEvent): void {
    for (const observer of this.#observers) this.#isolate(() => observer.onLifecycle?.(event))
  }

  async close(): Promise<void> {
    for (const observer of this.#observers) {
      try {
        await observer.close?.()
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  #isolate(call: () => void | Promise<void> | undefined): void {
    try {
      const outcome = call()
      if (outcome instanceof Promise) outcome.catch(this.#onError)
    } catch (error) {
      this.#onError(error)
    }
  }
}
