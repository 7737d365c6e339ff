import type { ActionJson, FunctionJson, PausedJson } from '@taskflow/core/client'
import { html, type TemplateResult } from 'lit'
import { type ActionSummary, TaskflowActionDoneEvent, TaskflowActionEvent } from '../../events.ts'
import { shortId } from '../../format/number.ts'
import { visibleText } from '../../format/visible-text.ts'
import { speakAs } from '../../messages/language.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { runRoute } from '../../url/route.ts'
import { dialogsOf } from '../overlays.ts'
import { RunTaskForm } from './run-task-form.ts'

/** Says that a task or a schedule is paused. */
export function pausedBadge(): TemplateResult {
  return html`<span class="badge" data-status="blocked">${icon('pause')}${t('Paused')}</span>`
}

/** How a task is paused or resumed, and what is said about it. */
export function setPaused(name: string, paused: boolean) {
  return {
    action: paused ? ('pause' as const) : ('resume' as const),
    send: ({ client }: DashboardStore) => (paused ? client.pause(name) : client.resume(name)),
    summary: (_: PausedJson): ActionSummary => ({
      title: paused
        ? t('Paused {name}', { name: visibleText(name) })
        : t('Resumed {name}', { name: visibleText(name) }),
      text: paused
        ? t('No instance starts it until it is resumed; what runs goes on.')
        : t('What waited starts as there is room.'),
    }),
  }
}

/** Asks for the input of an ad hoc run and starts it. */
export async function startRun(
  element: HTMLElement & { renderRoot: ParentNode },
  task: FunctionJson,
  store: DashboardStore | undefined,
): Promise<void> {
  const name = task.func_name
  if (!store || !element.dispatchEvent(new TaskflowActionEvent('enqueue', [name]))) return
  const dialogs = await dialogsOf(element)
  const started = (await dialogs?.show(new RunTaskForm(store, task))) as
    | ActionJson
    | null
    | undefined
  if (!started) return
  speakAs(element)
  store.accept(started.task)
  element.dispatchEvent(
    new TaskflowActionDoneEvent('enqueue', [name], started, {
      title: t('Queued as {id}', { id: shortId(started.task_id) }),
      text: t('An ad hoc run of {task}.', { task: visibleText(name) }),
      route: runRoute(started.task_id),
    }),
  )
}
