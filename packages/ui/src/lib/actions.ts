import type {
  ActionJson,
  BulkCancelJson,
  BulkRetryJson,
  TaskFilterQuery,
} from '@taskflow/core/client'
import { announceFailure } from './action-failure.ts'
import { type ActionSummary, TaskflowActionDoneEvent, TaskflowActionEvent } from './events.ts'
import { shortId } from './format/number.ts'
import { speakAs } from './messages/language.ts'
import { type PlainKey, t } from './messages/messages.ts'
import type { DashboardStore } from './store/dashboard-store.ts'
import { runsRoute } from './url/route.ts'

/** What can be done to one run. */
export type RunAction = 'retry' | 'cancel' | 'run'

/** How far an action on one run is. */
export type ActionProgress =
  | { action: RunAction; state: 'sending' }
  | { action: RunAction; state: 'done'; newId: string }
  | { action: RunAction; state: 'refused'; message: string; status: number }

/**
 * Announces an action on `element`, carries it out unless a listener prevented it, and announces how
 * it went. Null when it was prevented.
 */
export async function performAction(
  element: HTMLElement,
  store: DashboardStore,
  action: RunAction,
  id: string,
  options: { force?: boolean } = {},
): Promise<ActionProgress | null> {
  if (!element.dispatchEvent(new TaskflowActionEvent(action, [id]))) return null
  try {
    const result = await send(store, action, id, options)
    announceRun(element, store, action, id, result)
    return { action, state: 'done', newId: result.task_id }
  } catch (cause) {
    const error = announceFailure(element, store, action, [id], cause)
    return { action, state: 'refused', message: error.detail, status: error.status }
  }
}

function send(store: DashboardStore, action: RunAction, id: string, options: { force?: boolean }) {
  if (action === 'retry') return store.client.retry(id)
  return action === 'run' ? store.client.runNow(id) : store.client.cancel(id, options)
}

/** An action on one run went through. */
export function announceRun(
  element: HTMLElement,
  store: DashboardStore,
  action: RunAction,
  id: string,
  result: ActionJson,
): void {
  store.accept(result.task)
  speakAs(element)
  element.dispatchEvent(
    new TaskflowActionDoneEvent(action, [id], result, summaryOf(action, id, result)),
  )
}

function summaryOf(action: RunAction, id: string, result: ActionJson): ActionSummary {
  const short = shortId(id)
  if (action === 'run') return { title: t('{id} is due now', { id: short }) }
  if (action === 'cancel') {
    const done = result.task.status === 'cancelled'
    return {
      title: done ? t('Cancelled {id}', { id: short }) : t('Asked {id} to stop', { id: short }),
    }
  }
  return {
    title: t('Queued as {id}', { id: shortId(result.task_id) }),
    text: result.duplicate
      ? t('An earlier retry of {id} stands in.', { id: short })
      : t('A retry of {id}.', { id: short }),
    route: { ...runsRoute(), runId: result.task_id },
  }
}

/** Runs that are acted on together: by id, or all that match. */
export type BulkTarget = { ids: string[] } | { filter: TaskFilterQuery; expected: number }

const MAX_IDS = 1000

/** How many runs an action by filter would be about, and how many of them it would skip. */
export async function countBulk(
  store: DashboardStore,
  action: 'retry' | 'cancel',
  filter: TaskFilterQuery,
): Promise<{ count: number; skipped: number }> {
  const report = await sendBulk(store, action, { filter, dry_run: true })
  return { count: report.done, skipped: report.skipped }
}

/** As {@link performAction} for many. False when it was prevented or refused. */
export async function performBulk(
  element: HTMLElement,
  store: DashboardStore,
  action: 'retry' | 'cancel',
  target: BulkTarget,
): Promise<boolean> {
  const name = `bulk-${action}` as const
  const ids = 'ids' in target ? target.ids : []
  const filter = 'filter' in target ? target.filter : null
  if (!element.dispatchEvent(new TaskflowActionEvent(name, ids, filter))) return false
  try {
    const report = await sendTarget(store, action, target)
    speakAs(element)
    const skipped = skippedText(report)
    element.dispatchEvent(
      new TaskflowActionDoneEvent(name, ids, report.json, {
        title:
          action === 'retry'
            ? t('{count} run queued|{count} runs queued', { count: report.done })
            : t('{count} run cancelled or asked to stop|{count} runs cancelled or asked to stop', {
                count: report.done,
              }),
        ...(skipped && { text: skipped }),
      }),
    )
    return true
  } catch (cause) {
    announceFailure(element, store, name, ids, cause)
    return false
  }
}

interface BulkReport {
  done: number
  skipped: number
  reasons: string[]
  json: BulkRetryJson | BulkCancelJson
}

async function sendTarget(
  store: DashboardStore,
  action: 'retry' | 'cancel',
  target: BulkTarget,
): Promise<BulkReport> {
  if ('filter' in target) return sendBulk(store, action, target)
  let sum: BulkReport | undefined
  for (let at = 0; at < target.ids.length; at += MAX_IDS) {
    const part = await sendBulk(store, action, { task_ids: target.ids.slice(at, at + MAX_IDS) })
    sum = {
      done: part.done + (sum?.done ?? 0),
      skipped: part.skipped + (sum?.skipped ?? 0),
      reasons: [...(sum?.reasons ?? []), ...part.reasons],
      json: part.json,
    }
  }
  return sum ?? sendBulk(store, action, { task_ids: [] })
}

async function sendBulk(
  store: DashboardStore,
  action: 'retry' | 'cancel',
  body: Parameters<DashboardStore['client']['bulkRetry']>[0],
): Promise<BulkReport> {
  const json =
    action === 'retry' ? await store.client.bulkRetry(body) : await store.client.bulkCancel(body)
  return {
    done: 'dispatched' in json ? json.dispatched : json.cancelled,
    skipped: json.skipped,
    reasons: json.results.flatMap(({ reason }) => (reason === undefined ? [] : [reason])),
    json,
  }
}

const REASONS: Partial<Record<string, PlainKey>> = {
  not_found: 'gone',
  wrong_status: 'in another state by now',
  unknown_function: 'no longer registered',
  invalid_payload: 'input refused by the schema',
  already_retried: 'retried before',
  retried_before: 'retried before',
}

/** `2 skipped: no longer registered` */
function skippedText({ skipped, reasons }: BulkReport): string {
  if (skipped === 0) return ''
  const counts = new Map<string, number>()
  for (const reason of reasons) {
    const known = REASONS[reason]
    const words = known ? t(known) : reason
    counts.set(words, (counts.get(words) ?? 0) + 1)
  }
  const parts = [...counts].map(([words, count]) => (counts.size > 1 ? `${count} ${words}` : words))
  return parts.length > 0
    ? t('{count} skipped: {reasons}', { count: skipped, reasons: parts.join(', ') })
    : t('{count} skipped', { count: skipped })
}
