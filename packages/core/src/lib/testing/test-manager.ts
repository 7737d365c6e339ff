import { TaskFailedError, TaskflowError } from '../errors.ts'
import { isRetryable, type TaskRecord, type TaskStatus } from '../record.ts'
import { currentContext } from '../run/context.ts'
import type { Task } from '../run/define-task.ts'
import { Encryption, payloadBinding } from '../run/encryption/encryption.ts'
import type { FlowBuilder, FlowOptions, FlowResult, FlowShape } from '../run/flow.ts'
import type { TaskManagerOptions } from '../run/options.ts'
import { type StopReport, TaskManager } from '../run/task-manager.ts'
import type { EnqueueArgs, EnqueueOptions, RequestTasks, TaskRef } from '../run/task-queue.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { GatedStorage } from './gated-storage.ts'

/** Attempts in one drain: more look like work that makes work for ever. */
const MAX_ATTEMPTS = 10_000

/** Settings of a `testManager`: those of a manager, but for what tests decide. */
export interface TestManagerOptions
  extends Omit<
    TaskManagerOptions,
    'storage' | 'clock' | 'heartbeat' | 'maxBlockMs' | 'handleSignals'
  > {
  /** Time, to share one with what else the test runs. [fakeClock()] */
  clock?: FakeClock
  /**
   * Run each task as it is enqueued, with all that it sets off and its retries, which come at once;
   * `enqueue` then rejects with `TaskFailedError` where the task fails. Tasks that are due later
   * still wait for `drain`. [false: nothing runs until `drain`]
   */
  inline?: boolean
}

/** How tasks that a drain ran stand after it, counted and one by one. */
export interface DrainReport extends Record<TaskStatus, number> {
  /** In the order in which they first started. */
  records: TaskRecord[]
}

/**
 * A manager for tests of an app: give it to whatever takes a `TaskManager`. It keeps tasks in
 * memory, in a time that only the test moves on, and runs nothing unless it is told to.
 *
 * ```ts
 * const tasks = testManager({ tasks: [sendEmail] })
 * await signUp(tasks, 'ann@example.org')
 * expect(await tasks.enqueued(sendEmail)).toMatchObject([{ payload: { to: 'ann@example.org' } }])
 * expect(await tasks.drain()).toMatchObject({ success: 1 })
 * ```
 */
export function testManager(options: TestManagerOptions): TestManager {
  const clock = options.clock ?? fakeClock()
  return new TestManager(options, clock, new GatedStorage(clock.now))
}

/** What `testManager` makes. */
export class TestManager extends TaskManager {
  /** Its time; `await clock.advance(ms)` moves it on. */
  readonly clock: FakeClock
  readonly #gate: GatedStorage
  readonly #inline: boolean
  readonly #encryption: Encryption
  #draining: Promise<unknown> = Promise.resolve()

  constructor(options: TestManagerOptions, clock: FakeClock, gate: GatedStorage) {
    if (options.concurrency === 0) {
      const message = 'testManager: concurrency: expected 1 or more, got 0'
      throw new TaskflowError('configuration', message)
    }
    const { inline = false, ...rest } = options
    super({ ...rest, clock, storage: gate })
    this.clock = clock
    this.#gate = gate
    this.#inline = inline
    this.#encryption = new Encryption(options.encryption)
  }

  /**
   * Runs what is due, and what follows from it, until nothing due is left. With `includeScheduled`
   * time moves on to whatever is due next (retries, delays, rates), until nothing is pending but
   * what is blocked or paused. A handler that waits for a time-out needs `clock.advance` meanwhile.
   *
   * @throws TaskflowError `conflict` when there is still work after 10 000 attempts.
   */
  async drain(options: { includeScheduled?: boolean } = {}): Promise<DrainReport> {
    const before = this.#draining
    const drained = before.then(() => this.#drain(options.includeScheduled ?? false))
    this.#draining = drained.catch(() => {})
    return drained
  }

  /** What was enqueued, oldest first, whatever became of it: of one task, its payload typed, or of all. */
  async enqueued<Payload = unknown>(
    task?: Task<Payload, unknown>,
  ): Promise<(TaskRecord & { payload: Payload })[]> {
    const filter = task ? { funcName: [task.name] } : {}
    const { tasks } = await this.list({ filter, order: 'asc', limit: Number.MAX_SAFE_INTEGER })
    const records = await this.#records(tasks.map(({ taskId }) => taskId))
    const decrypted = records.map(async (record) => {
      const { encryptedPayload: sealed } = record
      if (sealed === null) return record
      const text = await this.#encryption.open(sealed, payloadBinding(record))
      return { ...record, payload: JSON.parse(text) }
    })
    // Only payloads that the task takes were accepted.
    return (await Promise.all(decrypted)) as (TaskRecord & { payload: Payload })[]
  }

  override async enqueue<Payload, Result>(
    task: Task<Payload, Result>,
    ...args: EnqueueArgs<Payload>
  ): Promise<TaskRef<Result>> {
    return this.#ran(await super.enqueue(task, ...args))
  }

  override async enqueueMany<Payload, Result>(
    task: Task<Payload, Result>,
    items: readonly { payload: Payload; options?: EnqueueOptions }[],
  ): Promise<TaskRef<Result>[]> {
    const refs = await super.enqueueMany(task, items)
    for (const ref of refs) await this.#ran(ref)
    return refs
  }

  override async flow<const Shape extends FlowShape>(
    build: (flow: FlowBuilder) => Shape,
    options: FlowOptions = {},
  ): Promise<FlowResult<Shape>> {
    const stored = await super.flow(build, options)
    for (const ref of stored.tasks) await this.#ran(ref)
    return stored
  }

  override async enqueueByName(
    funcName: string,
    payload: unknown,
    options: EnqueueOptions = {},
  ): Promise<TaskRef> {
    return this.#ran(await super.enqueueByName(funcName, payload, options))
  }

  override async retry(taskId: string, options: { payload?: unknown } = {}): Promise<TaskRef> {
    return this.#ran(await super.retry(taskId, options))
  }

  /** The tasks of one request: not held until the response, since nothing starts by itself. */
  override forRequest(): RequestTasks {
    return {
      enqueue: (...args) => this.enqueue(...args),
      flow: (...args) => this.flow(...args),
      release: async () => {},
    }
  }

  override stop(options: { graceMs?: number; abortMs?: number } = {}): Promise<StopReport> {
    this.#gate.end(new TaskflowError('unavailable', 'drain: the manager has stopped'))
    return super.stop(options)
  }

  async #drain(includeScheduled: boolean): Promise<DrainReport> {
    await this.start()
    const ran = new Set<string>()
    let attempts = 0
    const unsubscribe = this.subscribe(({ step, taskId }) => {
      if (step !== 'started') return
      ran.add(taskId)
      if (++attempts > MAX_ATTEMPTS) this.#gate.fail(endless())
    })
    try {
      let nextInMs = await this.#gate.run()
      while (includeScheduled && nextInMs !== null) {
        await this.clock.advance(Math.max(nextInMs, 0))
        nextInMs = await this.#gate.run()
      }
    } finally {
      unsubscribe()
    }
    return this.#report([...ran])
  }

  async #report(taskIds: string[]): Promise<DrainReport> {
    const records = await this.#records(taskIds)
    const count = (status: TaskStatus) => records.filter((task) => task.status === status).length
    return {
      pending: count('pending'),
      running: count('running'),
      success: count('success'),
      failed: count('failed'),
      interrupted: count('interrupted'),
      cancelled: count('cancelled'),
      records,
    }
  }

  async #records(taskIds: string[]): Promise<TaskRecord[]> {
    const records = await Promise.all(taskIds.map((taskId) => this.get(taskId)))
    return records.filter((record) => record !== null)
  }

  /** Runs what is due, inline; within a task that is left to who runs that one. */
  async #ran<Ref extends TaskRef>(ref: Ref): Promise<Ref> {
    if (!this.#inline || currentContext()) return ref
    for (let retrying = 1; retrying > 0; ) {
      await this.drain()
      const { tasks } = await this.list({ filter: { phase: ['retrying'] } })
      for (const { taskId } of tasks) await this.runNow(taskId)
      retrying = tasks.length
    }
    const record = await this.get(ref.taskId)
    if (record && isRetryable(record.status)) throw new TaskFailedError(record)
    return ref
  }
}

function endless(): TaskflowError {
  const message = `drain: expected an end, there is still work after ${MAX_ATTEMPTS} attempts`
  return new TaskflowError('conflict', message)
}
