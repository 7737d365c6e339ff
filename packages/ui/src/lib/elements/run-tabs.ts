import { isRetryable, type TaskDetailJson } from '@taskflow/core/client'
import { formatCount } from '../format/number.ts'
import { t } from '../messages/messages.ts'
import type { TabItem } from '../parts/tabs.ts'
import type { DashboardStore } from '../store/dashboard-store.ts'

/** A tab for everything there is to see of a run. */
export function tabItems(task: TaskDetailJson): TabItem[] {
  const items: TabItem[] = [{ id: 'overview', label: t('Overview') }]
  const add = (id: string, label: string, count = 0) =>
    items.push({ id, label, ...(count > 0 && { count: formatCount(count) }) })
  if (task.attempts.length > 0) add('attempts', t('Attempts'), task.attempts.length)
  // What attempts threw stands under stderr, also where nothing was logged.
  if (task.log_count > 0 || task.attempts.some(({ error }) => error)) {
    add('logs', t('Logs'), task.log_count)
  }
  if (task.error || task.stacktrace) add('error', t('Error'))
  if (task.payload_hidden || task.payload !== undefined || task.result !== undefined) {
    add('data', t('Input and output'))
  }
  if (task.lifecycle.length > 1) add('events', t('Events'), task.lifecycle.length)
  const tied = task.parents.length + task.children.length
  if (tied > 0 || task.retry_of || task.flow_id || isRetryable(task.status)) {
    add('related', t('Related'))
  }
  return items
}

/** The elements that a tab is made of, beside those that a run always has. */
export function elementsOf(tab: string, mode: 'panel' | 'page'): string[] {
  if (tab === 'logs') return ['taskflow-logs']
  if (tab === 'error' || (tab === 'overview' && mode === 'panel')) return []
  return ['taskflow-run-parts', ...(tab === 'data' ? ['taskflow-json'] : [])]
}

/** What is said of a run that is no more. */
export function goneText(store: DashboardStore): string {
  const seconds = store.overview?.config.retention_seconds
  const days = seconds ? Math.round(seconds / 86_400) : 0
  return days > 0
    ? t(
        'It was deleted or never existed. Finished runs are kept for {count} day.|It was deleted or never existed. Finished runs are kept for {count} days.',
        { count: days },
      )
    : t('It was deleted or never existed.')
}

/** The tab of the log at a line, or at a range of lines. */
export function linesTab(first: number, last = first): string {
  return `logs:${first}${last > first ? `-${last}` : ''}`
}
