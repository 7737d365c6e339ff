import type { PageActionName } from './events.ts'

/** What a refusal of an action begins with. */
export const PAGE_ACTION_WORDS: Record<PageActionName, string> = {
  enqueue: 'The run',
  pause: 'Pause',
  resume: 'Resume',
  'retry-failed': 'The replay',
  'schedule-run': 'Run now',
  'schedule-pause': 'Pause',
  'schedule-resume': 'Resume',
  'schedule-remove': 'Remove',
}
