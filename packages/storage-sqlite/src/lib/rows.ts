import type {
  AttemptOutcome,
  LogEntry,
  StoredTask,
  TaskAttempt,
  TaskProgress,
  TaskSource,
  TaskSummary,
} from '@taskflow/core'
import { phaseOf, RUNNING, statusOf } from './codes.ts'
import { fromText } from './text.ts'

/** What `live` and `done` tell of a task, without payload and result. */
export interface SummaryRow {
  id: string
  func: string
  state: number
  run_at: number
  fence: number
  rev: number
  attempts_made: number
  max_attempts: number
  crashes: number
  requeue: number
  created_at: number
  claimed_at: number | null
  started_at: number | null
  cancel_at: number | null
  priority: number | null
  log_count: number
  log_chunked: number
  instance: string | null
  group_name: string | null
  executor: string
  source: string
  idem_key: string | null
  retry_of: string | null
  tags: string | null
  progress: string | null
  error: string | null
  stacktrace: string | null
  log_tail: string | null
  /** Columns of `done` only. */
  ended_at?: number | null
  attempt?: number | null
  outcome?: string | null
}

export interface WholeRow extends SummaryRow {
  payload: string
  result?: string | null
}

export interface AttemptRow {
  task_id: string
  attempt: number
  claimed_at: number
  started_at: number
  ended_at: number
  outcome: string
  instance: string | null
  error: string | null
  stacktrace: string | null
}

/** What both task tables have, in the order of an insert into `done`. */
export const SHARED_COLUMNS = [
  'id',
  'func',
  'run_at',
  'max_attempts',
  'requeue',
  'created_at',
  'cancel_at',
  'priority',
  'group_name',
  'executor',
  'source',
  'idem_key',
  'retry_of',
  'tags',
  'progress',
  'payload',
].join(', ')

export function toSummary(row: SummaryRow, now: number): TaskSummary {
  const endTime = row.ended_at ?? null
  return {
    taskId: row.id,
    funcName: row.func,
    group: fromText(row.group_name),
    status: statusOf(row.state),
    phase: phaseOf(row, now),
    createdAt: row.created_at,
    runAt: row.run_at,
    startTime: row.started_at,
    endTime,
    durationMs: endTime === null || row.started_at === null ? null : endTime - row.started_at,
    attemptsMade: row.attempts_made,
    retriesUsed: Math.max(0, row.attempts_made - 1),
    maxAttempts: row.max_attempts,
    crashes: row.crashes,
    error: fromText(row.error),
    stacktrace: fromText(row.stacktrace),
    logTail: row.log_tail === null ? [] : (JSON.parse(row.log_tail) as LogEntry[]),
    logCount: row.log_count,
    idempotencyKey: fromText(row.idem_key),
    tags: toTags(row.tags),
    source: row.source as TaskSource,
    retryOf: row.retry_of,
    priority: row.priority,
    executor: row.executor,
    instance: row.instance,
    progress: row.progress === null ? null : (JSON.parse(row.progress) as TaskProgress),
    cancelRequestedAt: row.cancel_at,
    fence: row.fence,
    rev: row.rev,
  }
}

export function toStored(row: WholeRow, attempts: AttemptRow[], now: number): StoredTask {
  const last = lastAttempt(row)
  return {
    ...toSummary(row, now),
    payload: fromText(row.payload),
    result: fromText(row.result ?? null),
    requeueOnInterrupt: row.requeue === 1,
    attempts: [...attempts.map(toAttempt), ...(last === null ? [] : [last])],
  }
}

export function toTags(tags: string | null): Record<string, string> {
  return tags === null ? {} : (JSON.parse(tags) as Record<string, string>)
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
    instance: row.instance,
  }
}

/** The start under way, or the one the task ended with: it has no row of its own. */
function lastAttempt(row: SummaryRow): TaskAttempt | null {
  if (row.claimed_at === null) return null
  const running = row.state === RUNNING
  const outcome = row.outcome ?? null
  return {
    attempt: row.attempt ?? Math.max(0, row.attempts_made - 1),
    claimedAt: row.claimed_at,
    startedAt: row.started_at ?? row.claimed_at,
    endedAt: row.ended_at ?? null,
    outcome: outcome as AttemptOutcome | null,
    error: running ? null : fromText(row.error),
    stacktrace: running ? null : fromText(row.stacktrace),
    instance: row.instance,
  }
}
