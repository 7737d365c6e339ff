import type { BeatInput, BeatResult, InstanceDirectory } from './contract/beat.ts'
import type { CancelResult, ChangeResult, RecoveredTask, RecoverInput } from './contract/change.ts'
import type { ChangeFeed } from './contract/changes.ts'
import type { InsertInput, InsertResult } from './contract/insert.ts'
import type { ListInput, ListResult, StoredTask } from './contract/list.ts'
import type { LogStorage } from './contract/logs.ts'
import type { MetricsQuery, TaskMetrics } from './contract/metrics.ts'
import type { OwnedTask, TurnInput, TurnResult } from './contract/turn.ts'
import type {
  AuditStorage,
  FunctionStorage,
  ListenFunction,
  ScheduleStorage,
  SeriesStorage,
  SessionStorage,
  StandInFunction,
} from './parts.ts'

export type * from './contract/beat.ts'
export type * from './contract/change.ts'
export type * from './contract/changes.ts'
export type * from './contract/insert.ts'
export { DEPENDENCY_FAILED } from './contract/insert.ts'
export type * from './contract/list.ts'
export { TASK_SORTS } from './contract/list.ts'
export type * from './contract/logs.ts'
export type * from './contract/metrics.ts'
export type * from './contract/turn.ts'

/**
 * Where tasks live. The storage is the only truth: what a method resolved with is committed.
 *
 * Rules for every method:
 * - Batches in, one result per input, in the same order. An empty batch is legal and does nothing.
 * - Each call is atomic: all of its effects are committed together, or it rejects and none is.
 *   A rejection after which that is unknown has `committed: 'unknown'` (`StorageUnavailableError`).
 * - Instants are epoch milliseconds by the **storage's** clock, one clock for all instances. `now`
 *   replaces it, for tests; leave it out otherwise.
 * - Everything passed is plain data that `structuredClone` accepts. Text survives as given,
 *   whatever characters it holds.
 * - Several instances, in several processes, may call at once.
 *
 * `memoryStorage()` is the reference; `describeStorage` from `@taskflow/core/testing` is the proof.
 * An optional member that is present is the capability.
 */
export interface TaskStorage {
  /** Short name for people, e.g. 'sqlite'. */
  readonly name: string

  /**
   * Connects and brings the schema up to date. Called before everything else; calling it again
   * while open does nothing.
   *
   * @throws StorageUnavailableError when the storage cannot be reached or is not ours to open.
   */
  open(): Promise<void>

  /** Ends open calls and lets go of every resource. May be called twice, and without `open`. */
  close(): Promise<void>

  /**
   * Accepts new tasks as `pending`. A task whose id exists already, whose idempotency key is held
   * (by a task of the same function that is not failed, interrupted or cancelled), or whose
   * `retryOf` already has a retry with the same payload that is pending, running or succeeded, is
   * not stored: its result names the task that stands and says `duplicate`. That is decided here,
   * also between two inputs of one batch and between concurrent calls. Calling twice with the same
   * ids is therefore safe.
   *
   * A task with `dependsOn` is `blocked` until all its parents succeeded; see `onParentFailure` for
   * those that end otherwise, now or before. A parent is a stored task or an earlier one of the same
   * batch (a duplicate's `taskId` counts as the task that stands); a task with any other is not
   * stored, nor are the tasks of its flow in this batch: their results carry `unknownParent`. What
   * was refused is no parent and holds no key. A duplicate is one whatever its parents.
   *
   * A task stored with `retryOf` takes the place of the original, and of earlier retries of it that
   * ended badly too, in the `dependsOn` of tasks that are blocked by them.
   */
  insert(input: InsertInput): Promise<InsertResult[]>

  /**
   * One turn of an instance's work: first settles what it finished, then claims what it may start,
   * in one commit. Either half may be empty.
   *
   * Settling is fenced: it changes a task only while the task is running, owned by `instanceId`
   * and at the fence the settlement names; otherwise the result is `stale` and nothing changes.
   * Calling twice is safe: the second time everything is `stale`. A stale settlement of an attempt
   * that was taken from its owner meanwhile (by `recover` or a forced cancel) came too late: it is
   * counted once (`lateSettlements`) and noted in that attempt (`lateOutcome`), without a change of
   * `rev`. A repeat of a settlement that counted did not come too late, nor did `unstarted`.
   *
   * Whenever a task ends, here or in another method, the tasks that depend on it are released,
   * failed or held in the same commit, or, where a crash came between, by the next `recover`.
   *
   * Claiming takes due tasks of `funcNames` in the order priority (high first), `runAt`, id, as
   * many as `limit`; each becomes `running`, owned by `instanceId`, fence and attemptsMade one up.
   * No task is ever claimed by two. Nothing is claimed unless `instanceId` has a live lease (see
   * `beat`), nothing of a paused function, and never more than `limits` allow.
   */
  turn(input: TurnInput): Promise<TurnResult>

  /**
   * Keeps an instance's lease alive and reports what changed around it. The first beat of an id
   * (`beat` 0) joins; the number stored is the highest that came. `alive: false` means the lease is
   * lost: the instance was declared dead or left, or the stored number is below `acked` (the storage
   * went back in time); then nothing was written, and it must stop its work and join under a new
   * id. `alive: true` means that the lease lasts `leaseMs` from now, whatever the number.
   * `leaving: true` removes the instance and its lease. Calling twice is safe.
   */
  beat(input: BeatInput): Promise<BeatResult>

  /** The tasks that are running in this instance's name, by id. */
  owned(input: { instanceId: string }): Promise<OwnedTask[]>

  /**
   * Buries the named instances and frees their tasks, along with running tasks whose owner has no
   * lease at all. An instance whose beat is no longer the one judged is alive and left alone.
   *
   * A freed task gets fence + 1, crashes + 1 and its attempt back, and becomes: `cancelled` if that
   * was requested; else `interrupted`, unless it is to be requeued on interruption; then `pending`
   * at once (second crash: after `crashDelayMs`), or `failed` when crashes reached `maxCrashes`.
   * At most 1000 tasks a call. Calling twice is safe: the second finds nothing. It also releases
   * children that a crash left behind.
   */
  recover(input: RecoverInput): Promise<RecoveredTask[]>

  /**
   * Makes `scheduled` and `retrying` tasks due at `runAt` (absent: now). Any other task is
   * `refused`, an unknown id `missing`. Calling twice is safe.
   */
  reschedule(input: {
    tasks: { taskId: string; runAt?: number | undefined }[]
    now?: number | undefined
  }): Promise<ChangeResult[]>

  /**
   * Cancels. A pending task becomes `cancelled` and never starts. A running one is marked
   * (`requested`; its owner hears with its next beat or turn); with `force`, it is `cancelled` if
   * the mark is older than `graceMs`, else `too_early`. A final task is `refused`, an unknown id
   * `missing`. Calling twice is safe; the first mark stands. A parent and its child in one batch are
   * both cancelled, in whatever order: the end of the parent does not fail the child first.
   */
  cancel(input: {
    taskIds: string[]
    force?: boolean | undefined
    graceMs?: number | undefined
    now?: number | undefined
  }): Promise<CancelResult[]>

  /** Whole tasks, by id; null where there is none. */
  get(input: { taskIds: string[]; now?: number | undefined }): Promise<(StoredTask | null)[]>

  /** One page of tasks that match the filter. Pages follow each other by key, never by offset. */
  list(input: ListInput): Promise<ListResult>

  /** Counts and durations, one answer per query. Never scans the history. */
  metrics(input: { queries: MetricsQuery[]; now?: number | undefined }): Promise<TaskMetrics[]>

  /**
   * Deletes final tasks that ended before `endedBefore`, with their logs and attempts; at most
   * `limit` a call, oldest first. Parents of live tasks stay, uncounted. `dryRun` only counts,
   * without the limit. `funcNames` are the only ones deleted, `exceptFuncNames` never are, and with
   * either, nothing but tasks goes. Counts of `metrics` with `since` keep what was deleted. Ticks
   * and audit entries from before `endedBefore` go too, uncounted, but for the newest 1000 audit
   * entries.
   */
  prune(input: {
    endedBefore: number
    limit: number
    funcNames?: string[] | undefined
    exceptFuncNames?: string[] | undefined
    dryRun?: boolean | undefined
  }): Promise<{ deleted: number }>

  /**
   * Present where inserts and turns take effect in the order in which this object was called, awaited
   * or not: a turn called right behind an insert claims what that stored. Then work is asked for
   * along with an insert, not after its answer, and the two may share a commit.
   */
  readonly inOrder?: true | undefined

  /** Task logs. Without it logs are kept in `logTail` only. */
  readonly logs?: LogStorage
  /** The feed behind the live stream. */
  readonly changes?: ChangeFeed
  /** Who is working on this storage. */
  readonly instances?: InstanceDirectory
  /** Pausing functions, and limits on how many run; without it `limits` are refused by the manager. */
  readonly functions?: FunctionStorage
  /** How tasks ended, over time. */
  readonly series?: SeriesStorage
  /** Schedules and their ticks. */
  readonly schedules?: ScheduleStorage
  /** Who did what. */
  readonly audit?: AuditStorage
  /** Failed logins and ended sessions, shared by instances. */
  readonly sessions?: SessionStorage
  /** Hints of what other processes did. */
  readonly listen?: ListenFunction
  /** Beats in this process's stead while its event loop is blocked. */
  readonly standIn?: StandInFunction
}
