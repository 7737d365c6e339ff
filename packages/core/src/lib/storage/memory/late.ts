import type { Settlement } from '../contract.ts'
import type { Row } from './row.ts'
import { attemptOutcome } from './settle.ts'

/**
 * Notes a stale settlement of an attempt that was taken from its owner; true when that was not
 * noted yet. A repeat of a settlement that counted is none: its owner ended that attempt itself.
 */
export function noteLate(row: Row, { fence, outcome }: Settlement): boolean {
  // Nobody's work came too late: it was never begun.
  if (outcome.type === 'unstarted') return false
  const past = row.attempts.find((attempt) => attempt.fence === fence)
  const last = row.attemptFence === fence && row.endTime !== null ? row : undefined
  const attempt = past ?? last
  if (!attempt?.taken || attempt.lateOutcome !== null) return false
  attempt.lateOutcome = attemptOutcome(outcome)
  return true
}
