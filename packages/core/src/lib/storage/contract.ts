import type {
  LogEntry,
  LogLevel,
  LogStream,
  TaskAttempt,
  TaskPhase,
  TaskProgress,
  TaskSource,
  TaskStatus,
  TaskSummary,
} from '../record.ts'
import type {
  AuditStorage,
  FunctionStorage,
  ListenFunction,
  ScheduleStorage,
  SeriesStorage,
  SessionStorage,
  StandInFunction,
} from './parts.ts'

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
   * `missing`. Calling twice is safe; the first mark stands.
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
   * either, nothing but tasks goes. Counts of `metrics` with `since` keep what was deleted. Ticks and audit
   * entries from before `endedBefore` go too, uncounted, but for the newest 1000 audit entries.
   */
  prune(input: {
    endedBefore: number
    limit: number
    funcNames?: string[] | undefined
    exceptFuncNames?: string[] | undefined
    dryRun?: boolean | undefined
  }): Promise<{ deleted: number }>

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

export interface InsertInput {
  tasks: NewTask[]
  now?: number | undefined
}

/** Stores tasks elsewhere than in a transaction of its own; made by a storage's `using`. */
export interface TaskInserter {
  /** As `TaskStorage.insert`, in the caller's transaction: committed or rolled back with it. */
  insert(input: InsertInput): Promise<InsertResult[]>
}

/** A task as `insert` takes it. */
export interface NewTask {
  taskId: string
  funcName: string
  group: string | null
  /** JSON text. */
  payload: string
  /** When it is due, epoch ms. Absent: `delayMs` from now. */
  runAt?: number | undefined
  /** Due this long after the insert. [0] */
  delayMs?: number | undefined
  priority: number | null
  maxAttempts: number
  /** What a shutdown or crash makes of it while it runs: requeued, else interrupted. */
  requeueOnInterrupt: boolean
  idempotencyKey: string | null
  tags: Record<string, string>
  source: TaskSource
  executor: string
  retryOf: string | null
  /** Parents, each once. [none] */
  dependsOn?: string[] | undefined
  /** What becomes of it when a parent ends failed, interrupted or cancelled. ['hold'] */
  onParentFailure?: ParentFailurePolicy | undefined
  /** Shared by the tasks of one flow. [none] */
  flowId?: string | undefined
  /** The schedule it is a run of. [none] */
  scheduleId?: string | undefined
  /** W3C trace context of who enqueued it: `traceparent`, or that, a newline and `tracestate`. [none] */
  trace?: string | undefined
}

/**
 * - `hold`: it stays blocked; a retry of the parent takes the parent's place.
 * - `fail`: it is failed (without a start, error `DEPENDENCY_FAILED`), and so on to its children.
 * - `run`: it runs all the same, once all parents ended.
 */
export type ParentFailurePolicy = 'hold' | 'fail' | 'run'

/** Error of a task that was failed because a parent was not successful. */
export const DEPENDENCY_FAILED = 'A task it depends on did not succeed'

export interface InsertResult {
  /** The task that stands: the new one, or the earlier one of a duplicate. */
  taskId: string
  duplicate: boolean
  /** It was not stored: it, or a task of its flow, depends on this task, which does not exist. */
  unknownParent?: string
}

export interface TurnInput {
  instanceId: string
  settle: Settlement[]
  /** Null claims nothing. */
  claim: ClaimInput | null
  now?: number | undefined
}

export interface ClaimInput {
  limit: number
  funcNames: string[]
  /** Those of `funcNames` that have limits. [none] */
  limits?: FunctionLimit[] | undefined
  /**
   * Of the tasks that took a process down with them (`crashes` above 0) one may be claimed, else
   * none: so that the guilty one is found, and its neighbours are not failed with it. [true]
   */
  suspects?: boolean | undefined
}

/** How much of a function may run, over all instances. */
export interface FunctionLimit {
  funcName: string
  /** How many run at once. [any number] */
  concurrency?: number | undefined
  /**
   * A bucket of `count` starts that refills evenly, one every `perMs / count`: never more than
   * `count` at once after a rest, nor more than that rate for long. A start counts though its task
   * is given back. [any number]
   */
  rateLimit?: { count: number; perMs: number } | undefined
}

/** The end of an attempt. */
export interface Settlement {
  taskId: string
  fence: number
  outcome: SettlementOutcome
  /** How long the handler ran, in whole ms. The storage derives the start from it. */
  durationMs: number
  /** JSON text of what `run` returned; with `success` only. */
  result?: string | undefined
  error?: string | undefined
  stacktrace?: string | undefined
  /** With `retry` and `snoozed`: due again after this long. */
  delayMs?: number | undefined
  /** Log lines not appended yet; committed with the settlement. */
  logs: NewLogEntry[]
  /**
   * With `success` only: tasks that follow from it, inserted in the same commit if, and only if,
   * the settlement counts. They have neither key nor parents. [none]
   */
  chained?: NewTask[] | undefined
}

/**
 * What became of an attempt:
 * - `success`: the task is `success`.
 * - `retry`: it failed and goes back to pending; `failed`: it failed for good. Both record `cause`
 *   in the attempt. If cancelling was requested, both make task and attempt `cancelled` instead.
 * - `cancelled`: the handler gave up because cancelling was requested.
 * - `snoozed`: back to pending, the attempt is given back.
 * - `released`: the instance stops under it: back to pending with the attempt given back if the
 *   task is to be requeued on interruption, else `interrupted` (`cancelled`, if requested).
 * - `unstarted`: claimed but never begun: back to pending, the attempt is given back and leaves no
 *   row in `attempts`. If cancelling was requested, `snoozed` and `unstarted` make it `cancelled`.
 */
export type SettlementOutcome =
  | { type: 'success' }
  | { type: 'retry'; cause: 'error' | 'timeout' }
  | { type: 'failed'; cause: 'error' | 'timeout' }
  | { type: 'cancelled' }
  | { type: 'snoozed' }
  | { type: 'released' }
  | { type: 'unstarted' }

export interface TurnResult {
  settled: SettleResult[]
  claimed: ClaimedTask[]
  /** Settling let blocked tasks go, or stored `chained` ones: there may be work that this turn did not claim. */
  released: boolean
  /** Cancel requests for tasks this instance runs. */
  cancels: OwnedTask[]
  /**
   * When the next pending task of `claim.funcNames` is due; null when none is, or nothing was
   * claimed for. Tasks that are blocked, paused, left alone as suspects, or held back by
   * `concurrency` do not count; those held back by a rate count from when it lets one start.
   */
  nextRunAt: number | null
  /** The storage's clock at this turn. */
  now: number
}

export type SettleResult =
  | { taskId: string; result: 'settled'; status: TaskStatus }
  | { taskId: string; result: 'stale' }

export interface OwnedTask {
  taskId: string
  fence: number
}

/** What an executor needs to start. */
export interface ClaimedTask {
  taskId: string
  funcName: string
  fence: number
  payload: string
  tags: Record<string, string>
  /** One for the first start. */
  attemptsMade: number
  maxAttempts: number
  crashes: number
  logCount: number
  dependsOn: string[]
  retryOf: string | null
  /** As inserted. */
  trace: string | null
}

export interface BeatInput {
  instance: InstanceInfo
  /** 0 joins; then one up each time. */
  beat: number
  /** The highest number known to be stored. [none] */
  acked?: number | undefined
  /** How long the lease lasts from now. */
  leaseMs: number
  /** How many tasks it runs. */
  running: number
  /** Handlers that go on although their task ended: each keeps a slot. [0] */
  unresponsive?: number | undefined
  state: 'running' | 'draining'
  leaving?: boolean | undefined
  now?: number | undefined
}

/** An instance as it introduces itself. */
export interface InstanceInfo {
  /** Random, new for each start. */
  instanceId: string
  host: string
  pid: number
  /** Version of taskflow. */
  version: string
  /** What it can run, as shown to operators. */
  functions: FunctionInfo[]
}

/** A registered task as operators see it. */
export interface FunctionInfo {
  funcName: string
  group: string | null
  executor: string
  retries: number
  delayMs: number
  /** Null when a function computes the delay. */
  backoff: number | null
  maxDelayMs: number
  jitter: number
  timeoutMs: number | null
  priority: number | null
  requeueOnInterrupt: boolean
  eager: boolean
  /** Null without a limit. */
  concurrency: number | null
  /** Null without a limit. */
  rateLimit: { count: number; perMs: number } | null
  /** Null: the manager's. */
  retentionMs: number | null
}

export interface BeatResult {
  alive: boolean
  /** All other instances with a row here. */
  others: InstanceBeat[]
  cancels: OwnedTask[]
  /** How many tasks run in this instance's name. */
  owned: number
  /** When the next pending task that this instance can run is due; null when none is. Limits are not looked at. */
  nextRunAt: number | null
  /** Another text whenever schedules were declared or changed; null without `schedules`. */
  schedulesVersion: string | null
  now: number
}

export interface InstanceBeat {
  instanceId: string
  beat: number
  leaseOver: boolean
  /** The storage itself knows that its process has ended; no need to wait for the lease. */
  gone: boolean
}

export interface RecoverInput {
  /** Instances judged dead, with the beat they were judged at. */
  dead: { instanceId: string; beat: number }[]
  maxCrashes: number
  /** How long the second crash of a task holds it back. */
  crashDelayMs: number
  now?: number | undefined
}

export interface RecoveredTask {
  taskId: string
  funcName: string
  status: TaskStatus
}

export interface ChangeResult {
  taskId: string
  result: 'changed' | 'refused' | 'missing'
}

export interface CancelResult {
  taskId: string
  result: 'cancelled' | 'requested' | 'too_early' | 'refused' | 'missing'
  /** Null when missing. */
  status: TaskStatus | null
}

/** A task whole, payload and result as JSON text. */
export interface StoredTask extends TaskSummary {
  payload: string
  result: string | null
  requeueOnInterrupt: boolean
  attempts: TaskAttempt[]
  /** Its parents, in the order given. */
  dependsOn: string[]
  onParentFailure: ParentFailurePolicy
  /** Tasks that depend on it, by id; at most 1000. */
  children: string[]
}

/** All conditions must hold; within a list, one of them, but all of `tags`. */
export interface TaskFilter {
  taskIds?: string[] | undefined
  status?: TaskStatus[] | undefined
  phase?: TaskPhase[] | undefined
  funcName?: string[] | undefined
  group?: string[] | undefined
  executor?: string[] | undefined
  source?: TaskSource[] | undefined
  instance?: string[] | undefined
  flowId?: string[] | undefined
  scheduleId?: string[] | undefined
  tags?: { key: string; value: string }[] | undefined
  /**
   * Start or end of an id, or part of a function name, without regard to case. The end counts since
   * ids of one minute begin alike, so that people see and copy their ends.
   */
  search?: string | undefined
  /** `createdAt` at or after. */
  since?: number | undefined
  /** `createdAt` before. */
  until?: number | undefined
}

export type TaskSort =
  | 'created_at'
  | 'func_name'
  | 'status'
  | 'duration'
  | 'retries_used'
  | 'priority'
  | 'start_time'
  | 'end_time'

export const TASK_SORTS: readonly TaskSort[] = [
  'created_at',
  'func_name',
  'status',
  'duration',
  'retries_used',
  'priority',
  'start_time',
  'end_time',
]

export interface ListInput {
  filter: TaskFilter
  /** `created_at` orders everything (by id, which is made in time order); any other sort orders the newest 10 000 matches. ['created_at'] */
  sort?: TaskSort | undefined
  /** Empty values come last either way. ['desc'] */
  order?: 'asc' | 'desc' | undefined
  limit: number
  /** `next` of the page before. */
  cursor?: string | undefined
  now?: number | undefined
}

export interface ListResult {
  tasks: TaskSummary[]
  /** Cursor of the following page; null at the end. */
  next: string | null
  /** Matches in all, counted to 10 000. */
  total: number
  /** False when there are more than were counted. */
  totalExact: boolean
}

export interface MetricsQuery {
  funcName?: string | undefined
  /** Absent: tasks that exist. Else: what ended since, deleted or not, beside what is live. */
  since?: number | undefined
}

export interface TaskMetrics {
  total: number
  pending: number
  running: number
  success: number
  failed: number
  interrupted: number
  cancelled: number
  queued: number
  scheduled: number
  blocked: number
  retrying: number
  /** Of successes; null without any. */
  avgDurationMs: number | null
  minDurationMs: number | null
  maxDurationMs: number | null
  /** Of successes, with an error below 10 %; null without any. */
  p50DurationMs: number | null
  p95DurationMs: number | null
  p99DurationMs: number | null
  /** When the task that has waited longest in `queued` became due; null without any. */
  oldestQueuedAt: number | null
  /** Tasks that ended in the last full minute. */
  endedLastMinute: number
  /** The newest end of any task counted here; null without any. */
  lastEndedAt: number | null
  /** Settlements that came too late and were refused, ever; `since` does not matter. */
  lateSettlements: number
}

/** A log line before the storage numbers it. */
export type NewLogEntry = Omit<LogEntry, 'n'>

export interface LogStorage {
  /**
   * Appends lines of running attempts, and their progress where given. Fenced like settling: a
   * stale owner's lines are dropped. Not idempotent: after `committed: 'unknown'`, do not repeat.
   */
  append(input: {
    instanceId: string
    batches: LogBatch[]
  }): Promise<{ taskId: string; result: 'appended' | 'stale' }[]>

  /** Lines of one task in order; an unknown task has none. */
  read(input: LogQuery): Promise<LogPage>
}

export interface LogBatch {
  taskId: string
  fence: number
  entries: NewLogEntry[]
  progress?: TaskProgress | undefined
}

export interface LogQuery {
  taskId: string
  /** First `n` to return. [1] */
  from?: number | undefined
  limit: number
  stream?: LogStream | undefined
  /** This level and above. */
  level?: LogLevel | undefined
  /** Part of the text, without regard to case. */
  search?: string | undefined
}

export interface LogPage {
  entries: LogEntry[]
  /** Lines that match in all. */
  total: number
  /** `from` of the following page; null at the end. */
  next: number | null
}

export interface ChangeFeed {
  /** Where the feed stands now. What changes after this call has a later position. */
  head(): Promise<string>
  /**
   * Ids of tasks that changed after a position, each once. A page may exceed `limit` by what one
   * call changed. Kept for at least 60 s. `gap` says that the
   * position is not known (any more): read everything again. Ids of deleted tasks are listed.
   */
  since(input: { cursor: string; limit: number }): Promise<ChangePage>
}

export interface ChangePage {
  cursor: string
  taskIds: string[]
  gap: boolean
}

export interface InstanceDirectory {
  /** All instances with a lease or a lost one not yet buried, oldest first. */
  list(input?: { now?: number | undefined }): Promise<InstanceRecord[]>
}

export interface InstanceRecord extends InstanceInfo {
  startedAt: number
  lastBeatAt: number
  running: number
  unresponsive: number
  state: 'running' | 'draining' | 'stale'
}
