import { announceFailure, countBulk, performBulk } from '../../actions.ts'
import { TaskflowActionDoneEvent, TaskflowActionEvent } from '../../events.ts'
import { plural } from '../../format/number.ts'
import { needElement } from '../../lazy.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { type RunFilter, toFilterQuery } from '../../store/filter.ts'
import type { TaskflowDialogsElement } from '../dialogs/dialogs.ts'
import type { Selection } from './selection.ts'

/** The dialogs of an element, their code fetched when it is the first time. */
export async function dialogsOf(host: { renderRoot: ParentNode }): Promise<TaskflowDialogsElement> {
  await needElement('taskflow-dialogs')
  const dialogs = host.renderRoot.querySelector<TaskflowDialogsElement>('taskflow-dialogs')
  if (!dialogs) throw new Error('expected <taskflow-dialogs> in the element')
  return dialogs
}

interface Host extends HTMLElement {
  renderRoot: ParentNode
}

/** Retries or cancels what is ticked; what is meant by the filter is counted and asked for first. */
export async function actOnSelection(options: {
  host: Host
  store: DashboardStore
  action: 'retry' | 'cancel'
  selection: Selection
  filter: RunFilter
}): Promise<void> {
  const { host, store, action, selection, filter } = options
  const verb = action === 'retry' ? 'Retry' : 'Cancel'
  const text =
    action === 'retry'
      ? 'New runs start with the same input. The old ones stay as they are. This cannot be undone.'
      : 'What waits never runs. What runs is asked to stop; work that does not listen ends by itself.'
  if (!selection.allMatching) {
    const ids = action === 'retry' ? selection.retryable : selection.cancellable
    const what = `${verb} ${plural(ids.length, 'run')}`
    const dialogs = await dialogsOf(host)
    const danger = action === 'cancel'
    if (
      !(await dialogs.confirm({
        title: `${what}?`,
        text,
        confirm: what,
        danger,
        count: ids.length,
      }))
    ) {
      return
    }
    if (await performBulk(host, store, action, { ids })) selection.clear()
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
  const what = `${verb} ${plural(count, 'run')}`
  const dialogs = await dialogsOf(host)
  const left = skipped > 0 ? ` ${plural(skipped, 'other')} that match are left out.` : ''
  const sure = await dialogs.confirm({
    title:
      count === 0
        ? `None of them can be ${action === 'retry' ? 'retried' : 'cancelled'}`
        : `${what}?`,
    text: count === 0 ? 'No run that matches is in a state for it.' : text + left,
    confirm: count === 0 ? 'All right' : what,
    danger: action === 'cancel' && count > 0,
    count,
  })
  if (!sure || count === 0) return
  const target = { filter: query, expected: count + skipped }
  if (await performBulk(host, store, action, target)) selection.clear()
}

/** Asks for an age, counts, deletes, and says how many. */
export async function clearHistory(host: Host, store: DashboardStore): Promise<void> {
  if (!host.dispatchEvent(new TaskflowActionEvent('clear-history', []))) return
  const dialogs = await dialogsOf(host)
  const deleted = await dialogs.clearHistory(store)
  if (deleted === null) return
  const title = `Deleted ${plural(deleted, 'run')}`
  host.dispatchEvent(new TaskflowActionDoneEvent('clear-history', [], { deleted }, { title }))
}
