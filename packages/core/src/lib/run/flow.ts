import { TaskflowError } from '../errors.ts'
import { checkOptionNames, type OptionNames } from '../option-names.ts'
import type { TaskInserter } from '../storage/contract.ts'
import type { Task } from './define-task.ts'
import type { EnqueueOptions, TaskRef } from './task-queue.ts'

const MAX_TASKS = 1_000

const NAMES: OptionNames<FlowTaskOptions> = {
  after: true,
  runAt: true,
  delayMs: true,
  priority: true,
  idempotencyKey: true,
  tags: true,
  eager: true,
  onParentFailure: true,
}
const FLOW_NAMES: OptionNames<FlowOptions> = { via: true }

declare const resultType: unique symbol

/** A task of a flow that is being put together: what `after` takes. */
export interface FlowNode<out Result = unknown> {
  readonly [resultType]: Result
}

/** Settings of one task of a flow. */
export interface FlowTaskOptions
  extends Pick<
    EnqueueOptions,
    'runAt' | 'delayMs' | 'priority' | 'idempotencyKey' | 'tags' | 'eager' | 'onParentFailure'
  > {
  /** Tasks of this flow that must succeed before it starts. [none] */
  after?: readonly FlowNode[]
}

/** Settings of a flow as a whole. */
export interface FlowOptions {
  /** Stores it in the caller's own transaction, as with `enqueue`. [a commit of its own] */
  via?: TaskInserter
}

/** Arguments after the task: a task without payload may leave it out. */
// biome-ignore lint/suspicious/noConfusingVoidType: void is what a task without a payload has
export type FlowArgs<Payload> = [Payload] extends [void]
  ? [payload?: undefined, options?: FlowTaskOptions]
  : [payload: NoInfer<Payload>, options?: FlowTaskOptions]

/** Collects the tasks of one flow. What comes `after` exists already, so there are no cycles. */
export interface FlowBuilder {
  /**
   * Adds a task. Its payload is checked when the flow is stored.
   *
   * @throws TaskflowError `invalid_input` for a node of another flow, for more than 1000 tasks, and
   *   once the flow is put together.
   */
  add<Payload, Result>(task: Task<Payload, Result>, ...args: FlowArgs<Payload>): FlowNode<Result>
}

/** What a flow's function may return: the nodes whose refs the caller wants by name or place. */
export type FlowShape =
  | FlowNode
  | readonly FlowNode[]
  | { readonly [name: string]: FlowNode }
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing
  | void

/** The same with a ref in the place of each node. */
export type FlowRefs<Shape> =
  Shape extends FlowNode<infer Result>
    ? TaskRef<Result>
    : { -readonly [Key in keyof Shape]: Shape[Key] extends FlowNode<infer R> ? TaskRef<R> : never }

/** What `flow` resolves with: all of it is stored. */
export interface FlowResult<Shape = unknown> {
  flowId: string
  /** In the order in which they were added. */
  tasks: TaskRef[]
  /** What the function returned, with a ref in the place of each node. */
  refs: FlowRefs<Shape>
}

/** One task of a flow; its parents by their places among the tasks before it. */
export interface FlowEntry {
  task: Task<unknown, unknown>
  payload: unknown
  options: Omit<FlowTaskOptions, 'after'>
  after: number[]
}

/** Puts a flow together and has it stored. */
export async function makeFlow<Shape>(
  build: (flow: FlowBuilder) => Shape,
  options: FlowOptions,
  store: (entries: FlowEntry[]) => Promise<{ flowId: string; tasks: TaskRef[] }>,
): Promise<FlowResult<Shape>> {
  if (typeof build !== 'function') throw invalid('expected a function that adds tasks')
  checkOptionNames(options, FLOW_NAMES, { where: 'flow' })
  const draft = new Draft()
  const shape = build(draft)
  const places = draft.close(shape)
  const stored = await store(draft.entries)
  const refs = places((place) => stored.tasks[place])
  // `places` has kept the shape: a ref where a node was.
  return { ...stored, refs: refs as FlowRefs<Shape> }
}

class Draft implements FlowBuilder {
  readonly entries: FlowEntry[] = []
  readonly #places = new Map<unknown, number>()
  #closed = false

  add<Payload, Result>(
    task: Task<Payload, Result>,
    ...[payload, given = {}]: FlowArgs<Payload>
  ): FlowNode<Result> {
    checkOptionNames(given, NAMES, { where: `${task?.name}: flow` })
    const { after = [], ...options } = given
    if (this.#closed) throw invalid('add: expected to be called before the function returns')
    const place = this.entries.length
    if (place === MAX_TASKS) throw invalid(`expected at most ${MAX_TASKS} tasks`)
    const parents = after.map((node) => this.#placeOf(node, `${task.name}: after`))
    // Any payload: it is checked against the task when the flow is stored.
    const any = task as Task<unknown, unknown>
    this.entries.push({ task: any, payload, options, after: parents })
    // A node is known by its identity; its type is all there is to it.
    const node = Object.freeze({}) as FlowNode<Result>
    this.#places.set(node, place)
    return node
  }

  /** Takes no more; returns what puts something in the place of each node of `shape`. */
  close(shape: unknown): (at: (place: number) => unknown) => unknown {
    this.#closed = true
    if (shape instanceof Promise) {
      // It is refused whatever becomes of it.
      shape.catch(() => {})
      throw invalid('expected a function that returns at once, got a promise: await before')
    }
    if (shape === undefined) return () => undefined
    const place = this.#places.get(shape)
    if (place !== undefined) return (at) => at(place)
    if (Array.isArray(shape)) {
      const places = shape.map((node) => this.#placeOf(node, 'return value'))
      return (at) => places.map(at)
    }
    const places = Object.entries(Object(shape)).map(
      ([name, node]) => [name, this.#placeOf(node, `return value: ${name}`)] as const,
    )
    return (at) => Object.fromEntries(places.map(([name, one]) => [name, at(one)]))
  }

  #placeOf(node: unknown, where: string): number {
    const place = this.#places.get(node)
    if (place !== undefined) return place
    throw invalid(`${where}: expected a node of this flow, got something else`)
  }
}

const invalid = (message: string) => new TaskflowError('invalid_input', `flow: ${message}`)
