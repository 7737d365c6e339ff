import { type ActionName, TaskflowActionErrorEvent } from './events.ts'
import { shortId } from './format/number.ts'
import { speakAs } from './messages/language.ts'
import { type PlainKey, t } from './messages/messages.ts'
import { PAGE_ACTION_WORDS } from './page-actions.ts'
import type { DashboardStore } from './store/dashboard-store.ts'

const WORDS = {
  retry: 'Retry',
  cancel: 'Cancel',
  run: 'Run now',
  'bulk-retry': 'Retry',
  'bulk-cancel': 'Cancel',
  'clear-history': 'Clearing the history',
  ...PAGE_ACTION_WORDS,
} as const satisfies Record<ActionName, PlainKey>

/** An action did not go through: says so, and why. */
export function announceFailure(
  element: HTMLElement,
  store: DashboardStore,
  action: ActionName,
  ids: string[],
  cause: unknown,
) {
  const error = store.failure(cause)
  speakAs(element)
  const [id] = ids
  const what =
    ids.length === 1 && id !== undefined
      ? t('{action} of {id}', { action: t(WORDS[action]), id: shortId(id) })
      : t(WORDS[action])
  const title =
    error.status === 0
      ? t('{action} was not sent', { action: what })
      : t('{action} was refused', { action: what })
  element.dispatchEvent(
    new TaskflowActionErrorEvent(action, ids, error, { title, text: error.detail }),
  )
  return error
}
