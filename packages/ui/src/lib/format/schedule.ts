import type { ScheduleJson, ScheduleTickJson } from '@taskflow/core/client'
import { type MessageKey, t } from '../messages/messages.ts'
import type { IconName } from '../parts/icons.ts'
import { formatElapsed } from './duration.ts'

/** What became of a due time, in words. */
export const TICK_LABELS = {
  ran: 'Ran',
  late: 'Ran late',
  missed: 'Missed',
  manual: 'Run by hand',
  invalid: 'Input refused',
  skipped_overlap: 'Skipped, overlap',
} as const satisfies Record<ScheduleTickJson['outcome'], MessageKey>

/** Icon and colour of what became of a due time. */
export const TICK_MARKS: Record<ScheduleTickJson['outcome'], { icon: IconName; colour: string }> = {
  ran: { icon: 'check', colour: 'success' },
  late: { icon: 'clock', colour: 'retrying' },
  missed: { icon: 'slashed', colour: 'interrupted' },
  manual: { icon: 'play', colour: 'adhoc' },
  invalid: { icon: 'cross', colour: 'failed' },
  skipped_overlap: { icon: 'bars', colour: 'blocked' },
}

/** What a schedule does now. */
export const STATE_LABELS = {
  pending: 'Not stored yet',
  scheduled: 'Waiting',
  paused: 'Paused',
} as const satisfies Record<ScheduleJson['state'], MessageKey>

/** What happens to due times that nobody was there for. */
export const MISFIRE_LABELS = {
  latest: 'runs the latest, the others are missed',
  skip: 'are missed',
  all: 'all run',
} as const satisfies Record<ScheduleJson['misfire'], MessageKey>

/** What happens when a run is due while the one before goes on. */
export const OVERLAP_LABELS = {
  skip: 'the due time is skipped',
  queue: 'one waits',
  allow: 'both run',
} as const satisfies Record<ScheduleJson['overlap'], MessageKey>

/** `in 2m 05s`, as a countdown to the second below an hour; `due` when it is past. */
export function formatCountdown(at: number, now: number): string {
  const seconds = Math.ceil((at - now) / 1000)
  if (seconds <= 0) return t('due')
  return t('in {time}', { time: formatElapsed(seconds) })
}
