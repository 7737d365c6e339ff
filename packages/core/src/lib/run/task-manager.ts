import type { LifecycleEvent } from '../observers/observer.ts'
import type { TaskRecord } from '../record.ts'
import type {
  CancelResult,
  InstanceRecord,
  ListInput,
  ListResult,
  LogPage,
  LogQuery,
  MetricsQuery,
  TaskMetrics,
  TaskStorage,
} from '../storage/contract.ts'
import type { SeriesBucket, SeriesQuery, TickRecord } from '../storage/parts.ts'
import type { Task } from './define-task.ts'
import type { DeleteHistoryOptions } from './delete-history.ts'
import {
  type FlowBuilder,
  type FlowOptions,
  type FlowResult,
  type FlowShape,
  makeFlow,
} from './flow.ts'
import type { LiveFunction } from './live-functions.ts'
import { checkId, upcomingOf } from './manager/check-reads.ts'
import { Lifetime, type StopOptions } from './manager/lifetime.ts'
import { assemble, type ManagerParts } from './manager/parts.ts'
import { TaskActions } from './manager/task-actions.ts'
import { checkNodeVersion } from './node-version.ts'
import { resolveOptions, type TaskManagerOptions } from './options.ts'
import { HeldTasks, HOLD_MS } from './request-tasks.ts'
import type { ResultOptions } from './results.ts'
import type { ScheduleAction, ScheduleActionResult } from './schedules/operations.ts'
import type { ScheduleArgs } from './schedules/schedule-options.ts'
import type { ScheduleRecord } from './schedules/schedule-record.ts'
import { unknownSchedule } from './schedules/schedules.ts'
import type { Trigger } from './schedules/trigger.ts'
import type { HandBack } from './settled.ts'
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
  readonly #parts: ManagerParts
  readonly #actions: TaskActions
  readonly #lifetime: Lifetime

  constructor(options: TaskManagerOptions) {
    checkNodeVersion()
    refuseInWorker()
    this.#parts = assemble(resolveOptions(options), this)
    this.#actions = new TaskActions(this.#parts)
    this.#lifetime = new Lifetime(this.#parts)
  }

  /** Aborts when `stop` begins: what serves this manager should end then too. */
  get stopping(): AbortSignal {
    return this.#lifetime.stopping
  }

  /** Id of this instance in the storage; empty before `start`. */
  get instanceId(): string {
    return this.#parts.heartbeat.instanceId
  }

  /** True between `start` and `stop`. */
  get running(): boolean {
    return this.#lifetime.running
  }

  /** Slots of this process. */
  get concurrency(): number {
    return this.#parts.options.concurrency
  }

  /** How long final tasks are kept; null for ever. */
  get retentionMs(): number | null {
    return this.#parts.retention.retentionMs
  }

  /** Keeps final tasks for another time than its options say: what a handler's `retentionMs` does. */
  keepFor(retentionMs: number): void {
    this.#parts.retention.change(retentionMs)
  }

  /** False while the storage's hints of what other instances did are lost; work is found by looking. */
  get listening(): boolean {
    return this.#parts.hints.up
  }

  /** Names of the executors tasks may choose. */
  get executors(): string[] {
    return [...this.#parts.options.executors.keys()]
  }

  /** Paths of what must not be shown of a task's payloads; null for a task that it does not have. */
  secretPaths(funcName: string): readonly string[] | null {
    return this.#parts.options.tasks.get(funcName)?.settings.secret ?? null
  }

  /** JSON Schema of a task's payloads; null where it is not known here, or the task is not. */
  payloadSchema(funcName: string): Record<string, unknown> | null {
    return this.#parts.options.tasks.get(funcName)?.payloadSchema() ?? null
  }

  /** The storage, for handlers and adapters. */
  get storage(): TaskStorage {
    return this.#parts.options.storage
  }

  /** Told, beside `onError`'s other callers, what went wrong outside of any call. */
  reportError(error: unknown): void {
    this.#parts.options.onError(error)
  }

  /**
   * Opens the storage, takes over what a dead process left behind, and starts to claim. Further
   * calls return the first one's promise. A started manager keeps its process alive, like a server.
   *
   * @throws what the storage's `open` throws; it may then be called again.
   */
  start(): Promise<void> {
    return this.#lifetime.start()
  }

  /**
   * Stops in good order: claims nothing more, waits `graceMs` for handlers, aborts their signals,
   * waits `abortMs`, gives back the rest (the attempt is not counted) and closes the storage. A
   * second call skips the waiting.
   *
   * @throws TaskflowError `invalid_input` for a time that is no number of 0 or more.
   */
  stop(options: StopOptions = {}): Promise<StopReport> {
    return this.#lifetime.stop(options)
  }

  async enqueue<Payload, Result>(
    task: Task<Payload, Result>,
    ...[payload, options = {}]: EnqueueArgs<Payload>
  ): Promise<TaskRef<Result>> {
    return this.#parts.intake.add(task as Task<unknown, Result>, payload, options, {
      source: 'manual',
    })
  }

  /**
   * Enqueues many tasks of one kind, in one commit per thousand or per 32 MiB. A payload or option that is refused
   * refuses all of them; an unknown task in `dependsOn` only those that depend on it, and rejects.
   */
  async enqueueMany<Payload, Result>(
    task: Task<Payload, Result>,
    items: readonly { payload: Payload; options?: EnqueueOptions }[],
  ): Promise<TaskRef<Result>[]> {
    return this.#parts.intake.addMany(task, items, { source: 'manual' })
  }

  flow<const Shape extends FlowShape>(
    build: (flow: FlowBuilder) => Shape,
    options: FlowOptions = {},
  ): Promise<FlowResult<Shape>> {
    return makeFlow(build, options, (entries) => this.#parts.intake.addFlow(entries, options))
  }

  /** Enqueues by name, as operators do. `unknown_function` when no live instance can run it. */
  enqueueByName(
    funcName: string,
    payload: unknown,
    options: EnqueueOptions = {},
  ): Promise<TaskRef> {
    return this.#actions.enqueueByName(funcName, payload, options)
  }

  /** The tasks of one request: stored at once, started by `release`. Adapters call this. */
  forRequest(): RequestTasks {
    return new HeldTasks({
      enqueueNow: (task, payload, options) =>
        this.#parts.intake.add(task, payload, options, { source: 'manual' }),
      enqueueHeld: (task, payload, options) =>
        this.#parts.intake.add(
          task,
          payload,
          { ...options, delayMs: HOLD_MS },
          { source: 'manual' },
        ),
      addFlow: (entries, options) => this.#parts.intake.addFlow(entries, options),
      release: (taskIds) => this.#actions.release(taskIds),
    })
  }

  /** One task, whole; null when there is none. */
  async get(taskId: string): Promise<TaskRecord | null> {
    checkId('get', taskId)
    const [task] = await this.#parts.reads.getMany([taskId])
    return task ?? null
  }

  /** Several tasks, whole; those of them that there are. */
  getMany(taskIds: readonly string[]): Promise<TaskRecord[]> {
    return this.#parts.reads.getMany(taskIds)
  }

  /**
   * Waits for a task to succeed, wherever it runs; resolves with what its `run` returned, as JSON
   * keeps it (null for nothing). Results of this instance's tasks come at once, others' within a
   * second. The waiting goes on while the storage is away, if it was there at first.
   *
   * @throws TaskFailedError when it ends failed, interrupted or cancelled; TaskflowError `not_found`,
   *   `unavailable` after `timeoutMs`, when the manager stops or the first look fails; the reason of
   *   `signal`.
   */
  async result<Result>(
    ref: Pick<TaskRef<Result>, 'taskId' | '~result'>,
    options: ResultOptions = {},
  ): Promise<Result> {
    // What was stored by the task that the reference was made for.
    return (await this.#parts.results.wait(ref?.taskId, options)) as Result
  }

  /** One page of tasks, newest first unless sorted otherwise. */
  list(input: Partial<ListInput> = {}): Promise<ListResult> {
    return this.#parts.reads.list(input)
  }

  /** Log lines of one task, in order. */
  logs(query: Partial<LogQuery> & { taskId: string }): Promise<LogPage> {
    return this.#parts.reads.logs(query)
  }

  /** Counts and durations, of all tasks or of one function's. */
  metrics(query: MetricsQuery = {}): Promise<TaskMetrics> {
    return this.#parts.reads.metrics(query)
  }

  /** Counts and durations for several queries at once. */
  metricsOf(queries: MetricsQuery[]): Promise<TaskMetrics[]> {
    return this.#parts.reads.metricsOf(queries)
  }

  /** All instances on this storage. */
  instances(): Promise<InstanceRecord[]> {
    return this.#parts.reads.instances()
  }

  /** What live instances can run, this one included, by name. */
  functions(): Promise<LiveFunction[]> {
    return this.#parts.reads.functions()
  }

  /**
   * Cancels a task: a pending one at once; a running one is asked to, and a handler that returns
   * normally all the same is `success`. `force` ends it after the grace period.
   *
   * @throws TaskflowError `not_found`, `invalid_input` in any final state, `conflict` when forced
   *   too early.
   */
  cancel(taskId: string, options: { force?: boolean } = {}): Promise<CancelResult> {
    return this.#actions.cancel(taskId, options)
  }

  /**
   * As `cancel` for many tasks in one commit, without force. Says what became of each and throws
   * for none of them.
   */
  cancelMany(taskIds: readonly string[]): Promise<CancelResult[]> {
    return this.#actions.cancelMany(taskIds)
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
  retry(taskId: string, options: { payload?: unknown } = {}): Promise<TaskRef> {
    return this.#actions.retry(taskId, options)
  }

  /**
   * Makes a scheduled or retrying task due now.
   *
   * @throws TaskflowError `not_found`, or `invalid_input` for any other task.
   */
  runNow(taskId: string): Promise<void> {
    return this.#actions.runNow(taskId)
  }

  /**
   * Stops the starting of a function on all instances, until `resume`; what runs goes on. It lasts
   * over restarts and deploys. False when it was paused already.
   *
   * @throws TaskflowError `invalid_input` for what is no name, `configuration` when the storage cannot.
   */
  pause(funcName: string): Promise<boolean> {
    return this.#actions.setPaused(funcName, true)
  }

  /** Lets a paused function start again. False when it was not paused. */
  resume(funcName: string): Promise<boolean> {
    return this.#actions.setPaused(funcName, false)
  }

  /**
   * Deletes final tasks with their logs and attempts, as the retention does; parents of live tasks
   * stay. Counts of `series` and of `metrics` with `since` keep what was deleted.
   *
   * @throws TaskflowError `invalid_input`.
   */
  deleteHistory(options: DeleteHistoryOptions): Promise<{ deleted: number }> {
    return this.#actions.deleteHistory(options)
  }

  /** Names of the functions that are paused; none where the storage cannot pause. */
  pausedFunctions(): Promise<Set<string>> {
    return this.#parts.reads.pausedFunctions()
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
    return this.#parts.schedules.add(task as Task, when, options)
  }

  /** All schedules, those of other instances too, by id; with the next `upcoming` runs of each. [1] */
  async schedules(options: { upcoming?: number } = {}): Promise<ScheduleRecord[]> {
    return this.#parts.schedules.records(upcomingOf('schedules', options))
  }

  /** One schedule. @throws TaskflowError `not_found`. */
  async getSchedule(
    scheduleId: string,
    options: { upcoming?: number } = {},
  ): Promise<ScheduleRecord> {
    const upcoming = upcomingOf('getSchedule', options)
    const [record] = await this.#parts.schedules.records(upcoming, [scheduleId])
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
    return this.#parts.scheduleOperations.pause(scheduleId)
  }

  /** Lets a paused schedule go on with its next run from now. False when it was not paused. */
  resumeSchedule(scheduleId: string): Promise<boolean> {
    return this.#parts.scheduleOperations.resume(scheduleId)
  }

  /**
   * Runs a schedule now, paused or not, beside its times. A recurring one goes on with its next time;
   * a one-off is paused with that, and may be resumed or removed.
   *
   * @throws TaskflowError `not_found`, `unknown_function` when this manager does not have the task,
   *   `invalid_payload` when the task refuses the stored payload by now.
   */
  runSchedule(scheduleId: string): Promise<TaskRef> {
    return this.#parts.scheduleOperations.run(scheduleId)
  }

  /** Removes a schedule for good: it comes back only with another definition. */
  removeSchedule(scheduleId: string): Promise<void> {
    return this.#parts.scheduleOperations.remove(scheduleId)
  }

  /** Does one thing to many schedules, and tells what became of each. */
  bulkSchedules(
    action: ScheduleAction,
    scheduleIds: readonly string[],
  ): Promise<ScheduleActionResult[]> {
    return this.#parts.scheduleOperations.bulk(action, scheduleIds)
  }

  /** What became of a schedule's due times, the newest first; `limit` a page [50]. */
  scheduleTicks(
    scheduleId: string,
    page: { limit?: number; cursor?: string } = {},
  ): Promise<{ ticks: TickRecord[]; next: string | null }> {
    return this.#parts.scheduleOperations.ticks(scheduleId, page)
  }

  /** Told when schedules may have changed, here or elsewhere; returns what ends that. For streams. */
  onSchedulesChanged(listener: () => void): () => void {
    return this.#parts.schedules.onChanged(listener)
  }

  /** How tasks ended over time, for charts. */
  series(query: SeriesQuery): Promise<SeriesBucket[]> {
    return this.#parts.reads.series(query)
  }

  /** Follows the steps that this instance takes part in; returns what ends that. */
  subscribe(listener: (event: LifecycleEvent) => void): () => void {
    return this.#parts.subscribers.add(listener)
  }

  /** Opens the storage, once; every method does so by itself. */
  open(): Promise<void> {
    return this.#parts.opening.open()
  }
}
