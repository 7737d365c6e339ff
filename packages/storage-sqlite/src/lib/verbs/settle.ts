import type { Settlement, SettleResult } from '@taskflow/core'
import {
  CANCELLED,
  FAILED,
  INTERRUPTED,
  outcomeName,
  READY,
  RUNNING,
  SUCCESS,
  statusOf,
} from '../codes.ts'
import type { Store } from '../store.ts'
import { toText } from '../text.ts'
import { earlierStart, finish, type LiveRow, liveById, putBack, recordStart } from './finish.ts'
import { addLines } from './logs.ts'

type OutcomeType = Settlement['outcome']['type']

/** Settles one attempt, if the task still is at this fence in this instance's name. */
export function settle(
  store: Store,
  instanceId: string,
  settlement: Settlement,
  now: number,
): SettleResult {
  const { taskId } = settlement
  const row = liveById(store, taskId)
  if (
    row === undefined ||
    row.state !== RUNNING ||
    row.instance !== instanceId ||
    row.fence !== settlement.fence
  ) {
    return { taskId, result: 'stale' }
  }
  const { type } = settlement.outcome
  const next = settledRow(store, row, settlement, now)
  const state = nextState(row, type)
  const attempt = Math.max(0, row.attempts_made - 1)
  const outcome = outcomeName(settlement.outcome)
  if (state !== READY) {
    const start =
      type === 'unstarted'
        ? null
        : { attempt, outcome: state === CANCELLED ? 'cancelled' : outcome }
    const result = state === SUCCESS ? toText(settlement.result) : null
    finish(store, next, { state, endedAt: now, start, result })
  } else {
    if (type !== 'unstarted') {
      const error = toText(settlement.error)
      const stacktrace = toText(settlement.stacktrace)
      recordStart(store, next, row.fence, { attempt, outcome, endedAt: now, error, stacktrace })
    }
    putBack(store, next)
  }
  return { taskId, result: 'settled', status: statusOf(state) }
}

/** The row as the settlement leaves it, whatever its state becomes. */
function settledRow(store: Store, row: LiveRow, settlement: Settlement, now: number): LiveRow {
  const { type } = settlement.outcome
  const next: LiveRow = { ...row, ...addLines(store, row, settlement.logs) }
  next.started_at = Math.max(Math.round(now - settlement.durationMs), row.claimed_at ?? 0)
  if (type === 'success') {
    next.error = null
    next.stacktrace = null
  } else if (type === 'failed' || type === 'retry' || type === 'cancelled') {
    next.error = toText(settlement.error)
    next.stacktrace = toText(settlement.stacktrace)
  } else {
    next.attempts_made -= 1
  }
  if (type === 'retry' || type === 'snoozed') next.run_at = now + (settlement.delayMs ?? 0)
  if (type === 'released' || type === 'unstarted') next.fence += 1
  if (type === 'unstarted') Object.assign(next, earlierStart(store, row.id))
  return next
}

function nextState(row: LiveRow, type: OutcomeType): number {
  if (type === 'success') return SUCCESS
  // Whoever asked for a cancel must not see the task start again.
  if (type === 'cancelled' || row.cancel_at !== null) return CANCELLED
  if (type === 'failed') return FAILED
  if (type === 'released' && row.requeue === 0) return INTERRUPTED
  return READY
}
