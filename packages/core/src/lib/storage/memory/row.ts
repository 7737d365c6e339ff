import type {
  AttemptOutcome,
  LogEntry,
  TaskAttempt,
  TaskPhase,
  TaskProgress,
  TaskStatus,
  TaskSummary,
} from '../../record.ts'
import type { ClaimedTask, NewTask, ParentFailurePolicy, StoredTask } from '../contract.ts'

/** What a new task leaves to defaults, and what a row has otherwise. */
type Settled =
  | 'runAt'
  | 'delayMs'
  | 'dependsOn'
  | 'onParentFailure'
  | 'flowId'
  | 'scheduleId'
  | 'trace'

/** An attempt that is over, with what tells whose end of it came too late. */
export interface PastAttempt extends TaskAttempt {
  /** The fence it ran under. */
  fence: number
  /** It was ended by another than its owner. */
  taken: boolean
}

/** A task as memory holds it. */
export interface Row extends Omit<NewTask, Settled> {
  dependsOn: readonly string[]
  onParentFailure: ParentFailurePolicy
  flowId: string | null
  scheduleId: string | null
  trace: string | null
  /** Parents it waits for, in the order of `dependsOn`; null as soon as there is none. */
  waitsFor: Set<string> | null
  /** Rows that depend on it; null without any. */
  children: Set<Row> | null
  status: TaskStatus
  createdAt: number
  runAt: number
  claimedAt: number | null
  startTime: number | null
  endTime: number | null
  /** Zero-based number of the attempt that runs or ran last. */
  attempt: number
  attemptsMade: number
  crashes: number
  /** How the last attempt ended the task; null while it is live or if it ended without one. */
  lastOutcome: AttemptOutcome | null
  attempts: PastAttempt[]
  /** Fence, `taken` and `lateOutcome` of the attempt that runs or ran last. */
  attemptFence: number
  taken: boolean
  lateOutcome: AttemptOutcome | null
  result: string | null
  error: string | null
  stacktrace: string | null
  logs: LogEntry[]
  instance: string | null
  progress: TaskProgress | null
  cancelRequestedAt: number | null
  fence: number
  rev: number
  /** Which entry of the queue is the valid one. */
  queued: number
}

/** Lines of the log that a summary carries. */
const TAIL_LINES = 20
/** Children that are named. */
const MAX_CHILDREN = 1000
const NONE: readonly string[] = []

export function phaseOf(row: Row, now: number): TaskPhase {
  if (row.status !== 'pending') return row.status
  if (row.waitsFor) return 'blocked'
  if (row.runAt <= now) return 'queued'
  return row.attemptsMade > 0 ? 'retrying' : 'scheduled'
}

export function toSummary(row: Row, now: number): TaskSummary {
  const { startTime, endTime } = row
  return {
    taskId: row.taskId,
    funcName: row.funcName,
    group: row.group,
    status: row.status,
    phase: phaseOf(row, now),
    createdAt: row.createdAt,
    runAt: row.runAt,
    startTime,
    endTime,
    durationMs: startTime === null || endTime === null ? null : endTime - startTime,
    attemptsMade: row.attemptsMade,
    retriesUsed: Math.max(0, row.attemptsMade - 1),
    maxAttempts: row.maxAttempts,
    crashes: row.crashes,
    error: row.error,
    stacktrace: row.stacktrace,
    logTail: row.logs.slice(-TAIL_LINES),
    logCount: row.logs.length,
    idempotencyKey: row.idempotencyKey,
    tags: { ...row.tags },
    source: row.source,
    retryOf: row.retryOf,
    flowId: row.flowId,
    scheduleId: row.scheduleId,
    blockedBy: row.status === 'pending' ? [...(row.waitsFor ?? NONE)] : [],
    priority: row.priority,
    executor: row.executor,
    instance: row.instance,
    progress: row.progress,
    cancelRequestedAt: row.cancelRequestedAt,
    fence: row.fence,
    rev: row.rev,
  }
}

export function toStored(row: Row, now: number): StoredTask {
  return {
    ...toSummary(row, now),
    payload: row.payload,
    result: row.result,
    requeueOnInterrupt: row.requeueOnInterrupt,
    attempts: [...row.attempts.map(toAttempt), ...lastAttempt(row)],
    dependsOn: [...row.dependsOn],
    onParentFailure: row.onParentFailure,
    children: [...(row.children ?? [])]
      .map(({ taskId }) => taskId)
      .sort()
      .slice(0, MAX_CHILDREN),
  }
}

const toAttempt = ({ fence: _, taken: __, ...attempt }: PastAttempt): TaskAttempt => attempt

/** The attempt that is the row itself: the one that runs, or the one that ended the task. */
function lastAttempt(row: Row): TaskAttempt[] {
  if (row.claimedAt === null || (row.status !== 'running' && row.lastOutcome === null)) return []
  // While it runs, the row's error is that of the attempt before it.
  const hasError = row.lastOutcome !== null && row.lastOutcome !== 'success'
  return [
    {
      attempt: row.attempt,
      claimedAt: row.claimedAt,
      startedAt: row.startTime ?? row.claimedAt,
      endedAt: row.endTime,
      outcome: row.lastOutcome,
      error: hasError ? row.error : null,
      stacktrace: hasError ? row.stacktrace : null,
      instance: row.instance,
      lateOutcome: row.lateOutcome,
    },
  ]
}

export function toClaimed(row: Row): ClaimedTask {
  return {
    taskId: row.taskId,
    funcName: row.funcName,
    fence: row.fence,
    payload: row.payload,
    tags: { ...row.tags },
    runAt: row.runAt,
    attemptsMade: row.attemptsMade,
    maxAttempts: row.maxAttempts,
    crashes: row.crashes,
    logCount: row.logs.length,
    dependsOn: [...row.dependsOn],
    retryOf: row.retryOf,
    trace: row.trace,
  }
}

/** A task as it begins: pending. `parents` are its `dependsOn` with the tasks that stand. */
export function newRow(input: NewTask, parents: readonly string[], now: number): Row {
  // Each by its name: of a spread copy with as many properties V8 makes a table, several times over.
  return {
    taskId: input.taskId,
    funcName: input.funcName,
    group: input.group,
    payload: input.payload,
    priority: input.priority,
    maxAttempts: input.maxAttempts,
    requeueOnInterrupt: input.requeueOnInterrupt,
    idempotencyKey: input.idempotencyKey,
    source: input.source,
    executor: input.executor,
    retryOf: input.retryOf,
    dependsOn: parents.length > 0 ? parents : NONE,
    onParentFailure: input.onParentFailure ?? 'hold',
    flowId: input.flowId ?? null,
    scheduleId: input.scheduleId ?? null,
    trace: input.trace ?? null,
    waitsFor: null,
    children: null,
    tags: { ...input.tags },
    status: 'pending',
    createdAt: now,
    runAt: input.runAt ?? now + (input.delayMs ?? 0),
    claimedAt: null,
    startTime: null,
    endTime: null,
    attempt: 0,
    attemptsMade: 0,
    crashes: 0,
    lastOutcome: null,
    attempts: [],
    attemptFence: 0,
    taken: false,
    lateOutcome: null,
    result: null,
    error: null,
    stacktrace: null,
    logs: [],
    instance: null,
    progress: null,
    cancelRequestedAt: null,
    fence: 0,
    rev: 0,
    queued: 0,
  }
}
