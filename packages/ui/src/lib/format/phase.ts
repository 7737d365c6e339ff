import type { TaskJson, TaskPhase } from '@taskflow/core/client'
import { type MessageKey, type PlainKey, t, word } from '../messages/messages.ts'

/** Everything a status badge can show: the phases, and the word for all that is pending. */
export type StatusName = TaskPhase | 'pending'

const LABELS = {
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
} as const satisfies Record<StatusName, PlainKey>

const HELP = {
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
} as const satisfies Record<StatusName, PlainKey>

const COUNTS = {
  pending: '{count} pending',
  queued: '{count} pending',
  scheduled: '{count} scheduled',
  blocked: '{count} blocked',
  retrying: '{count} retrying',
  running: '{count} running',
  success: '{count} succeeded',
  failed: '{count} failed',
  interrupted: '{count} interrupted',
  cancelled: '{count} cancelled',
} as const satisfies Record<StatusName, MessageKey>

const SOURCES: Partial<Record<string, PlainKey>> = {
  adhoc: 'ad hoc',
  manual: 'manual',
  scheduled: 'scheduled',
}

/** The word people read for a phase. */
export function statusLabel(name: StatusName): string {
  return word(LABELS[name])
}

/** One line on what a phase means. */
export function statusHelp(name: StatusName): string {
  return word(HELP[name])
}

/** `3 failed` */
export function statusCount(name: StatusName, count: number): string {
  return t(COUNTS[name], { count })
}

/** What made a run, in a word; one that is not known, by its own name. */
export function sourceLabel(source: string): string {
  const known = SOURCES[source]
  return known ? word(known) : source
}

/** True for a word that {@link statusLabel} knows. */
export function isStatusName(value: string): value is StatusName {
  return Object.hasOwn(LABELS, value)
}

/** `2 of 4`; null before the first attempt. */
export function attemptsText(task: TaskJson): string | null {
  if (task.attempts_made < 1) return null
  return t('{at} of {total}', {
    at: task.attempts_made,
    total: Math.max(task.attempts_made, task.max_attempts),
  })
}

/** `StripeConnectionError` of `StripeConnectionError: connect …`; null when it has no such head. */
export function errorName(error: string | null): string | null {
  return (
    /^(?:[A-Za-z_$][\w$.]*(?:Error|Exception|Timeout|Abort\w*)|(?:[A-Z][a-z\d]+){2,}(?=: ))/.exec(
      error ?? '',
    )?.[0] ?? null
  )
}

/** The error without its name. */
export function errorMessage(error: string): string {
  const name = errorName(error)
  return name === null ? error : error.slice(name.length).replace(/^:\s*/, '')
}
