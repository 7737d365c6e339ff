import type { CancelResult } from '../contract.ts'
import type { Row } from './row.ts'

/** Cancels a row at once where that is possible, else marks it for its owner. */
export function cancelRow(
  row: Row,
  force: boolean,
  graceMs: number,
  now: number,
): Exclude<CancelResult['result'], 'missing'> {
  if (row.status === 'pending') {
    end(row, now)
    return 'cancelled'
  }
  if (row.status !== 'running') return 'refused'
  if (!force) {
    row.cancelRequestedAt ??= now
    return 'requested'
  }
  if (row.cancelRequestedAt === null || now - row.cancelRequestedAt < graceMs) return 'too_early'
  end(row, now)
  row.lastOutcome = 'cancelled'
  row.taken = true
  return 'cancelled'
}

/** The fence moves on, so that an owner who is still at it can change nothing. */
function end(row: Row, now: number): void {
  row.status = 'cancelled'
  row.fence++
  row.endTime = now
}
