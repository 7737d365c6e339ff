import {
  type ActionName,
  TaskflowActionDoneEvent,
  TaskflowActionErrorEvent,
  TaskflowActionEvent,
} from './events.ts'
import type { DashboardStore } from './store/dashboard-store.ts'

/** How far an action on one run is. */
export type ActionProgress =
  | { action: ActionName; state: 'sending' }
  | { action: ActionName; state: 'done'; newId: string }
  | { action: ActionName; state: 'refused'; message: string; status: number }

/**
 * Announces an action on `element`, carries it out unless a listener prevented it, and announces how
 * it went. Null when it was prevented.
 */
export async function performAction(
  element: HTMLElement,
  store: DashboardStore,
  action: ActionName,
  id: string,
): Promise<ActionProgress | null> {
  if (!element.dispatchEvent(new TaskflowActionEvent(action, [id]))) return null
  try {
    const result = await store.client[action](id)
    store.accept(result.task)
    element.dispatchEvent(new TaskflowActionDoneEvent(action, [id], result))
    return { action, state: 'done', newId: result.task_id }
  } catch (cause) {
    const error = store.failure(cause)
    element.dispatchEvent(new TaskflowActionErrorEvent(action, [id], error))
    return { action, state: 'refused', message: error.detail, status: error.status }
  }
}
