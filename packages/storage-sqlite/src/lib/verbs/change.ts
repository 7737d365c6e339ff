import type { CancelResult, ChangeResult, TaskStorage } from '@taskflow/core'
import { CANCELLED, READY, RUNNING, statusOf } from '../codes.ts'
import type { Store } from '../store.ts'
import { finish, type LiveRow, liveById } from './finish.ts'

type CancelInput = Parameters<TaskStorage['cancel']>[0]

export function reschedule(
  store: Store,
  input: Parameters<TaskStorage['reschedule']>[0],
  now: number,
): ChangeResult[] {
  return input.tasks.map(({ taskId, runAt }) => {
    const row = liveById(store, taskId)
    if (row === undefined) {
      return { taskId, result: endState(store, taskId) === undefined ? 'missing' : 'refused' }
    }
    if (row.state !== READY || row.run_at <= now) return { taskId, result: 'refused' }
    store
      .sql('update {live} set run_at = ?, rev = rev + 1 where seq = ?')
      .run(runAt ?? now, row.seq)
    store.changed.add(taskId)
    return { taskId, result: 'changed' }
  })
}

export function cancel(store: Store, input: CancelInput, now: number): CancelResult[] {
  return input.taskIds.map((taskId) => {
    const row = liveById(store, taskId)
    if (row !== undefined) return cancelLive(store, row, input, now)
    const state = endState(store, taskId)
    if (state === undefined) return { taskId, result: 'missing', status: null }
    return { taskId, result: 'refused', status: statusOf(state) }
  })
}

function cancelLive(store: Store, row: LiveRow, input: CancelInput, now: number): CancelResult {
  const taskId = row.id
  const next = { ...row, fence: row.fence + 1 }
  if (row.state !== RUNNING) {
    finish(store, next, { state: CANCELLED, endedAt: now, start: null })
    return { taskId, result: 'cancelled', status: 'cancelled' }
  }
  if (input.force === true) {
    if (row.cancel_at === null || now - row.cancel_at < (input.graceMs ?? 0)) {
      return { taskId, result: 'too_early', status: 'running' }
    }
    const start = { attempt: Math.max(0, row.attempts_made - 1), outcome: 'cancelled' }
    finish(store, next, { state: CANCELLED, endedAt: now, start })
    return { taskId, result: 'cancelled', status: 'cancelled' }
  }
  if (row.cancel_at === null) {
    store.sql('update {live} set cancel_at = ?, rev = rev + 1 where seq = ?').run(now, row.seq)
    store.changed.add(taskId)
  }
  return { taskId, result: 'requested', status: 'running' }
}

function endState(store: Store, taskId: string): number | undefined {
  const row = store.sql('select state from {done} where id = ?').get(taskId)
  return (row as { state: number } | undefined)?.state
}
