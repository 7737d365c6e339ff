import type { TaskJson, TaskPhase } from '@taskflow/core/client'

/** Everything a status badge can show: the phases, and the word for all that is pending. */
export type StatusName = TaskPhase | 'pending'

/** The word people read for a phase. */
export const STATUS_LABELS: Record<StatusName, string> = {
  pending: 'Pending',
  queued: 'Pending',
  scheduled: 'Scheduled',
  blocked: 'Blocked',
  retrying: 'Retrying',
  running: 'Running',
  success: 'Succeeded',
  failed: 'Failed',
  interrupted: 'Interrupted',
  cancelled: 'Cancelled',
}

/** One line on what a phase means. */
export const STATUS_HELP: Record<StatusName, string> = {
  pending: 'Waits to run.',
  queued: 'Due, waits for a free slot.',
  scheduled: 'Due later.',
  blocked: 'Waits for other runs to succeed.',
  retrying: 'An attempt failed; waits for the next one.',
  running: 'Runs at this moment.',
  success: 'Ran to its end.',
  failed: 'Every attempt failed.',
  interrupted: 'Cut off by a shutdown or a crash, and not run again by itself.',
  cancelled: 'Stopped on request.',
}

/** True for a word that {@link STATUS_LABELS} knows. */
export function isStatusName(value: string): value is StatusName {
  return Object.hasOwn(STATUS_LABELS, value)
}

/** `2 of 4`; null before the first attempt. */
export function attemptsText(task: TaskJson): string | null {
  if (task.attempts_made < 1) return null
  return `${task.attempts_made} of ${Math.max(task.attempts_made, task.max_attempts)}`
}

/** `StripeConnectionError` of `StripeConnectionError: connect …`; null when it has no such head. */
export function errorName(error: string | null): string | null {
  return /^([A-Za-z_$][\w$.]*(?:Error|Exception|Timeout|Abort\w*)):?/.exec(error ?? '')?.[1] ?? null
}

/** The error without its name. */
export function errorMessage(error: string): string {
  const name = errorName(error)
  return name === null ? error : error.slice(name.length).replace(/^:\s*/, '')
}
