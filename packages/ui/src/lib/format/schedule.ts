import type { ScheduleJson, ScheduleTickJson } from '@taskflow/core/client'
import type { IconName } from '../parts/icons.ts'
import { formatDuration } from './duration.ts'

/** What became of a due time, in words. */
export const TICK_LABELS: Record<ScheduleTickJson['outcome'], string> = {
  ran: 'Ran',
  late: 'Ran late',
  missed: 'Missed',
  manual: 'Run by hand',
  invalid: 'Input refused',
  skipped_overlap: 'Skipped, overlap',
}

/** Icon and colour of what became of a due time. */
export const TICK_MARKS: Record<ScheduleTickJson['outcome'], { icon: IconName; colour: string }> = {
  ran: { icon: 'check', colour: 'success' },
  late: { icon: 'clock', colour: 'retrying' },
  missed: { icon: 'slashed', colour: 'interrupted' },
  manual: { icon: 'play', colour: 'adhoc' },
  invalid: { icon: 'cross', colour: 'failed' },
  skipped_overlap: { icon: 'bars', colour: 'blocked' },
}

export const STATE_LABELS: Record<ScheduleJson['state'], string> = {
  pending: 'Not stored yet',
  scheduled: 'Waiting',
  paused: 'Paused',
}

/** What happens to due times that nobody was there for. */
export const MISFIRE_LABELS: Record<ScheduleJson['misfire'], string> = {
  latest: 'runs the latest, the others are missed',
  skip: 'are missed',
  all: 'all run',
}

/** What happens when a run is due while the one before goes on. */
export const OVERLAP_LABELS: Record<ScheduleJson['overlap'], string> = {
  skip: 'the due time is skipped',
  queue: 'one waits',
  allow: 'both run',
}

/** `in 2m 05s`, as a countdown to the second below an hour; `due` when it is past. */
export function formatCountdown(at: number, now: number): string {
  const seconds = Math.ceil((at - now) / 1000)
  if (seconds <= 0) return 'due'
  return seconds < 60 ? `in ${seconds}s` : `in ${formatDuration(seconds)}`
}
