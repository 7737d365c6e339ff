import type { Task } from './define-task.ts'
import {
  type FlowBuilder,
  type FlowEntry,
  type FlowOptions,
  type FlowResult,
  type FlowShape,
  makeFlow,
} from './flow.ts'
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
  addFlow(entries: FlowEntry[], options: FlowOptions): Promise<{ flowId: string; tasks: TaskRef[] }>
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
    const { via, dependsOn = [] } = options
    if (via || dependsOn.length > 0 || !this.#holds(task, options)) {
      return this.#host.enqueueNow(any, payload, options)
    }
    const ref = await this.#host.enqueueHeld(any, payload, options)
    await this.#hold([ref])
    return ref
  }

  /** As `enqueue`: the tasks that come first are held, the others wait for those anyway. */
  flow<const Shape extends FlowShape>(
    build: (flow: FlowBuilder) => Shape,
    options: FlowOptions = {},
  ): Promise<FlowResult<Shape>> {
    return makeFlow(build, options, async (entries) => {
      const held = entries.map(
        (entry) =>
          !options.via && entry.after.length === 0 && this.#holds(entry.task, entry.options),
      )
      const delayed = entries.map((entry, place) =>
        held[place] ? { ...entry, options: { ...entry.options, delayMs: HOLD_MS } } : entry,
      )
      const stored = await this.#host.addFlow(delayed, options)
      await this.#hold(stored.tasks.filter((_, place) => held[place]))
      return stored
    })
  }

  /**
   * A task that waits for a time, for parents or for the caller's commit needs no hold, and after the
   * response there is nothing to wait for.
   */
  #holds(task: Task, { eager, runAt, delayMs }: EnqueueOptions): boolean {
    if (eager ?? task.settings.eager) return false
    return runAt === undefined && delayMs === undefined && !this.#released
  }

  async #hold(refs: readonly TaskRef[]): Promise<void> {
    for (const { taskId, duplicate } of refs) if (!duplicate) this.#held.push(taskId)
    // The response ended while they were being stored.
    if (this.#released) await this.release()
  }

  async release(): Promise<void> {
    this.#released = true
    const held = this.#held.splice(0)
    if (held.length > 0) await this.#host.release(held)
  }
}
