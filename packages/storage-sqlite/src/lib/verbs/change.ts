import type { CancelResult, ChangeResult, TaskStorage } from '@taskflow/core'
import { CANCELLED, READY, RUNNING, SUSPECT, statusOf } from '../codes.ts'
import { type LiveRow, liveById } from '../live.ts'
import { toNotes } from '../notes.ts'
import type { Session } from '../session.ts'
import { finish } from './edges.ts'
import { type End, noteAttempt } from './finish.ts'

type CancelInput = Parameters<TaskStorage['cancel']>[0]

export function reschedule(
  session: Session,
  input: Parameters<TaskStorage['reschedule']>[0],
  now: number,
): ChangeResult[] {
  return input.tasks.map(({ taskId, runAt }) => {
    const row = liveById(session, taskId)
    if (row === undefined) {
      return { taskId, result: endState(session, taskId) === undefined ? 'missing' : 'refused' }
    }
    const waits = row.state === READY || row.state === SUSPECT
    if (!waits || row.runAt <= now) return { taskId, result: 'refused' }
    session
      .sql('update {live} set run_at = ?, rev = rev + 1 where seq = ?')
      .run(runAt ?? now, row.seq)
    session.changed.push(row.seq)
    return { taskId, result: 'changed' }
  })
}

export function cancel(session: Session, input: CancelInput, now: number): CancelResult[] {
  const ends = new Map<string, End>()
  const results = input.taskIds.map((taskId): CancelResult => {
    if (ends.has(taskId)) return { taskId, result: 'refused', status: 'cancelled' }
    const row = liveById(session, taskId)
    if (row !== undefined) return cancelLive(session, row, input, now, ends)
    const state = endState(session, taskId)
    if (state === undefined) return { taskId, result: 'missing', status: null }
    return { taskId, result: 'refused', status: statusOf(state) }
  })
  finish(session, [...ends.values()], now)
  return results
}

function cancelLive(
  session: Session,
  row: LiveRow,
  input: CancelInput,
  now: number,
  ends: Map<string, End>,
): CancelResult {
  const taskId = row.id
  const next = { ...row, fence: row.fence + 1 }
  if (row.state !== RUNNING) {
    ends.set(taskId, { row: next, state: CANCELLED, notes: row.notes, claimedAt: null })
    return { taskId, result: 'cancelled', status: 'cancelled' }
  }
  if (input.force === true) {
    if (row.cancelAt === null || now - row.cancelAt < (input.graceMs ?? 0)) {
      return { taskId, result: 'too_early', status: 'running' }
    }
    const last = { attempt: Math.max(0, row.attempts - 1), outcome: 'cancelled' }
    const notes = noteAttempt({ ...toNotes(row.notes), taken: row.fence }, next, CANCELLED, last)
    ends.set(taskId, { row: next, state: CANCELLED, notes, claimedAt: row.startedAt })
    return { taskId, result: 'cancelled', status: 'cancelled' }
  }
  if (row.cancelAt === null) {
    session.sql('update {live} set cancel_at = ?, rev = rev + 1 where seq = ?').run(now, row.seq)
    session.changed.push(row.seq)
  }
  return { taskId, result: 'requested', status: 'running' }
}

function endState(session: Session, taskId: string): number | undefined {
  return session
    .sql(`select done.state from {ids} as ids cross join {done} as done on done.seq = ids.seq
      where ids.id = ?`)
    .pluck()
    .get(taskId) as number | undefined
}
