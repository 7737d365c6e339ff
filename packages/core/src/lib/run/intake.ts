import { asUnavailable, StorageUnavailableError, TaskflowError } from '../errors.ts'
import type { ObserverChain } from '../observers/observer-chain.ts'
import { checkOptionNames } from '../option-names.ts'
import type { InsertResult, NewTask, TaskInserter } from '../storage/contract.ts'
import { uuidv7 } from '../uuid.ts'
import type { Task } from './define-task.ts'
import type { FlowEntry, FlowOptions } from './flow.ts'
import { Gather } from './gather.ts'
import { newTask, type Origin } from './new-task.ts'
import type { ResolvedOptions } from './options.ts'
import type { QueueDepth } from './queue-depth.ts'
import { acceptedStep } from './steps.ts'
import type { EnqueueOptions, TaskRef } from './task-queue.ts'

const MAX_INSERT = 1_000
/** Payloads of one insert, in characters: a storage may make one text of them, and that has bounds. */
const MAX_INSERT_CHARS = 32 * 1024 * 1024

const ITEM = { payload: true, options: true } as const

/** What the intake needs of its manager. */
export interface IntakeHost {
  /** Opens the storage, once. */
  open(): Promise<void>
  /** New tasks are stored, or are before any turn from now on: there may be work. */
  stored(): void
  /** With a limit on what may be pending. */
  depth: QueueDepth | null
}

/** Checks new tasks and stores them: what is enqueued together travels together. */
export class Intake {
  readonly #options: ResolvedOptions
  readonly #observers: ObserverChain
  readonly #host: IntakeHost
  readonly #inserts: Gather<NewTask, InsertResult>
  /** Flows under way: each travels alone, since it must not be split. */
  readonly #flows = new Set<Promise<unknown>>()
  #closed = false

  constructor(options: ResolvedOptions, observers: ObserverChain, host: IntakeHost) {
    this.#options = options
    this.#observers = observers
    this.#host = host
    this.#inserts = new Gather((batch) => this.#insert(batch), MAX_INSERT, {
      sizeOf: ({ payload }) => payload.length,
      max: MAX_INSERT_CHARS,
    })
  }

  /**
   * The manager's task of this name. @throws TaskflowError `unknown_function`, or `invalid_input` for
   * what is no name, as `undefined?.name` of a task that was never imported.
   */
  registered(funcName: string | undefined): Task<unknown, unknown> {
    if (typeof funcName !== 'string') {
      throw invalid(`expected a task made by defineTask, got one whose name is ${typeof funcName}`)
    }
    const task = this.#options.tasks.get(funcName)
    if (task) return task as Task<unknown, unknown>
    throw new TaskflowError(
      'unknown_function',
      `expected one of the manager's tasks, got ${JSON.stringify(funcName.slice(0, 200))}: give it to TaskManager in tasks`,
    )
  }

  /** Stores one task. */
  async add<Result>(
    task: Task<unknown, Result>,
    payload: unknown,
    options: EnqueueOptions,
    origin: Origin,
  ): Promise<TaskRef<Result>> {
    const registered = this.registered(task?.name)
    const ref = await this.addAny(registered, payload, options, origin)
    return ref as TaskRef<Result>
  }

  /** Stores one task, of this manager or of another instance. */
  async addAny(
    task: Task<unknown, unknown>,
    payload: unknown,
    options: EnqueueOptions,
    origin: Origin,
  ): Promise<TaskRef> {
    const stored = await newTask(task, payload, options, origin, this.#options)
    const [ref] = await this.store([stored], options.via)
    return ref as TaskRef
  }

  /** Stores many tasks of one kind. */
  async addMany<Payload, Result>(
    task: Task<Payload, Result>,
    items: readonly { payload: Payload; options?: EnqueueOptions }[],
    origin: Origin,
  ): Promise<TaskRef<Result>[]> {
    const any = this.registered(task?.name)
    if (!Array.isArray(items) || !items.every((item) => typeof item === 'object' && item)) {
      throw invalid('enqueueMany: expected an array of { payload, options }')
    }
    for (const item of items) checkOptionNames(item, ITEM, { where: 'enqueueMany' })
    const tasks = await Promise.all(
      items.map(({ payload, options = {} }) =>
        newTask(any, payload, options, origin, this.#options),
      ),
    )
    const via = items[0]?.options?.via
    if (items.some(({ options }) => options?.via !== via)) {
      throw invalid('enqueueMany: via: expected the same for all')
    }
    return this.store(tasks, via)
  }

  /** Stores a graph in one commit. */
  async addFlow(
    entries: readonly FlowEntry[],
    { via }: FlowOptions,
  ): Promise<{ flowId: string; tasks: TaskRef[] }> {
    const flowId = uuidv7(this.#options.clock.now())
    const tasks: NewTask[] = []
    // One after the other: ids in the order in which tasks were added, parents before children.
    for (const { task, payload, options, after } of entries) {
      const dependsOn = after.flatMap((place) => tasks[place]?.taskId ?? [])
      const origin: Origin = { source: 'manual', flowId }
      const any = this.registered(task?.name)
      tasks.push(await newTask(any, payload, { ...options, dependsOn }, origin, this.#options))
    }
    const chars = tasks.reduce((sum, { payload }) => sum + payload.length, 0)
    if (chars > MAX_INSERT_CHARS) {
      throw new TaskflowError(
        'too_large',
        `flow: expected at most ${MAX_INSERT_CHARS} characters of payloads, got ${chars}`,
      )
    }
    return { flowId, tasks: await this.#admitted(tasks, via, () => this.#together(tasks)) }
  }

  /** Stores tasks that are checked. */
  async store(tasks: NewTask[], via: TaskInserter | undefined): Promise<InsertResult[]> {
    return this.#admitted(tasks, via, () => this.#inserts.addAll(tasks))
  }

  /** Accepts nothing more; resolves when what was accepted is stored. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#flows)
    await this.#inserts.settled()
  }

  /** Stores where there is room for all of them. */
  async #admitted(
    tasks: NewTask[],
    via: TaskInserter | undefined,
    store: () => Promise<InsertResult[]>,
  ): Promise<InsertResult[]> {
    if (via !== undefined && typeof via?.insert !== 'function') {
      throw invalid('via: expected what using(…) of the storage returns')
    }
    const { depth } = this.#host
    await depth?.admit(tasks.length)
    if (this.#closed) {
      depth?.decided(tasks.length)
      throw new StorageUnavailableError('enqueue: the manager is stopping', { committed: 'no' })
    }
    if (!via) return known(await store())
    // What goes into the caller's own transaction is not gathered with anybody else's tasks.
    return known(await via.insert({ tasks }).finally(() => depth?.decided(tasks.length)))
  }

  async #together(tasks: NewTask[]): Promise<InsertResult[]> {
    const inserted = this.#insert(tasks)
    this.#flows.add(inserted)
    return inserted.finally(() => this.#flows.delete(inserted))
  }

  async #insert(tasks: NewTask[]): Promise<InsertResult[]> {
    try {
      await this.#host.open()
      const { storage } = this.#options
      const inserted = storage.insert({ tasks })
      // The claim travels right behind: no second wait for a commit before the task starts.
      if (storage.inOrder) this.#host.stored()
      const results = await inserted
      const at = this.#options.clock.now()
      tasks.forEach((task, i) => {
        const { duplicate, unknownParent } = results[i] ?? {}
        if (duplicate || unknownParent !== undefined) return
        this.#observers.lifecycle(acceptedStep(task, at))
      })
      if (!storage.inOrder) this.#host.stored()
      return results
    } catch (error) {
      throw asUnavailable(error)
    } finally {
      this.#host.depth?.decided(tasks.length)
    }
  }
}

/** The results, if all are stored. */
function known(results: InsertResult[]): InsertResult[] {
  for (const { unknownParent } of results) {
    if (unknownParent === undefined) continue
    throw invalid(`dependsOn: expected ids of stored tasks, got ${unknownParent}`)
  }
  return results
}

const invalid = (message: string) => new TaskflowError('invalid_input', message)
