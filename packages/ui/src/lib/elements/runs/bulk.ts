import { announceFailure } from '../../action-failure.ts'
import { type BulkTarget, countBulk, performBulk } from '../../actions.ts'
import { TaskflowActionDoneEvent, TaskflowActionEvent } from '../../events.ts'
import { speakAs } from '../../messages/language.ts'
import { t } from '../../messages/messages.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { type RunFilter, toFilterQuery } from '../../store/filter.ts'
import { dialogsOf } from '../overlays.ts'
import type { BulkAction, Selection } from './selection.ts'

interface Host extends HTMLElement {
  renderRoot: ParentNode
}

/** Retries or cancels what is ticked; what is meant by the filter is counted and asked for first. */
export async function actOnSelection(options: {
  host: Host
  store: DashboardStore
  action: BulkAction
  selection: Selection
  filter: RunFilter
}): Promise<void> {
  const { host, store, action, selection, filter } = options
  const retries = action === 'retry'
  /** What is in no state for it is left out. */
  const isSure = async (count: number, skipped = 0) => {
    const dialogs = await dialogsOf(host)
    const left =
      skipped > 0
        ? t('{count} other that matches is left out.|{count} others that match are left out.', {
            count: skipped,
          })
        : ''
    const text = retries
      ? t(
          'New runs start with the same input. The old ones stay as they are. This cannot be undone.',
        )
      : t(
          'What waits never runs. What runs is asked to stop; work that does not listen ends by itself.',
        )
    const sure = await dialogs?.confirm(
      count === 0
        ? {
            title: retries ? t('None of them can be retried') : t('None of them can be cancelled'),
            text: t('No run that matches is in a state for it.'),
            confirm: t('All right'),
          }
        : {
            title: retries
              ? t('Retry {count} run?|Retry {count} runs?', { count })
              : t('Cancel {count} run?|Cancel {count} runs?', { count }),
            text: `${text} ${left}`.trim(),
            confirm: retries
              ? t('Retry {count} run|Retry {count} runs', { count })
              : t('Cancel {count} run|Cancel {count} runs', { count }),
            danger: !retries,
            count,
          },
    )
    return sure && count > 0
  }
  const perform = async (target: BulkTarget) => {
    if (await performBulk(host, store, action, target)) selection.clear()
  }
  if (!selection.allMatching) {
    const ids = selection.idsFor(action)
    if (await isSure(ids.length)) await perform({ ids })
    return
  }
  const query = toFilterQuery(filter)
  let counted: Awaited<ReturnType<typeof countBulk>>
  try {
    counted = await countBulk(store, action, query)
  } catch (cause) {
    announceFailure(host, store, `bulk-${action}`, [], cause)
    return
  }
  const { count, skipped } = counted
  if (await isSure(count, skipped)) await perform({ filter: query, expected: count + skipped })
}

/** Asks for an age, counts, deletes, and says how many. */
export async function clearHistory(host: Host, store: DashboardStore): Promise<void> {
  if (!host.dispatchEvent(new TaskflowActionEvent('clear-history', []))) return
  const dialogs = await dialogsOf(host)
  const deleted = await dialogs?.clearHistory(store)
  if (deleted == null) return
  speakAs(host)
  const title = t('Deleted {count} run|Deleted {count} runs', { count: deleted })
  host.dispatchEvent(new TaskflowActionDoneEvent('clear-history', [], { deleted }, { title }))
}
