import type { ActionJson, TaskDetailJson } from '@taskflow/core/client'
import { shortId } from '../format/number.ts'
import { visibleText } from '../format/visible-text.ts'
import { t } from '../messages/messages.ts'
import type { DashboardStore } from '../store/dashboard-store.ts'
import type { TaskflowDialogsElement } from './dialogs/dialogs.ts'

/** Asks whether a run is to be cancelled. */
export function confirmCancel(dialogs: TaskflowDialogsElement, id: string): Promise<boolean> {
  return dialogs.confirm({
    title: t('Cancel {id}?', { id: shortId(id) }),
    text: t(
      'What waits never runs. What runs is asked to stop; work that does not listen ends by itself.',
    ),
    confirm: t('Cancel run'),
    danger: true,
  })
}

/** Asks whether a run is to be given up that does not listen. */
export function confirmForce(dialogs: TaskflowDialogsElement): Promise<boolean> {
  return dialogs.confirm({
    title: t('Force cancel this run?'),
    text: t(
      'It is recorded as cancelled at once, whether or not its work has stopped. Whatever it still does goes on unseen.',
    ),
    confirm: t('Force cancel'),
    danger: true,
  })
}

/** Asks for another input and starts a run with it; null when nothing was started. */
export function retryChanged(
  dialogs: TaskflowDialogsElement,
  store: DashboardStore,
  task: TaskDetailJson,
): Promise<ActionJson | null> {
  return dialogs.editRun({
    title: t('Retry {task} with changed input', { task: visibleText(task.func_name) }),
    text: t('A new run starts with this input. The old one stays as it is.'),
    confirm: t('Retry'),
    payload: task.payload,
    send: (payload) => store.client.retry(task.task_id, { payload }),
    failure: (cause) => store.failure(cause),
  })
}
