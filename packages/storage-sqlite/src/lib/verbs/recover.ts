import type { RecoveredTask, RecoverInput } from '@taskflow/core'
import { CANCELLED, FAILED, INTERRUPTED, SUCCESS, SUSPECT, statusOf } from '../codes.ts'
import { type LiveRow, liveOrphans } from '../live.ts'
import { notesText, toNotes } from '../notes.ts'
import type { Session } from '../session.ts'
import type { Store } from '../store.ts'
import { finish } from './edges.ts'
import { type End, noteAttempt, putBack, recordStart } from './finish.ts'

const AT_ONCE = 1000
const CRASHED = 'The process that ran this attempt ended'

export function recover(store: Store, input: RecoverInput, now: number): RecoveredTask[] {
  for (const { instanceId, beat } of input.dead) {
    const owner = store.owners.find(instanceId)
    const { changes } = store
      .sql('delete from {instances} where owner = ? and beat = ?')
      .run(owner ?? null, beat)
    if (changes === 1) store.after(() => store.locks.remove(instanceId))
  }
  // Without a row in `instances` nobody may settle or claim: what such an owner left is free, that
  // of the instances just buried included.
  const rows = liveOrphans(store, AT_ONCE)
  const ends: End[] = []
  const recovered = rows.map((row) => free(store, row, input, now, ends))
  finish(store, ends, now)
  return recovered
}

function free(
  session: Session,
  row: LiveRow,
  input: RecoverInput,
  now: number,
  ends: End[],
): RecoveredTask {
  const kind = session.kinds.get(row.kind)
  const attempt = Math.max(0, row.attempts - 1)
  const notes = toNotes(row.notes)
  const crashes = (notes.crashes ?? 0) + 1
  notes.crashes = crashes
  const state = nextState(row, kind.requeue, crashes, input.maxCrashes)
  const next = { ...row, attempts: attempt, fence: row.fence + 1 }
  const claimedAt = row.startedAt ?? now
  if (state < SUCCESS) {
    const ended = { claimedAt, endedAt: now, error: CRASHED, stacktrace: null }
    recordStart(session, row, { fence: row.fence, attempt, outcome: 'crashed', ...ended })
    const { progress: _, ...kept } = notes
    // The first crash runs again at once, or recovery would not be fast; later ones may be its own.
    next.runAt = crashes === 1 ? now : now + input.crashDelayMs
    putBack(session, next, state, notesText(kept))
  } else {
    const outcome = state === CANCELLED ? 'cancelled' : 'crashed'
    const said = { ...notes, error: CRASHED, stacktrace: null, taken: row.fence }
    const text = noteAttempt(said, next, state, { attempt, outcome })
    ends.push({ row: next, state, notes: text, claimedAt })
  }
  return { taskId: row.id, funcName: kind.func, status: statusOf(state) }
}

function nextState(row: LiveRow, requeue: boolean, crashes: number, maxCrashes: number): number {
  if (row.cancelAt !== null) return CANCELLED
  if (!requeue) return INTERRUPTED
  return crashes >= maxCrashes ? FAILED : SUSPECT
}
