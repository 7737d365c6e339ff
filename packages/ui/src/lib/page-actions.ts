import type { PageActionName } from './events.ts'
import type { MessageKey } from './messages/messages.ts'

/** What a refusal of an action begins with. */
export const PAGE_ACTION_WORDS = {
  enqueue: 'The run',
  pause: 'Pause',
  resume: 'Resume',
  'retry-failed': 'The replay',
  'schedule-run': 'Run now',
  'schedule-pause': 'Pause',
  'schedule-resume': 'Resume',
  'schedule-remove': 'Remove',
} as const satisfies Record<PageActionName, MessageKey>
