import type { TaskStatus } from '../record.ts'
import type { BeatInput, ChangeResult, NewTask, Settlement } from './contract.ts'

/** Pausing functions, for all instances and until undone. */
export interface FunctionStorage {
  /**
   * Pauses functions, or lets them run again. What runs goes on; what is pending waits. A function
   * that nobody registers may be paused too. Calling twice is safe; `changed` is false when it was
   * so already.
   */
  setPaused(input: {
    funcNames: string[]
    paused: boolean
    now?: number | undefined
  }): Promise<{ funcName: string; changed: boolean }[]>

  /** Functions that are paused, by name. */
  paused(): Promise<PausedFunction[]>
}

export interface PausedFunction {
  funcName: string
  pausedAt: number
}

export interface SeriesStorage {
  /**
   * How tasks ended between `since` (rounded down to a step) and `until`, in steps, empty ones too,
   * oldest first; at most 2000 steps. Deleted tasks count. `stepMs` is a multiple of a minute;
   * minutes are kept for 48 h, hours for good, so older times are told by the hour.
   */
  read(input: SeriesQuery): Promise<StoredSeriesBucket[]>

  /**
   * Adds to how long tasks waited before they started; instances count at the same time. Each call
   * counts, so one whose answer was lost is not made again. Kept as long as what `read` tells.
   */
  countWaits(input: { waits: WaitCount[] }): Promise<void>
}

/** How many starts of a function came that long after they were due. */
export interface WaitCount {
  funcName: string
  /** The first instant of the minute they started in. */
  at: number
  /** Whole milliseconds, rounded so that few lengths are told apart. */
  waitMs: number
  n: number
}

export interface SeriesQuery {
  funcName?: string | undefined
  since: number
  until: number
  stepMs: number
}

/** How tasks ended in one step, and how long those waited that started in it. */
export interface SeriesBucket extends Omit<StoredSeriesBucket, 'waits'> {
  /**
   * From due to start, of what started in this step, with an error below 10 %; null without any.
   * Left out are first starts of tasks with parents, and of what was given back or taken over: since
   * when those could have started is not known.
   */
  p50WaitMs: number | null
  p95WaitMs: number | null
}

export interface StoredSeriesBucket {
  /** Its first instant. */
  at: number
  success: number
  failed: number
  interrupted: number
  cancelled: number
  /** Of successes; null without any. */
  avgDurationMs: number | null
  /** Of successes, with an error below 10 %; null without any. */
  p95DurationMs: number | null
  /** What `countWaits` was told of its minutes, each length once, the shortest first. */
  waits: Pick<WaitCount, 'waitMs' | 'n'>[]
}

/**
 * Schedules, as far as a storage knows them: when the next tick is due, and what became of those
 * before. What a definition means, and when it is due next, is the manager's to know.
 */
export interface ScheduleStorage {
  /**
   * Stores definitions, each by its id. A new id is `added`. The same `revision` as the stored one
   * is `kept` as it is, or `removed` when an operator removed it. Another revision replaces the
   * stored one, a removed one too, with its `nextRunAt`, and leaves it paused if it was: `changed`.
   * Calling twice is safe.
   */
  declare(input: {
    schedules: ScheduleDefinition[]
    now?: number | undefined
  }): Promise<{ scheduleId: string; result: 'added' | 'kept' | 'changed' | 'removed' }[]>

  /** Schedules that are not removed, by id; those asked for, else all. `removed`: those that are, instead. */
  list(input?: {
    scheduleIds?: string[] | undefined
    removed?: boolean | undefined
  }): Promise<StoredSchedule[]>

  /**
   * Writes down ticks and stores their tasks, each tick with its task in one commit, in order. A
   * tick is `taken`, and nothing of it stored, when the schedule is paused, is not there, is of
   * another revision, or its `nextRunAt` is not the tick's `dueAt`: so of several instances one
   * gets it. A tick by hand (`outcome: 'manual'`) only needs the schedule to be there.
   *
   * A tick is `taken` too when one of this schedule and `dueAt` is written down that stored a task, not
   * by hand: whatever became of that task, and whoever moved the schedule back. It is over, so the
   * schedule goes on to the tick's `nextRunAt`.
   *
   * Else the tick is written down and the schedule goes on to the tick's `nextRunAt`. Its task is
   * stored unless the schedule's `overlap` is in the way: `skip` while a task of this schedule is
   * pending or running, `queue` while one is pending; then the outcome is `skipped_overlap`. A tick
   * by hand stores its task always, and two of them may have one `dueAt`; it moves the schedule on
   * only where it is of its revision and its `nextRunAt` is not after that `dueAt`: never to a tick
   * that somebody else has fired meanwhile.
   */
  fire(input: { ticks: NewTick[]; now?: number | undefined }): Promise<FireResult[]>

  /**
   * Pauses, resumes, moves or removes. `refused` when it is so already, `missing` when there is no
   * such schedule, or it was removed. Calling twice is safe.
   */
  change(input: {
    changes: ScheduleChange[]
    now?: number | undefined
  }): Promise<{ scheduleId: string; result: ChangeResult['result'] }[]>

  /** Ticks of a schedule, the one written down last first. */
  ticks(input: {
    scheduleId: string
    limit: number
    /** `next` of the page before. */
    cursor?: string | undefined
  }): Promise<{ ticks: TickRecord[]; next: string | null }>
}

export type OverlapPolicy = 'skip' | 'queue' | 'allow'

export interface ScheduleDefinition {
  scheduleId: string
  funcName: string
  /** Differs between definitions that differ. */
  revision: string
  /** JSON text: trigger, payload and whatever else the manager needs. */
  definition: string
  overlap: OverlapPolicy
  /** Null when no tick is left. */
  nextRunAt: number | null
  paused: boolean
}

export interface StoredSchedule extends ScheduleDefinition {
  createdAt: number
  /** When a task of it was stored last, and which; null without any. */
  lastRunAt: number | null
  lastTaskId: string | null
  /** That task's status; null when it is deleted. */
  lastStatus: TaskStatus | null
}

export interface NewTick {
  scheduleId: string
  revision: string
  dueAt: number
  outcome: 'ran' | 'late' | 'missed' | 'manual' | 'invalid'
  /** Null stores none. */
  task: NewTask | null
  /** The schedule's next tick after this one; null when none is left. */
  nextRunAt: number | null
  /** Pauses the schedule with this tick. [as it is] */
  pause?: boolean | undefined
}

export interface FireResult {
  scheduleId: string
  dueAt: number
  result: TickOutcome | 'taken'
  taskId: string | null
}

export type TickOutcome = NewTick['outcome'] | 'skipped_overlap'

export interface ScheduleChange {
  scheduleId: string
  paused?: boolean | undefined
  nextRunAt?: number | null | undefined
  removed?: true | undefined
}

export interface TickRecord {
  dueAt: number
  /** When it was written down. */
  firedAt: number
  outcome: TickOutcome
  taskId: string | null
}

export interface AuditStorage {
  /** Writes entries down. One whose `entryId` exists is left as it is, so calling twice is safe. */
  append(input: { entries: NewAuditEntry[]; now?: number | undefined }): Promise<void>
  /** Newest first: by `at`, then by `entryId`. */
  list(input: AuditQuery): Promise<{ entries: AuditEntry[]; next: string | null }>
}

export interface NewAuditEntry {
  /** UUIDv7. */
  entryId: string
  /** What was done, e.g. 'retry', 'cancel', 'login'. */
  action: string
  /** The task it was done to; null when to none. */
  taskId: string | null
  /** Who did it. */
  actor: string
  detail: Record<string, unknown>
}

export interface AuditEntry extends NewAuditEntry {
  /** When it was written down. */
  at: number
}

/** All conditions must hold. */
export interface AuditQuery {
  action?: string[] | undefined
  actor?: string | undefined
  taskId?: string | undefined
  since?: number | undefined
  until?: number | undefined
  limit: number
  /** `next` of the page before. */
  cursor?: string | undefined
}

/** What instances must agree on about logins and sessions. Texts are the handler's to choose. */
export interface SessionStorage {
  /**
   * Counts one login try under each key, before the password is looked at. When a key has `max`
   * tries in the last `windowMs` already, none is counted and `retryAt` says when the oldest of
   * them is out of the window. Decided here, so that many tries at once are not one.
   */
  countLogin(input: {
    tries: { key: string; max: number }[]
    windowMs: number
    now?: number | undefined
  }): Promise<{ counted: true; at: number } | { counted: false; retryAt: number }>

  /** Takes back tries: one that was counted at `at`, or all of a key. Unknown ones are ignored. */
  forgetLogins(input: { tries: { key: string; at?: number | undefined }[] }): Promise<void>

  /** Ends a session for good, here and for copies of its token. Kept until `expiresAt`. */
  end(input: { sessionId: string; expiresAt: number; now?: number | undefined }): Promise<void>

  /** Whether each session was ended. */
  ended(input: { sessionIds: string[]; now?: number | undefined }): Promise<boolean[]>
}

/**
 * Starts to tell what other processes did, soon after they did it; what this one did may be told
 * too. Only a hint: some may be lost, and nobody relies on them. Resolves with what ends it.
 */
export type ListenFunction = (listener: HintListener) => Promise<() => Promise<void>>

export interface HintListener {
  hint(kind: StorageHint): void
  /** Hints are lost from now on, or come again. Not told while that stays as it is. */
  up(up: boolean): void
}

/**
 * - `work`: tasks became due. - `cancels`: running tasks are to stop. - `changes`: the change feed
 * has news. - `schedules`: schedules were declared or changed.
 */
export type StorageHint = 'work' | 'cancels' | 'changes' | 'schedules'

/**
 * Makes a stand-in that beats, and ends attempts whose time is up, from a thread of its own and with
 * a connection of its own.
 */
export type StandInFunction = (options: {
  /** Beats this often once it stands in; it steps in when this process missed one and a half. */
  everyMs: number
  /** Stands in for this long at most: a process that is stuck for good is dead. */
  maxBlockMs: number
  onError: (error: unknown) => void
}) => StandIn

export interface StandIn {
  /** A new number for a beat: above all numbers given out, its own too. Starts at 0 after `reset`. */
  next(): number
  /** The process beats by itself, as follows. */
  beating(input: BeatInput): void
  /**
   * An attempt begins that has so long. `settlement` ends it, in the name of the instance that beats,
   * if it stands in then. Returns what tells that the attempt is over; `reset` does so for all.
   */
  limit(inMs: number, settlement: Settlement): () => void
  /** A new lease begins: numbers start again. */
  reset(): void
  close(): Promise<void>
}
