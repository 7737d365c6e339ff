import { asUnavailable, TaskflowError, unknownTask } from '../errors.ts'
import type { LifecycleEvent } from '../observers/observer.ts'
import { ObserverChain } from '../observers/observer-chain.ts'
import { isRetryable, type TaskRecord, type TaskStatus } from '../record.ts'
import type {
  CancelResult,
  InstanceRecord,
  ListInput,
  ListResult,
  LogPage,
  LogQuery,
  MetricsQuery,
  NewTask,
  StoredTask,
  TaskMetrics,
  TaskStorage,
} from '../storage/contract.ts'
import type { SeriesBucket, SeriesQuery, TickRecord } from '../storage/parts.ts'
import { announce } from './announce.ts'
import { Chains } from './chains.ts'
import { checkCancel } from './check-cancel.ts'
import { describeTask, NAME, type Task } from './define-task.ts'
import { type DeleteHistoryOptions, deleteHistory } from './delete-history.ts'
import { Dispatcher } from './dispatcher.ts'
import { keyIdOf } from './encryption/envelope.ts'
import {
  type FlowBuilder,
  type FlowOptions,
  type FlowResult,
  type FlowShape,
  makeFlow,
} from './flow.ts'
import { Heartbeat } from './heartbeat.ts'
import { Hints } from './hints.ts'
import { hostIdentity } from './host-identity.ts'
import { Intake } from './intake.ts'
import { lastWords } from './last-words.ts'
import { type LiveFunction, liveFunctions } from './live-functions.ts'
import { checkNodeVersion } from './node-version.ts'
import { type ResolvedOptions, resolveOptions, type TaskManagerOptions } from './options.ts'
import { ParentReader } from './parents.ts'
import { QueueDepth } from './queue-depth.ts'
import { recordOf } from './record-of.ts'
import { HeldTasks, HOLD_MS } from './request-tasks.ts'
import { type ResultOptions, Results } from './results.ts'
import { Retention } from './retention.ts'
import { retryPayload } from './retry-payload.ts'
import { claimForShutdown, shutdownSchedules } from './schedules/at-shutdown.ts'
import {
  type ScheduleAction,
  type ScheduleActionResult,
  ScheduleOperations,
} from './schedules/operations.ts'
import type { ScheduleArgs } from './schedules/schedule-options.ts'
import type { ScheduleRecord } from './schedules/schedule-record.ts'
import { Schedules, unknownSchedule } from './schedules/schedules.ts'
import type { Trigger } from './schedules/trigger.ts'
import type { HandBack } from './settled.ts'
import { acceptedStep } from './steps.ts'
import { stopOnSignals } from './stop-on-signals.ts'
import { taskElsewhere } from './task-elsewhere.ts'
import type { EnqueueArgs, EnqueueOptions, RequestTasks, TaskQueue, TaskRef } from './task-queue.ts'
import { refuseInWorker } from './worker-scope.ts'

/** What `stop` did with the work that was under way. */
export type StopReport = HandBack

/**
 * Runs background tasks inside the app's own process, over a storage.
 *
 * ```ts
 * const tasks = new TaskManager({ tasks: [sendEmail], storage: sqliteStorage({ file: 'tasks.db' }) })
 * await tasks.start()
 * await tasks.enqueue(sendEmail, { address })
 * ```
 *
 * Enqueuing and reading need no `start`, which claims and runs.
 */
export class TaskManager implements TaskQueue {
  readonly #options: ResolvedOptions
  readonly #storage: TaskStorage
  readonly #observers: ObserverChain
  readonly #listeners = new Set<(event: LifecycleEvent) => void>()
  readonly #intake: Intake
  readonly #dispatcher: Dispatcher
  readonly #heartbeat: Heartbeat
  readonly #hints: Hints
  readonly #retention: Retention
  readonly #results: Results
  readonly #depth: QueueDepth | null
  readonly #schedules: Schedules
  readonly #scheduleOperations: ScheduleOperations
  readonly #stopping = new AbortController()
  #opened: Promise<void> | null = null
  #started: Promise<void> | null = null
  #stopped: Promise<StopReport> | null = null
  #hurry = () => {}
  #letGo = () => {}

  constructor(options: TaskManagerOptions) {
    checkNodeVersion()
    refuseInWorker()
    const resolved = resolveOptions(options)
    this.#options = resolved
    this.#storage = resolved.storage
    const own = { onLifecycle: (event: LifecycleEvent) => this.#tell(event) }
    this.#observers = new ObserverChain([...resolved.observers, own], resolved)
    const open = () => this.open()
    this.#results = new Results(resolved, open)
    const { maxPending } = resolved
    this.#depth = maxPending === null ? null : new QueueDepth(resolved, maxPending, open)
    this.#intake = new Intake(resolved, this.#observers, {
      open,
      depth: this.#depth,
      stored: () => this.#dispatcher.wake(),
    })
    this.#dispatcher = new Dispatcher(resolved, this.#observers, {
      clock: resolved.clock,
      queue: this,
      chains: new Chains(resolved),
      parents: new ParentReader(resolved),
      observers: this.#observers,
      trace: resolved.trace,
      encryption: resolved.encryption,
      maxResultBytes: resolved.maxPayloadBytes,
      maxLogLines: resolved.maxLogLines,
      maxLogBytes: resolved.maxLogBytes,
      graceMs: resolved.cancelGraceMs,
      limit: (inMs, settlement) => this.#heartbeat.limit(inMs, settlement),
    })
    const scheduled = (tasks: NewTask[]) => this.#scheduled(tasks)
    this.#schedules = new Schedules(resolved, {
      open: () => this.open(),
      instanceId: () => this.instanceId,
      stored: scheduled,
    })
    this.#scheduleOperations = new ScheduleOperations(this.#schedules, resolved, scheduled)
    this.#heartbeat = new Heartbeat(resolved, hostIdentity(), {
      joined: (instanceId) => this.#dispatcher.join(instanceId),
      lost: () => this.#dispatcher.leaseLost(),
      cancels: (requests) => this.#dispatcher.cancel(requests),
      workDue: () => this.#dispatcher.wake(),
      running: () => this.#dispatcher.held,
      unresponsive: () => this.#dispatcher.unresponsive,
      strays: () => this.#dispatcher.findStrays(),
      answered: (result, sentAt) => this.#schedules.answered(result, sentAt),
      schedulesOf: (funcName) => this.#schedules.declaredOf(funcName),
      recovered: (freed) => this.#announce(freed),
    })
    this.#hints = new Hints(resolved, {
      work: () => this.#dispatcher.wake(),
      cancels: () => this.#heartbeat.beatNow(),
      schedules: () => this.#schedules.look(),
    })
    this.#retention = new Retention(resolved, () => this.functions())
  }

  /** Aborts when `stop` begins: what serves this manager should end then too. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  /** Id of this instance in the storage; empty before `start`. */
  get instanceId(): string {
    return this.#heartbeat.instanceId
  }

  /** True between `start` and `stop`. */
  get running(): boolean {
    return this.#started !== null && this.#stopped === null
  }

  /** Slots of this process. */
  get concurrency(): number {
    return this.#options.concurrency
  }

  /** How long final tasks are kept; null for ever. */
  get retentionMs(): number | null {
    return this.#retention.retentionMs
  }

  /** Keeps final tasks for another time than its options say: what a handler's `retentionMs` does. */
  keepFor(retentionMs: number): void {
    this.#retention.change(retentionMs)
  }

  /** False while the storage's hints of what other instances did are lost; work is found by looking. */
  get listening(): boolean {
    return this.#hints.up
  }

  /** Names of the executors tasks may choose. */
  get executors(): string[] {
    return [...this.#options.executors.keys()]
  }

  /** Paths of what must not be shown of a task's payloads; null for a task that it does not have. */
  secretPaths(funcName: string): readonly string[] | null {
    return this.#options.tasks.get(funcName)?.settings.secret ?? null
  }

  /** JSON Schema of a task's payloads; null where it is not known here, or the task is not. */
  payloadSchema(funcName: string): Record<string, unknown> | null {
    return this.#options.tasks.get(funcName)?.payloadSchema() ?? null
  }

  /** The storage, for handlers and adapters. */
  get storage(): TaskStorage {
    return this.#storage
  }

  /** Told, beside `onError`'s other callers, what went wrong outside of any call. */
  reportError(error: unknown): void {
    this.#options.onError(error)
  }

  /**
   * Opens the storage, takes over what a dead process left behind, and starts to claim. Further
   * calls return the first one's promise. A started manager keeps its process alive, like a server.
   *
   * @throws what the storage's `open` throws; it may then be called again.
   */
  start(): Promise<void> {
    if (this.#stopped) return Promise.reject(stoppedBefore())
    this.#started ??= this.#start().catch((error) => {
      this.#started = null
      throw error
    })
    return this.#started
  }

  /**
   * Stops in good order: claims nothing more, waits `graceMs` for handlers, aborts their signals,
   * waits `abortMs`, gives back the rest (the attempt is not counted) and closes the storage. A
   * second call skips the waiting.
   *
   * @throws TaskflowError `invalid_input` for a time that is no number of 0 or more.
   */
  stop(options: { graceMs?: number; abortMs?: number } = {}): Promise<StopReport> {
    if (this.#stopped) this.#hurry()
    else {
      const { graceMs = 15_000, abortMs = 5_000 } = options
      for (const [option, ms] of Object.entries({ graceMs, abortMs })) {
        if (ms >= 0) continue
        const message = `stop: ${option}: expected milliseconds of 0 or more, got ${String(ms)}`
        return Promise.reject(new TaskflowError('invalid_input', message))
      }
      this.#stopped = this.#stop(graceMs, abortMs)
    }
    return this.#stopped
  }

  async enqueue<Payload, Result>(
    task: Task<Payload, Result>,
    ...[payload, options = {}]: EnqueueArgs<Payload>
  ): Promise<TaskRef<Result>> {
    return this.#intake.add(task as Task<unknown, Result>, payload, options, { source: 'manual' })
  }

  /**
   * Enqueues many tasks of one kind, in one commit per thousand or per 32 MiB. A payload or option that is refused
   * refuses all of them; an unknown task in `dependsOn` only those that depend on it, and rejects.
   */
  async enqueueMany<Payload, Result>(
    task: Task<Payload, Result>,
    items: readonly { payload: Payload; options?: EnqueueOptions }[],
  ): Promise<TaskRef<Result>[]> {
    return this.#intake.addMany(task, items, { source: 'manual' })
  }

  flow<const Shape extends FlowShape>(
    build: (flow: FlowBuilder) => Shape,
    options: FlowOptions = {},
  ): Promise<FlowResult<Shape>> {
    return makeFlow(build, (entries) => this.#intake.addFlow(entries, options))
  }

  /** Enqueues by name, as operators do. `unknown_function` when no live instance can run it. */
  async enqueueByName(
    funcName: string,
    payload: unknown,
    options: EnqueueOptions = {},
  ): Promise<TaskRef> {
    const task = await this.#taskOf(funcName)
    return this.#intake.addAny(task, payload, options, { source: 'adhoc' })
  }

  /** The tasks of one request: stored at once, started by `release`. Adapters call this. */
  forRequest(): RequestTasks {
    return new HeldTasks({
      enqueueNow: (task, payload, options) =>
        this.#intake.add(task, payload, options, { source: 'manual' }),
      enqueueHeld: (task, payload, options) =>
        this.#intake.add(task, payload, { ...options, delayMs: HOLD_MS }, { source: 'manual' }),
      addFlow: (entries, options) => this.#intake.addFlow(entries, options),
      release: (taskIds) => this.#release(taskIds),
    })
  }

  /** One task, whole; null when there is none. */
  async get(taskId: string): Promise<TaskRecord | null> {
    const [task] = await this.getMany([taskId])
    return task ?? null
  }

  /** Several tasks, whole; those of them that there are. */
  async getMany(taskIds: readonly string[]): Promise<TaskRecord[]> {
    await this.open()
    const stored = await this.#storage.get({ taskIds: [...taskIds] })
    return stored.flatMap((task) => (task ? [recordOf(task)] : []))
  }

  /**
   * Waits for a task to succeed, wherever it runs; resolves with what its `run` returned, as JSON
   * keeps it (null for nothing). Results of this instance's tasks come at once, others' within a
   * second. While the storage is away the waiting goes on.
   *
   * @throws TaskFailedError when it ends failed, interrupted or cancelled; TaskflowError `not_found`,
   *   `unavailable` after `timeoutMs` or when the manager stops; the reason of `signal`.
   */
  async result<Result>(
    ref: Pick<TaskRef<Result>, 'taskId' | '~result'>,
    options: ResultOptions = {},
  ): Promise<Result> {
    // What was stored by the task that the reference was made for.
    return (await this.#results.wait(ref?.taskId, options)) as Result
  }

  /** One page of tasks, newest first unless sorted otherwise. */
  async list(input: Partial<ListInput> = {}): Promise<ListResult> {
    await this.open()
    return this.#storage.list({ filter: {}, limit: 100, ...input })
  }

  /** Log lines of one task, in order. */
  async logs(query: Partial<LogQuery> & { taskId: string }): Promise<LogPage> {
    await this.open()
    return this.#part('logs').read({ limit: 500, ...query })
  }

  /** Counts and durations, of all tasks or of one function's. */
  async metrics(query: MetricsQuery = {}): Promise<TaskMetrics> {
    const [metrics] = await this.metricsOf([query])
    if (!metrics) throw new TaskflowError('internal', 'metrics: the storage gave no answer')
    return metrics
  }

  /** Counts and durations for several queries at once. */
  async metricsOf(queries: MetricsQuery[]): Promise<TaskMetrics[]> {
    await this.open()
    return this.#storage.metrics({ queries })
  }

  /** All instances on this storage. */
  async instances(): Promise<InstanceRecord[]> {
    await this.open()
    return (await this.#storage.instances?.list()) ?? []
  }

  /** What live instances can run, this one included, by name. */
  async functions(): Promise<LiveFunction[]> {
    const all = await this.instances()
    const others = all.filter(({ instanceId }) => instanceId !== this.instanceId)
    return liveFunctions([...this.#options.tasks.values()].map(describeTask), others)
  }

  /**
   * Cancels a task: a pending one at once; a running one is asked to, and a handler that returns
   * normally all the same is `success`. `force` ends it after the grace period.
   *
   * @throws TaskflowError `not_found`, `invalid_input` in any final state, `conflict` when forced
   *   too early.
   */
  async cancel(taskId: string, options: { force?: boolean } = {}): Promise<CancelResult> {
    await this.open()
    const { cancelGraceMs: graceMs } = this.#options
    const [result] = await this.#cancel([taskId], options.force ?? false)
    return checkCancel(result, taskId, graceMs)
  }

  /**
   * As `cancel` for many tasks in one commit, without force. Says what became of each and throws
   * for none of them.
   */
  async cancelMany(taskIds: readonly string[]): Promise<CancelResult[]> {
    await this.open()
    return this.#cancel([...taskIds], false)
  }

  /**
   * Runs a failed, interrupted or cancelled task again, as a new task with the same payload (or
   * another one), tags and priority. The original stays as it is. While an earlier retry is
   * pending, running or succeeded, that one is returned. In another payload, a mask (`•••`) at one
   * of the task's `secret` paths stands for the original's value.
   *
   * @throws TaskflowError `not_found`, `invalid_input` in any other state, `unknown_function`,
   *   `invalid_payload`.
   */
  async retry(taskId: string, options: { payload?: unknown } = {}): Promise<TaskRef> {
    await this.open()
    const [original] = await this.#storage.get({ taskIds: [taskId] })
    if (!original) throw unknownTask(taskId)
    if (!isRetryable(original.status)) {
      throw new TaskflowError(
        'invalid_input',
        `retry: expected a failed, interrupted or cancelled task, it is ${original.status}`,
      )
    }
    const task = await this.#taskOf(original.funcName)
    const payload = await retryPayload(task, original, options, this.#options.encryption)
    const { tags } = original
    const given = original.priority === null ? { tags } : { tags, priority: original.priority }
    const all = { ...given, ...(await this.#parentsOf(original)) }
    return this.#intake.addAny(task, payload, all, {
      source: 'manual',
      retryOf: taskId,
      flowId: original.flowId ?? undefined,
      // Another key would give another text, and the storage would not know the retry again.
      keyId: keyIdOf(original.payload),
    })
  }

  /**
   * Makes a scheduled or retrying task due now.
   *
   * @throws TaskflowError `not_found`, or `invalid_input` for any other task.
   */
  async runNow(taskId: string): Promise<void> {
    await this.open()
    const [result] = await this.#storage.reschedule({ tasks: [{ taskId }] })
    if (result?.result === 'missing') throw unknownTask(taskId)
    if (result?.result === 'refused') {
      throw new TaskflowError('invalid_input', 'run: expected a scheduled or retrying task')
    }
    this.#dispatcher.wake()
  }

  /**
   * Stops the starting of a function on all instances, until `resume`; what runs goes on. It lasts
   * over restarts and deploys. False when it was paused already.
   *
   * @throws TaskflowError `invalid_input` for what is no name, `configuration` when the storage cannot.
   */
  pause(funcName: string): Promise<boolean> {
    return this.#setPaused(funcName, true)
  }

  /** Lets a paused function start again. False when it was not paused. */
  resume(funcName: string): Promise<boolean> {
    return this.#setPaused(funcName, false)
  }

  /**
   * Deletes final tasks with their logs and attempts, as the retention does; parents of live tasks
   * stay. Counts of `series` and of `metrics` with `since` keep what was deleted.
   *
   * @throws TaskflowError `invalid_input`.
   */
  async deleteHistory(options: DeleteHistoryOptions): Promise<{ deleted: number }> {
    await this.open()
    return deleteHistory(this.#options, options)
  }

  /** Names of the functions that are paused; none where the storage cannot pause. */
  async pausedFunctions(): Promise<Set<string>> {
    await this.open()
    const paused = (await this.#storage.functions?.paused()) ?? []
    return new Set(paused.map(({ funcName }) => funcName))
  }

  /**
   * Runs a task whenever it is due, once for any number of instances. Before `start` it declares:
   * such a schedule lives as long as instances whose code declares it, and of several definitions
   * the newest counts. After `start` it stays until it is removed. Resolves with its id when it is
   * checked and, after `start`, stored.
   *
   * ```ts
   * tasks.schedule(report, { cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin' }, { payload: { day } })
   * ```
   *
   * @throws TaskflowError `invalid_input` at once for a trigger or option that makes no sense or an id
   *   that is taken, `unknown_function`, `configuration` when the storage knows no schedules. Rejects
   *   with `invalid_payload`, or `invalid_input` for a time that has passed; then `start` does too.
   */
  schedule<Payload, Result>(
    task: Task<Payload, Result>,
    when: Trigger,
    ...[options = {}]: ScheduleArgs<Payload>
  ): Promise<string> {
    return this.#schedules.add(task as Task, when, options)
  }

  /** All schedules, those of other instances too, by id; with the next `upcoming` runs of each. [1] */
  async schedules(options: { upcoming?: number } = {}): Promise<ScheduleRecord[]> {
    return this.#schedules.records(options.upcoming ?? 1)
  }

  /** One schedule. @throws TaskflowError `not_found`. */
  async getSchedule(
    scheduleId: string,
    options: { upcoming?: number } = {},
  ): Promise<ScheduleRecord> {
    const [record] = await this.#schedules.records(options.upcoming ?? 1, [scheduleId])
    if (record) return record
    throw unknownSchedule(scheduleId)
  }

  /**
   * Pauses a schedule on all instances, over restarts and deploys, until `resumeSchedule`. False when
   * it was paused already.
   *
   * @throws TaskflowError `not_found`.
   */
  pauseSchedule(scheduleId: string): Promise<boolean> {
    return this.#scheduleOperations.pause(scheduleId)
  }

  /** Lets a paused schedule go on with its next run from now. False when it was not paused. */
  resumeSchedule(scheduleId: string): Promise<boolean> {
    return this.#scheduleOperations.resume(scheduleId)
  }

  /**
   * Runs a schedule now, paused or not, beside its times. A recurring one goes on with its next time;
   * a one-off is paused with that, and may be resumed or removed.
   *
   * @throws TaskflowError `not_found`, `unknown_function` when this manager does not have the task,
   *   `invalid_payload` when the task refuses the stored payload by now.
   */
  runSchedule(scheduleId: string): Promise<TaskRef> {
    return this.#scheduleOperations.run(scheduleId)
  }

  /** Removes a schedule for good: it comes back only with another definition. */
  removeSchedule(scheduleId: string): Promise<void> {
    return this.#scheduleOperations.remove(scheduleId)
  }

  /** Does one thing to many schedules, and tells what became of each. */
  bulkSchedules(
    action: ScheduleAction,
    scheduleIds: readonly string[],
  ): Promise<ScheduleActionResult[]> {
    return this.#scheduleOperations.bulk(action, scheduleIds)
  }

  /** What became of a schedule's due times, the newest first; 50 a page. */
  scheduleTicks(
    scheduleId: string,
    page: { limit?: number; cursor?: string } = {},
  ): Promise<{ ticks: TickRecord[]; next: string | null }> {
    return this.#scheduleOperations.ticks(scheduleId, page)
  }

  /** Told when schedules may have changed, here or elsewhere; returns what ends that. For streams. */
  onSchedulesChanged(listener: () => void): () => void {
    return this.#schedules.onChanged(listener)
  }

  /** How tasks ended over time, for charts. */
  async series(query: SeriesQuery): Promise<SeriesBucket[]> {
    await this.open()
    return this.#part('series').read(query)
  }

  /** Follows the steps that this instance takes part in; returns what ends that. */
  subscribe(listener: (event: LifecycleEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Opens the storage, once; every method does so by itself. */
  open(): Promise<void> {
    this.#opened ??= this.#storage.open().catch((error) => {
      this.#opened = null
      throw asUnavailable(error, 'no')
    })
    return this.#opened
  }

  async #start(): Promise<void> {
    await this.open()
    await this.#schedules.prepared()
    if (this.#stopped) throw stoppedBefore()
    await this.#heartbeat.start().catch((error) => {
      throw asUnavailable(error)
    })
    if (this.#stopped) throw stoppedBefore()
    this.#hints.start()
    await this.#schedules.start()
    if (this.#stopped) throw stoppedBefore()
    this.#retention.start()
    const release = this.#options.clock.hold()
    const unhook = this.#options.handleSignals ? stopOnSignals(this) : () => {}
    this.#letGo = () => {
      release()
      unhook()
    }
  }

  async #stop(graceMs: number, abortMs: number): Promise<StopReport> {
    const hurry = new Promise<void>((resolve) => {
      this.#hurry = resolve
    })
    this.#stopping.abort()
    const pruned = this.#retention.stop()
    const unheard = this.#hints.stop()
    this.#heartbeat.drain()
    await this.#runAtShutdown(graceMs, hurry)
    this.#dispatcher.drain()
    await this.#dispatcher.idle(graceMs, hurry)
    this.#dispatcher.abortForShutdown()
    this.#results.close()
    await this.#dispatcher.idle(abortMs, hurry)
    // What still runs elsewhere ends here, so that nobody else starts it while it does.
    for (const executor of this.#options.executors.values()) {
      await this.#last(`executor ${executor.name}`, () => executor.close?.())
    }
    const report = await this.#dispatcher.handBack()
    await this.#last('schedules', () => this.#schedules.stop())
    // Until here handlers that were waited for could enqueue what follows them.
    await this.#last('enqueues', () => this.#intake.close())
    // Also of a start that ends as this stop goes on. The lease of an unreachable storage ends by itself.
    if (this.instanceId) await this.#last('lease', () => this.#heartbeat.leave())
    await this.#observers.close()
    await this.#last('hints', () => unheard)
    await this.#last('retention', () => pruned)
    // Who opened it hears of a failure.
    await this.#last('opening', () => this.#opened?.catch(() => {}))
    await lastWords('storage', () => this.#storage.close(), this.#options).finally(this.#letGo)
    return report
  }

  /** A schedule stored tasks. */
  #scheduled(tasks: NewTask[]): void {
    const at = this.#options.clock.now()
    for (const task of tasks) this.#observers.lifecycle(acceptedStep(task, at))
    this.#dispatcher.wake()
  }

  /** Starts what is to run when this instance stops; the handlers are waited for like all others. */
  async #runAtShutdown(graceMs: number, hurry: Promise<void>): Promise<void> {
    const stopped = this.#schedules.stop()
    if (this.instanceId === '' || shutdownSchedules(this.#schedules).length === 0) return
    const claiming = claimForShutdown(this.#schedules, this.instanceId, this.#options, {
      stored: (task) => this.#scheduled([task]),
      claimed: (task) => this.#dispatcher.start(task),
    })
    const { clock, onError } = this.#options
    let cancelTimer = () => {}
    const over = new Promise<void>((resolve) => {
      cancelTimer = clock.after(graceMs, resolve)
    })
    await Promise.race([Promise.all([stopped, claiming]), over, hurry]).catch(onError)
    cancelTimer()
  }

  /** A part of a shutdown that holds up no other, whatever becomes of it. */
  #last(part: string, work: () => Promise<unknown> | undefined): Promise<void> {
    return lastWords(part, work, this.#options).catch(this.#options.onError)
  }

  async #release(taskIds: string[]): Promise<void> {
    try {
      await this.#storage.reschedule({ tasks: taskIds.map((taskId) => ({ taskId })) })
      this.#dispatcher.wake()
    } catch (error) {
      // They start by themselves when the hold is over.
      this.#options.onError(error)
    }
  }

  async #cancel(taskIds: string[], force: boolean): Promise<CancelResult[]> {
    const { cancelGraceMs: graceMs } = this.#options
    const results = await this.#storage.cancel({ taskIds, force, graceMs })
    const ended: { taskId: string; status: TaskStatus }[] = []
    for (const { taskId, result } of results) {
      // The owner may be this process: no need to wait for the next beat.
      if (result === 'cancelled' || result === 'requested') this.#dispatcher.cancelLocally(taskId)
      if (result === 'cancelled') ended.push({ taskId, status: 'cancelled' })
    }
    for (const { taskId } of ended) this.#results.notice({ taskId, step: 'cancelled' })
    // Tasks that run all the same when these end may be due now.
    this.#dispatcher.wake()
    if (ended.length > 0) await this.#announce(ended)
    return results
  }

  /** A task of this manager, or what stands here for one of another live instance. */
  async #taskOf(funcName: string): Promise<Task<unknown, unknown>> {
    if (this.#options.tasks.has(funcName)) return this.#intake.registered(funcName)
    const found = (await this.functions()).find((info) => info.funcName === funcName)
    return found ? taskElsewhere(found) : this.#intake.registered(funcName)
  }

  async #setPaused(funcName: string, paused: boolean): Promise<boolean> {
    if (typeof funcName !== 'string' || !NAME.test(funcName)) {
      const message = `${paused ? 'pause' : 'resume'}: expected the name of a task, got ${String(funcName)}`
      throw new TaskflowError('invalid_input', message)
    }
    await this.open()
    const functions = this.#part('functions')
    const [result] = await functions.setPaused({ funcNames: [funcName], paused })
    if (!paused) this.#dispatcher.wake()
    return result?.changed ?? false
  }

  /** What a retry depends on, so that it finds the same results: parents that are still there. */
  async #parentsOf({ dependsOn }: StoredTask): Promise<EnqueueOptions> {
    if (dependsOn.length === 0) return {}
    const parents = await this.#storage.get({ taskIds: dependsOn })
    // Whoever retries it decides that it runs, however they ended.
    return {
      dependsOn: parents.flatMap((parent) => parent?.taskId ?? []),
      onParentFailure: 'run',
    }
  }

  #part<Name extends 'functions' | 'logs' | 'series'>(name: Name): NonNullable<TaskStorage[Name]> {
    const part = this.#storage[name]
    if (part) return part as NonNullable<TaskStorage[Name]>
    throw new TaskflowError('configuration', `${name}: the storage ${this.#storage.name} has none`)
  }

  /** What did not run here is looked up first, so only where somebody listens. */
  async #announce(changed: readonly { taskId: string; status: TaskStatus }[]): Promise<void> {
    if (this.#options.observers.length === 0 && this.#listeners.size === 0) return
    await announce(changed, this.#options, this.#observers)
  }

  #tell(event: LifecycleEvent): void {
    this.#results.notice(event)
    this.#depth?.notice(event)
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#options.onError(error)
      }
    }
  }
}

function stoppedBefore(): TaskflowError {
  const message = 'TaskManager: start: it has been stopped; make a new one'
  return new TaskflowError('configuration', message)
}
