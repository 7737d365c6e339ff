import {
  CANCELLED,
  FAILED,
  INTERRUPTED,
  outcomeName,
  READY,
  RUNNING,
  SUCCESS,
  SUSPECT,
} from '../codes.ts'
import { type LiveRow, liveByIds } from '../live.ts'
import { type Notes, notesText, toNotes } from '../notes.ts'
import type { PackedSettlement } from '../pack.ts'
import type { Session } from '../session.ts'
import { finish } from './edges.ts'
import { type End, earlierStart, noteAttempt, putBack, recordStart } from './finish.ts'
import { noteLate } from './late.ts'
import { addLines } from './logs.ts'

type OutcomeType = PackedSettlement[2]

export interface Settled {
  /** What became of each settlement: the state of its task now, null where it was stale. */
  states: (number | null)[]
  /** Tasks that were blocked became ready. */
  released: boolean
}

/**
 * Settles attempts, each if its task still is at this fence in this instance's name. Ends are
 * gathered and written in one statement.
 */
export function settle(
  session: Session,
  owner: number | undefined,
  settlements: readonly PackedSettlement[],
  now: number,
): Settled {
  if (settlements.length === 0) return { states: [], released: false }
  const rows = liveByIds(
    session,
    settlements.map(([id]) => id),
  )
  const ends: End[] = []
  const late: PackedSettlement[] = []
  const states = settlements.map((settlement) => {
    const [id, fence] = settlement
    const row = rows.get(id)
    if (row?.state !== RUNNING || row.owner !== owner || row.fence !== fence) {
      late.push(settlement)
      return null
    }
    // Settled: a second settlement of it in this batch is stale.
    rows.delete(id)
    return settleOne(session, row, settlement, ends, now)
  })
  const released = finish(session, ends, now)
  // After the others: what they wrote down of attempts is there to be noted in.
  for (const settlement of late) noteLate(session, settlement)
  return { states, released }
}

function settleOne(
  session: Session,
  row: LiveRow,
  settlement: PackedSettlement,
  ends: End[],
  now: number,
): number {
  const [, , type, durationMs, result = null, cause, delayMs = 0, error, stacktrace, logs] =
    settlement
  const claimedAt = row.startedAt ?? now
  const startedAt = Math.max(Math.round(now - durationMs), claimedAt)
  if (type === 'success' && row.notes === null && (logs === undefined || logs.length === 0)) {
    // The row is not needed any more: what most come to makes no copy of it.
    row.startedAt = startedAt
    ends.push({ row, state: SUCCESS, notes: null, claimedAt, result })
    return SUCCESS
  }
  const started: LiveRow = { ...row, startedAt }
  const notes = toNotes(row.notes)
  if (logs !== undefined) addLines(session, row.seq, notes, logs)
  const state = nextState(session, row, type, notes)
  if (type === 'snoozed' || type === 'released' || type === 'unstarted') started.attempts -= 1
  // While it waits again, it shows the last error there was; at its end, that of its last attempt.
  if (type === 'retry' || (state >= SUCCESS && type !== 'unstarted')) {
    notes.error = type === 'success' ? null : (error ?? null)
    notes.stacktrace = type === 'success' ? null : (stacktrace ?? null)
  }
  if (type === 'retry' || type === 'snoozed') started.runAt = now + delayMs
  if (type === 'released' || type === 'unstarted') started.fence += 1
  const attempt = Math.max(0, row.attempts - 1)
  const outcome = outcomeName({ type, cause: cause ?? 'error' } as Parameters<
    typeof outcomeName
  >[0])
  if (type === 'unstarted') {
    Object.assign(started, earlierStart(session, row))
    if (state === CANCELLED) {
      ends.push({ row: started, state, notes: notesText(notes), claimedAt: null })
    } else putBack(session, started, state, notesText(withoutProgress(notes)))
    return state
  }
  if (state >= SUCCESS) {
    const last = { attempt, outcome: state === CANCELLED ? 'cancelled' : outcome }
    const text = noteAttempt(notes, started, state, last)
    ends.push({ row: started, state, notes: text, claimedAt, result })
    return state
  }
  const ended = { error: error ?? null, stacktrace: stacktrace ?? null, endedAt: now }
  recordStart(session, started, { fence: row.fence, attempt, outcome, claimedAt, ...ended })
  putBack(session, started, state, notesText(withoutProgress(notes)))
  return state
}

/** Progress is that of the attempt under way. */
function withoutProgress({ progress: _, ...notes }: Notes): Notes {
  return notes
}

function nextState(session: Session, row: LiveRow, type: OutcomeType, notes: Notes): number {
  if (type === 'success') return SUCCESS
  // Whoever asked for a cancel must not see the task start again.
  if (type === 'cancelled' || row.cancelAt !== null) return CANCELLED
  if (type === 'failed') return FAILED
  if (type === 'released' && !session.kinds.get(row.kind).requeue) return INTERRUPTED
  return (notes.crashes ?? 0) > 0 ? SUSPECT : READY
}
