import type { AttemptOutcome } from '../../record.ts'
import type { Settlement, SettlementOutcome } from '../contract.ts'
import { appendLogs } from './logs.ts'
import type { Row } from './row.ts'

/** Ends the attempt that runs: the row is pending again, or final. */
export function settleRow(row: Row, settlement: Settlement, now: number): void {
  const { outcome } = settlement
  appendLogs(row, settlement.logs)
  row.startTime = Math.max(now - settlement.durationMs, row.claimedAt ?? 0)
  const cancelled = row.cancelRequestedAt !== null
  switch (outcome.type) {
    case 'success':
      row.result = settlement.result ?? null
      end(row, 'success', settlement, now)
      break
    case 'cancelled':
      end(row, 'cancelled', settlement, now)
      break
    case 'failed':
      end(row, cancelled ? 'cancelled' : 'failed', settlement, now)
      break
    case 'retry':
      takeError(row, settlement)
      if (cancelled) end(row, 'cancelled', settlement, now)
      else putBack(row, settlement, now, now + (settlement.delayMs ?? 0))
      break
    case 'snoozed':
      row.attemptsMade--
      if (cancelled) end(row, 'cancelled', settlement, now)
      else putBack(row, settlement, now, now + (settlement.delayMs ?? 0))
      break
    case 'released':
      row.attemptsMade--
      row.fence++
      if (cancelled) end(row, 'cancelled', settlement, now)
      else if (!row.requeueOnInterrupt) end(row, 'interrupted', settlement, now)
      else putBack(row, settlement, now, row.runAt)
      break
    case 'unstarted':
      row.attemptsMade--
      row.fence++
      takeBack(row)
      if (cancelled) endUnstarted(row, now)
  }
}

/** While it waits again, it shows the last error there was; at its end, that of its last attempt. */
function takeError(row: Row, settlement: Settlement): void {
  const { error = null, stacktrace = null } = row.status === 'success' ? {} : settlement
  row.error = error
  row.stacktrace = stacktrace
}

function end(row: Row, status: Row['status'], settlement: Settlement, now: number): void {
  row.status = status
  row.endTime = now
  row.lastOutcome = status === 'cancelled' ? 'cancelled' : attemptOutcome(settlement.outcome)
  takeError(row, settlement)
}

function endUnstarted(row: Row, now: number): void {
  row.status = 'cancelled'
  row.endTime = now
}

/** Back to pending as if it had not been claimed: what is known of its last start is true again. */
function takeBack(row: Row): void {
  const last = row.attempts.at(-1)
  row.status = 'pending'
  row.claimedAt = null
  row.startTime = last?.startedAt ?? null
  row.instance = last?.instance ?? null
}

/** Back to pending, with a record of the attempt that is over. */
function putBack(row: Row, settlement: Settlement, now: number, runAt: number): void {
  row.attempts.push({
    attempt: row.attempt,
    claimedAt: row.claimedAt ?? now,
    startedAt: row.startTime ?? now,
    endedAt: now,
    outcome: attemptOutcome(settlement.outcome),
    error: settlement.error ?? null,
    stacktrace: settlement.stacktrace ?? null,
    instance: row.instance,
    lateOutcome: null,
    fence: row.attemptFence,
    taken: false,
  })
  row.status = 'pending'
  row.runAt = runAt
  row.progress = null
}

/** What is written down of an attempt that ended like this. */
export function attemptOutcome(outcome: SettlementOutcome): AttemptOutcome {
  switch (outcome.type) {
    case 'retry':
    case 'failed':
      return outcome.cause
    case 'unstarted':
      throw new Error('an attempt that never began is not written down')
    default:
      return outcome.type
  }
}
