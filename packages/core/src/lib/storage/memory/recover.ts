import type { RecoverInput } from '../contract.ts'
import type { Row } from './row.ts'

/** Frees a running row whose process has ended. */
export function recoverRow(row: Row, input: RecoverInput, now: number): void {
  row.fence++
  row.crashes++
  row.attemptsMade--
  if (row.cancelRequestedAt !== null) end(row, 'cancelled', now)
  else if (!row.requeueOnInterrupt) end(row, 'interrupted', now)
  else if (row.crashes >= input.maxCrashes) end(row, 'failed', now)
  else putBack(row, input, now)
}

function putBack(row: Row, input: RecoverInput, now: number): void {
  row.attempts.push({
    attempt: row.attempt,
    claimedAt: row.claimedAt ?? now,
    startedAt: row.startTime ?? row.claimedAt ?? now,
    endedAt: now,
    outcome: 'crashed',
    error: CRASHED,
    stacktrace: null,
    instance: row.instance,
    lateOutcome: null,
    fence: row.attemptFence,
    taken: true,
  })
  row.status = 'pending'
  row.progress = null
  // The first crash runs again at once, or recovery would not be fast; later ones may be its own.
  row.runAt = row.crashes === 1 ? now : now + input.crashDelayMs
}

const CRASHED = 'The process that ran this attempt ended'

function end(row: Row, status: Row['status'], now: number): void {
  row.status = status
  row.endTime = now
  row.error = CRASHED
  row.stacktrace = null
  row.lastOutcome = status === 'cancelled' ? 'cancelled' : 'crashed'
  row.taken = true
}
