import type {
  AttemptOutcome,
  StoredTask,
  TaskAttempt,
  TaskSource,
  TaskSummary,
} from '@taskflow/core'
import { BLOCKED, phaseOf, RUNNING, SUCCESS, statusOf, usualOutcome } from './codes.ts'
import { toNotes } from './notes.ts'
import { toMeta } from './pack.ts'
import type { Session } from './session.ts'
import { fromText } from './text.ts'
import { parentsOf } from './verbs/turn.ts'

/** What `live` and `done` tell of a task, without payload and result. */
export interface SummaryRow {
  seq: number
  id: string
  kind: number
  state: number
  run_at: number
  created_at: number
  fence: number
  rev: number
  attempts: number
  owner: number | null
  claimed_at: number | null
  started_at: number | null
  ended_at: number | null
  cancel_at: number | null
  meta: string | null
  notes: string | null
}

interface WholeRow extends SummaryRow {
  payload: string
  result: string | null
}

const SHARED =
  'seq, id, kind, state, run_at, created_at, fence, rev, attempts, owner, started_at, cancel_at, meta, notes'
// A live task was claimed when the attempt under way began.
const LIVE = `${SHARED}, started_at as claimed_at, null as ended_at`
const DONE = `${SHARED}, claimed_at, ended_at`

/** Tasks by number, wherever they are. */
export function rowsBySeq(session: Session, seqs: readonly number[]): Map<number, SummaryRow> {
  const text = JSON.stringify(seqs)
  const rows = [
    `select ${LIVE} from {live} where seq in (select value from json_each(?))`,
    `select ${DONE} from {done} where seq in (select value from json_each(?))`,
  ].flatMap((sql) => session.sql(sql).all(text) as SummaryRow[])
  return new Map(rows.map((row) => [row.seq, row]))
}

/** A task whole; undefined where there is none. */
export function wholeRow(session: Session, taskId: string): WholeRow | undefined {
  const seq = session.sql('select seq from {ids} where id = ?').pluck().get(taskId)
  return (session
    .sql(`select ${LIVE}, payload, null as result from {live} where seq = ?`)
    .get(seq ?? 0) ??
    session.sql(`select ${DONE}, payload, result from {done} where seq = ?`).get(seq ?? 0)) as
    | WholeRow
    | undefined
}

export function toSummary(session: Session, row: SummaryRow, now: number): TaskSummary {
  const kind = session.kinds.get(row.kind)
  const meta = toMeta(row.meta)
  const notes = toNotes(row.notes)
  return {
    taskId: row.id,
    funcName: kind.func,
    group: fromText(kind.group),
    status: statusOf(row.state),
    phase: phaseOf({ state: row.state, runAt: row.run_at, attempts: row.attempts }, now),
    createdAt: row.created_at,
    runAt: row.run_at,
    startTime: row.started_at,
    endTime: row.ended_at,
    durationMs:
      row.ended_at === null || row.started_at === null ? null : row.ended_at - row.started_at,
    attemptsMade: row.attempts,
    retriesUsed: Math.max(0, row.attempts - 1),
    maxAttempts: kind.maxAttempts,
    crashes: notes.crashes ?? 0,
    error: notes.error ?? null,
    stacktrace: notes.stacktrace ?? null,
    logTail: notes.lines ?? [],
    logCount: notes.logCount ?? 0,
    idempotencyKey: meta.key ?? null,
    tags: meta.tags ?? {},
    source: kind.source as TaskSource,
    retryOf: meta.retryOf ?? null,
    flowId: meta.flow ?? null,
    scheduleId: meta.schedule ?? null,
    blockedBy: row.state === BLOCKED ? openParents(session, row.id) : [],
    priority: meta.priority ?? null,
    executor: kind.executor,
    instance: session.owners.name(row.owner),
    progress: notes.progress ?? null,
    cancelRequestedAt: row.cancel_at,
    fence: row.fence,
    rev: row.rev,
  }
}

export function toStored(session: Session, row: WholeRow, now: number): StoredTask {
  const { requeue } = session.kinds.get(row.kind)
  const { onFailure } = toMeta(row.meta)
  return {
    ...toSummary(session, row, now),
    payload: fromText(row.payload),
    result: fromText(row.result),
    requeueOnInterrupt: requeue,
    attempts: [...earlierAttempts(session, row.seq), ...lastAttempt(session, row)],
    dependsOn: onFailure === undefined ? [] : parentsOf(session, row.id),
    onParentFailure: onFailure ?? 'hold',
    children: childrenOf(session, row.id),
  }
}

interface AttemptRow {
  attempt: number
  claimed_at: number
  started_at: number
  ended_at: number
  outcome: AttemptOutcome
  late_outcome: AttemptOutcome | null
  owner: number | null
  error: string | null
  stacktrace: string | null
}

function earlierAttempts(session: Session, seq: number): TaskAttempt[] {
  const rows = session
    .sql('select * from {attempts} where task = +? order by fence')
    .all(seq) as AttemptRow[]
  return rows.map((row) => ({
    attempt: row.attempt,
    claimedAt: row.claimed_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    error: fromText(row.error),
    stacktrace: fromText(row.stacktrace),
    instance: session.owners.name(row.owner),
    lateOutcome: row.late_outcome,
  }))
}

/** The start under way, or the one the task ended with: it has no row of its own. */
function lastAttempt(session: Session, row: SummaryRow): TaskAttempt[] {
  const running = row.state === RUNNING
  if (row.claimed_at === null || (!running && row.state < SUCCESS)) return []
  const notes = toNotes(row.notes)
  return [
    {
      attempt: notes.attempt ?? Math.max(0, row.attempts - 1),
      claimedAt: row.claimed_at,
      startedAt: row.started_at ?? row.claimed_at,
      endedAt: row.ended_at,
      outcome: running ? null : ((notes.outcome ?? usualOutcome(row.state)) as AttemptOutcome),
      error: running ? null : (notes.error ?? null),
      stacktrace: running ? null : (notes.stacktrace ?? null),
      instance: session.owners.name(row.owner),
      lateOutcome: (notes.late ?? null) as AttemptOutcome | null,
    },
  ]
}

/** The parents a task waits for, in the order given. */
function openParents(session: Session, taskId: string): string[] {
  return session
    .sql('select parent from {edges} where child = +? and open = 1 order by position')
    .pluck()
    .all(taskId) as string[]
}

function childrenOf(session: Session, taskId: string): string[] {
  return session
    .sql(
      'select distinct child from {edges} where parent = +? and open >= 0 order by child limit 1000',
    )
    .pluck()
    .all(taskId) as string[]
}
