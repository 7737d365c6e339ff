import type { ActionJson, TaskDetailJson } from '@taskflow/core/client'
import { shortId } from '../format/number.ts'
import { visibleText } from '../format/visible-text.ts'
import { t } from '../messages/messages.ts'
import type { DashboardStore } from '../store/dashboard-store.ts'
import type { TaskflowDialogsElement } from './dialogs/dialogs.ts'

/** Asks whether a run is to be cancelled; by `force`, one that does not listen. */
export function confirmCancel(
  dialogs: TaskflowDialogsElement,
  id: string,
  force = false,
): Promise<boolean> {
  return dialogs.confirm({
    title: force ? t('Force cancel this run?') : t('Cancel {id}?', { id: shortId(id) }),
    text: force
      ? t(
          'It is recorded as cancelled at once, whether or not its work has stopped. Whatever it still does goes on unseen.',
        )
      : t(
          'What waits never runs. What runs is asked to stop; work that does not listen ends by itself.',
        ),
    confirm: force ? t('Force cancel') : t('Cancel run'),
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
