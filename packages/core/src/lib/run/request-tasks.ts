import type { Task } from './define-task.ts'
import type { EnqueueArgs, EnqueueOptions, RequestTasks, TaskRef } from './task-queue.ts'

/** A held task starts by itself after this, should its process die before the response ended. */
export const HOLD_MS = 30_000

/** What a request needs of its manager. */
export interface RequestHost {
  enqueueHeld<Result>(
    task: Task<unknown, Result>,
    payload: unknown,
    options: EnqueueOptions,
  ): Promise<TaskRef<Result>>
  enqueueNow<Result>(
    task: Task<unknown, Result>,
    payload: unknown,
    options: EnqueueOptions,
  ): Promise<TaskRef<Result>>
  release(taskIds: string[]): Promise<void>
}

/**
 * Tasks of one request. Each is stored when it is enqueued, but due only in 30 s; the end of the
 * response makes it due at once. So the response never competes with its own background work, and
 * nothing is lost when the process dies in between.
 */
export class HeldTasks implements RequestTasks {
  readonly #host: RequestHost
  #held: string[] = []
  #released = false

  constructor(host: RequestHost) {
    this.#host = host
  }

  async enqueue<Payload, Result>(
    task: Task<Payload, Result>,
    ...[payload, options = {}]: EnqueueArgs<Payload>
  ): Promise<TaskRef<Result>> {
    const any = task as Task<unknown, Result>
    const eager = options.eager ?? task.settings.eager
    // A task that waits for a time, for parents or for the caller's commit needs no hold, and after
    // the response there is nothing to wait for.
    const { runAt, delayMs, via, dependsOn = [] } = options
    const waits = runAt !== undefined || delayMs !== undefined || via || dependsOn.length > 0
    if (eager || waits || this.#released) return this.#host.enqueueNow(any, payload, options)
    const ref = await this.#host.enqueueHeld(any, payload, options)
    if (!ref.duplicate) {
      this.#held.push(ref.taskId)
      // The response ended while the task was being stored.
      if (this.#released) await this.release()
    }
    return ref
  }

  async release(): Promise<void> {
    this.#released = true
    const held = this.#held.splice(0)
    if (held.length > 0) await this.#host.release(held)
  }
}
