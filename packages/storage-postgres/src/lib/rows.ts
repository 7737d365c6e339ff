import type {
  AttemptOutcome,
  ParentFailurePolicy,
  StoredTask,
  TaskAttempt,
  TaskProgress,
  TaskSource,
  TaskSummary,
} from '@taskflow/core'
import { phaseOf, RUNNING, statusOf } from './codes.ts'
import { tailOf } from './log-lines.ts'
import { fromText } from './text.ts'

/** A `bigint` as postgres.js gives it: text, unless a client of the app's converts it. */
export type Big = string | number

/** What `live` and `done` tell of a task, without payload and result. */
export interface SummaryRow {
  id: string
  func: string
  state: number
  run_at: Big
  fence: number
  rev: number
  attempts_made: number
  max_attempts: number
  crashes: number
  requeue: number
  created_at: Big
  claimed_at: Big | null
  started_at: Big | null
  cancel_at: Big | null
  priority: number | null
  log_count: number
  log_chunked: number
  instance: string | null
  group_name: string | null
  executor: string
  source: string
  idem_key: string | null
  retry_of: string | null
  flow_id: string | null
  schedule_id: string | null
  meta: string | null
  /** JSON of the parents it waits for; null while it waits for none. */
  blocked_by: string | null
  tags: string | null
  progress: string | null
  error: string | null
  stacktrace: string | null
  log_tail: string | null
  /** Columns of `done` only. */
  ended_at: Big | null
  attempt: number | null
  outcome: string | null
}

export interface WholeRow extends SummaryRow {
  payload: string
  result: string | null
  late_outcome: string | null
  /** JSON of ids; null without any. */
  children: string | null
  /** JSON of `AttemptRow[]`; null without any. */
  attempts: string | null
}

export interface AttemptRow {
  attempt: number
  claimed_at: number
  started_at: number
  ended_at: number
  outcome: string
  late_outcome: string | null
  instance: string | null
  error: string | null
  stacktrace: string | null
}

/** What `live` and `done` have in common and no end changes, in the order of an insert. */
export const KEPT_COLUMNS = [
  'run_at',
  'created_at',
  'cancel_at',
  'priority',
  'max_attempts',
  'requeue',
  'has_children',
  'id',
  'func',
  'group_name',
  'executor',
  'source',
  'idem_key',
  'retry_of',
  'flow_id',
  'schedule_id',
  'meta',
  'tags',
  'progress',
  'payload',
]

/** Columns of a `SummaryRow` that both tables have. */
export const SUMMARY_COLUMNS = [
  'id',
  'func',
  'state',
  'run_at',
  'fence',
  'rev',
  'attempts_made',
  'max_attempts',
  'crashes',
  'requeue',
  'created_at',
  'claimed_at',
  'started_at',
  'cancel_at',
  'priority',
  'log_count',
  'log_chunked',
  'instance',
  'group_name',
  'executor',
  'source',
  'idem_key',
  'retry_of',
  'flow_id',
  'schedule_id',
  'meta',
  'tags',
  'progress',
  'error',
  'stacktrace',
  'log_tail',
] as const

export function toSummary(row: SummaryRow, now: number): TaskSummary {
  const startTime = numberOf(row.started_at)
  const endTime = numberOf(row.ended_at)
  const runAt = Number(row.run_at)
  const { state, attempts_made } = row
  return {
    taskId: fromText(row.id),
    funcName: fromText(row.func),
    group: fromText(row.group_name),
    status: statusOf(state),
    phase: phaseOf({ state, run_at: runAt, attempts_made }, now),
    createdAt: Number(row.created_at),
    runAt,
    startTime,
    endTime,
    durationMs: endTime === null || startTime === null ? null : endTime - startTime,
    attemptsMade: attempts_made,
    retriesUsed: Math.max(0, attempts_made - 1),
    maxAttempts: row.max_attempts,
    crashes: row.crashes,
    error: fromText(row.error),
    stacktrace: fromText(row.stacktrace),
    logTail: tailOf(row),
    logCount: row.log_count,
    idempotencyKey: fromText(row.idem_key),
    tags: toTags(row.tags),
    source: row.source as TaskSource,
    retryOf: fromText(row.retry_of),
    flowId: fromText(row.flow_id),
    scheduleId: fromText(row.schedule_id),
    blockedBy: toIds(row.blocked_by),
    priority: row.priority,
    executor: fromText(row.executor),
    instance: fromText(row.instance),
    progress: row.progress === null ? null : (JSON.parse(row.progress) as TaskProgress),
    cancelRequestedAt: numberOf(row.cancel_at),
    fence: row.fence,
    rev: row.rev,
  }
}

export function toStored(row: WholeRow, now: number): StoredTask {
  const attempts = row.attempts === null ? [] : (JSON.parse(row.attempts) as AttemptRow[])
  return {
    ...toSummary(row, now),
    payload: fromText(row.payload),
    result: fromText(row.result),
    requeueOnInterrupt: row.requeue === 1,
    attempts: [...attempts.map(toAttempt), ...lastAttempt(row)],
    dependsOn: metaOf(row.meta).after ?? [],
    onParentFailure: metaOf(row.meta).policy ?? 'hold',
    children: toIds(row.children),
  }
}

/** What `meta` holds; what is at its default is not in it. */
export interface Meta {
  /** Ids of parents, in the order given. */
  after?: string[]
  policy?: ParentFailurePolicy
  /** W3C trace context of who enqueued it. */
  trace?: string
}

export function metaOf(meta: string | null): Meta {
  return meta === null ? {} : (JSON.parse(meta) as Meta)
}

export function metaText(meta: Meta): string | null {
  for (const _ in meta) return JSON.stringify(meta)
  return null
}

function toIds(ids: string | null): string[] {
  return ids === null ? [] : (JSON.parse(ids) as string[]).map((id) => fromText(id))
}

export function toTags(tags: string | null): Record<string, string> {
  return tags === null ? {} : (JSON.parse(tags) as Record<string, string>)
}

export function numberOf(value: Big): number
export function numberOf(value: Big | null): number | null
export function numberOf(value: Big | null): number | null {
  return value === null ? null : Number(value)
}

function toAttempt(row: AttemptRow): TaskAttempt {
  return {
    attempt: row.attempt,
    claimedAt: row.claimed_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome as AttemptOutcome,
    error: fromText(row.error),
    stacktrace: fromText(row.stacktrace),
    instance: fromText(row.instance),
    lateOutcome: row.late_outcome as AttemptOutcome | null,
  }
}

/** The start under way, or the one the task ended with: it has no row of its own. */
function lastAttempt(row: WholeRow): TaskAttempt[] {
  const claimedAt = numberOf(row.claimed_at)
  if (claimedAt === null) return []
  const running = row.state === RUNNING
  return [
    {
      attempt: row.attempt ?? Math.max(0, row.attempts_made - 1),
      claimedAt,
      startedAt: numberOf(row.started_at) ?? claimedAt,
      endedAt: numberOf(row.ended_at),
      outcome: row.outcome as AttemptOutcome | null,
      error: running ? null : fromText(row.error),
      stacktrace: running ? null : fromText(row.stacktrace),
      instance: fromText(row.instance),
      lateOutcome: row.late_outcome as AttemptOutcome | null,
    },
  ]
}
