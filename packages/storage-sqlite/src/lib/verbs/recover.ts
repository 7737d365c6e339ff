import type { RecoveredTask, RecoverInput } from '@taskflow/core'
import { CANCELLED, FAILED, INTERRUPTED, READY, statusOf } from '../codes.ts'
import type { Store } from '../store.ts'
import { finish, LIVE_COLUMNS, type LiveRow, putBack, recordStart } from './finish.ts'

const AT_ONCE = 1000
const CRASHED = 'The process that ran this attempt ended'

export function recover(store: Store, input: RecoverInput, now: number): RecoveredTask[] {
  for (const { instanceId, beat } of input.dead) {
    const { changes } = store
      .sql('delete from {instances} where id = ? and beat = ?')
      .run(instanceId, beat)
    if (changes === 1) store.after(() => store.locks.remove(instanceId))
  }
  // Without a row in `instances` nobody may settle or claim: what such an owner left is free, that
  // of the instances just buried included.
  const rows = store
    .sql(`select ${LIVE_COLUMNS} from {live} where state = 3
      and instance not in (select id from {instances}) limit ${AT_ONCE}`)
    .all() as LiveRow[]
  return rows.map((row) => free(store, row, input, now))
}

function free(store: Store, row: LiveRow, input: RecoverInput, now: number): RecoveredTask {
  const attempt = Math.max(0, row.attempts_made - 1)
  const crashes = row.crashes + 1
  const state = nextState(row, crashes, input.maxCrashes)
  const next = { ...row, crashes, attempts_made: attempt, fence: row.fence + 1 }
  if (state === READY) {
    recordStart(store, row, row.fence, {
      attempt,
      outcome: 'crashed',
      endedAt: now,
      error: CRASHED,
      stacktrace: null,
    })
    // The first crash runs again at once, or recovery would not be fast; later ones may be its own.
    putBack(store, { ...next, run_at: crashes === 1 ? now : now + input.crashDelayMs })
  } else {
    const outcome = state === CANCELLED ? 'cancelled' : 'crashed'
    const ended = { ...next, error: CRASHED, stacktrace: null }
    finish(store, ended, { state, endedAt: now, start: { attempt, outcome } })
  }
  return { taskId: row.id, funcName: row.func, status: statusOf(state) }
}

function nextState(row: LiveRow, crashes: number, maxCrashes: number): number {
  if (row.cancel_at !== null) return CANCELLED
  if (row.requeue === 0) return INTERRUPTED
  return crashes >= maxCrashes ? FAILED : READY
}
