import type { ParentFailurePolicy, TaskInserter } from '../storage/contract.ts'
import type { Task } from './define-task.ts'
import type { FlowBuilder, FlowOptions, FlowResult, FlowShape } from './flow.ts'

/** Settings of a single enqueue. */
export interface EnqueueOptions {
  /** When it is due, epoch ms or a Date. [now] */
  runAt?: number | Date
  /** Due this long from now; not together with `runAt`. [0] */
  delayMs?: number
  /** Higher runs first. [the task's] */
  priority?: number
  /**
   * While an earlier task of this function with this key is pending, running or succeeded, that one
   * is returned instead. At most 500 characters.
   */
  idempotencyKey?: string
  /** Labels: forwarded to observers, shown and searched in the dashboard. */
  tags?: Record<string, string>
  /** With request-scoped tasks: start at once, not after the response. [the task's] */
  eager?: boolean
  /** Ids of tasks that must succeed before it starts. At most 1000. [none] */
  dependsOn?: readonly string[]
  /**
   * What becomes of it when one of those ends failed, interrupted or cancelled: it stays blocked
   * until that one is retried ('hold'), fails too ('fail'), or runs all the same ('run'). ['hold']
   */
  onParentFailure?: ParentFailurePolicy
  /**
   * Stores it in the caller's own transaction: `postgresStorage.using(tx)`,
   * `sqliteStorage.using(db)`. It exists, and starts, once that is committed. [a commit of its own]
   */
  via?: TaskInserter
}

/** What `enqueue` resolves with: the task is stored. */
export interface TaskRef<Result = unknown> {
  taskId: string
  /** An earlier task with the same idempotency key is returned. */
  duplicate: boolean
  /** Never set: carries the type of the result. */
  readonly '~result'?: Result
}

/** Arguments after the task: a task without payload may leave it out. */
// biome-ignore lint/suspicious/noConfusingVoidType: void is what a task without a payload has
export type EnqueueArgs<Payload> = [Payload] extends [void]
  ? [payload?: undefined, options?: EnqueueOptions]
  : [payload: NoInfer<Payload>, options?: EnqueueOptions]

/** Where tasks are enqueued: a manager, a request's `tasks`, a running task's context. */
export interface TaskQueue {
  /**
   * Stores a task. When it resolves, the task is committed and survives any crash; with `via`, once
   * the caller's transaction is committed.
   *
   * @throws TaskflowError `invalid_payload`, `too_large`, `unknown_function`, `invalid_input`,
   *   `throttled` beyond the manager's `maxPending`;
   *   StorageUnavailableError, whose `committed` says whether it may have been stored.
   */
  enqueue<Payload, Result>(
    task: Task<Payload, Result>,
    ...args: EnqueueArgs<Payload>
  ): Promise<TaskRef<Result>>

  /**
   * Stores a graph of tasks in one commit: all of it or nothing. At most 1000 tasks, 32 Mi
   * characters of payloads.
   *
   * ```ts
   * await tasks.flow((flow) => {
   *   const photo = flow.add(resize, { file })
   *   flow.add(sendMail, { to }, { after: [photo] })
   * })
   * ```
   *
   * A task whose idempotency key is held is not stored: the earlier one takes its place in the graph.
   *
   * @throws what `enqueue` throws, and what the function throws.
   */
  flow<const Shape extends FlowShape>(
    build: (flow: FlowBuilder) => Shape,
    options?: FlowOptions,
  ): Promise<FlowResult<Shape>>
}

/** The tasks of one request: stored when enqueued, started when the response has been sent. */
export interface RequestTasks extends TaskQueue {
  /** The response has ended: start what was held. Never rejects; may be called twice. */
  release(): Promise<void>
}
