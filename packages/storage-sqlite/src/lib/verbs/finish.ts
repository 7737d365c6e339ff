import { SUCCESS, usualOutcome } from '../codes.ts'
import type { LiveRow } from '../live.ts'
import { type Notes, notesText } from '../notes.ts'
import { toMeta } from '../pack.ts'
import { runsOf } from '../ranges.ts'
import type { Session } from '../session.ts'
import { toText } from '../text.ts'

/** The end of a task. */
export interface End {
  /** The row, with the values to store. */
  row: LiveRow
  state: number
  /** What the row is to say from now on. */
  notes: string | null
  /** When it was claimed for the attempt it ended with; null when it ended without one. */
  claimedAt: number | null
  result?: string | null
}

// Ends come as one JSON object by number: SQLite reads a key faster than one more element.
// Texts are put together once: a statement is found by its text, and a new string is hashed anew.
const MOVE = `insert into {done} (seq, id, kind, state, run_at, created_at, fence, rev, attempts,
    children, owner, claimed_at, started_at, ended_at, cancel_at, meta, notes, payload, result)
  select live.seq, live.id, live.kind, ends.value ->> 0, live.run_at, live.created_at,
    ends.value ->> 1, live.rev + 1, ends.value ->> 2, live.children, ends.value ->> 3,
    ends.value ->> 4, ends.value ->> 5, ?, live.cancel_at, live.meta, ends.value ->> 6,
    live.payload, ends.value ->> 7
  from json_each(?) as ends cross join {live} as live on live.seq = cast(ends.key as integer)`

const LEAVE = 'delete from {live} where seq between ? and ?'

/** Moves tasks to their final state. What depends on them is not looked at. */
export function moveToDone(session: Session, ends: readonly End[], endedAt: number): void {
  if (ends.length === 0) return
  const values: Record<number, unknown[]> = {}
  for (const { row, state, notes, claimedAt, result = null } of ends) {
    const { seq, fence, attempts, owner, startedAt } = row
    values[seq] = [state, fence, attempts, owner, claimedAt, startedAt, notes, result]
    if (state !== SUCCESS && row.meta !== null) freeKey(session, row)
    session.changed.push(row.seq)
    session.ended.add({
      func: session.kinds.get(row.kind).func,
      state,
      endedAt,
      durationMs: row.startedAt === null ? null : endedAt - row.startedAt,
    })
  }
  session.sql(MOVE).run(endedAt, JSON.stringify(values))
  leaveLive(
    session,
    ends.map(({ row }) => row.seq),
  )
}

/** Takes tasks that are done out of the live ones. */
export function leaveLive(session: Session, seqs: readonly number[]): void {
  for (const [first, last] of runsOf(seqs)) session.sql(LEAVE).run(first, last)
}

const PUT_BACK = `update {live} set state = ?, run_at = ?, fence = ?, attempts = ?, owner = ?,
  started_at = ?, notes = ?, rev = rev + 1 where seq = ?`

/** Takes a running task back to pending; `row` and `notes` hold the values to store. */
export function putBack(session: Session, row: LiveRow, state: number, notes: string | null): void {
  session
    .sql(PUT_BACK)
    .run(state, row.runAt, row.fence, row.attempts, row.owner, row.startedAt, notes, row.seq)
  session.changed.push(row.seq)
}

/** The start that a task goes back to pending after. */
export interface EndedStart {
  /** The fence it was claimed at. */
  fence: number
  /** Zero-based. */
  attempt: number
  outcome: string
  claimedAt: number
  endedAt: number
  error: string | null
  stacktrace: string | null
}

export function recordStart(session: Session, row: LiveRow, start: EndedStart): void {
  session
    .sql(`insert into {attempts} (task, fence, attempt, claimed_at, started_at, ended_at, outcome,
        owner, error, stacktrace) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(
      row.seq,
      start.fence,
      start.attempt,
      start.claimedAt,
      row.startedAt ?? start.endedAt,
      start.endedAt,
      start.outcome,
      row.owner,
      toText(start.error),
      toText(start.stacktrace),
    )
}

/** The start before the one under way, for a task that never began after all. */
export function earlierStart(session: Session, row: LiveRow): Pick<LiveRow, 'startedAt' | 'owner'> {
  const earlier = session
    .sql(`select started_at as startedAt, owner from {attempts} where task = +?
      order by fence desc limit 1`)
    .get(row.seq) as Pick<LiveRow, 'startedAt' | 'owner'> | undefined
  return earlier ?? { startedAt: null, owner: null }
}

/** Writes down how the last attempt ended, as far as the row does not tell. */
export function noteAttempt(
  notes: Notes,
  row: LiveRow,
  state: number,
  last: { attempt: number; outcome: string },
): string | null {
  const { outcome: _outcome, attempt: _attempt, progress, ...rest } = notes
  const kept: Notes = progress === undefined ? rest : { ...rest, progress }
  if (last.outcome !== usualOutcome(state)) kept.outcome = last.outcome
  if (last.attempt !== Math.max(0, row.attempts - 1)) kept.attempt = last.attempt
  return notesText(kept)
}

export function freeKey(session: Session, task: Pick<LiveRow, 'id' | 'kind' | 'meta'>): void {
  const { key } = toMeta(task.meta)
  if (key === undefined) return
  session
    .sql('delete from {keys} where func = ? and key = ? and id = ?')
    .run(session.kinds.get(task.kind).func, toText(key), task.id)
}
