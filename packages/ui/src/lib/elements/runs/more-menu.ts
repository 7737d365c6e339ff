import { t } from '../../messages/messages.ts'
import { download } from '../../parts/download.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { type RunFilter, type RunSort, toTaskQuery } from '../../store/filter.ts'
import type { MenuItem } from '../menu.ts'

/** What is behind the three dots of the toolbar. */
export function moreMenu(options: {
  store: DashboardStore
  filter: RunFilter
  sort: RunSort
  openColumns: () => void
  help: () => void
  /** Null: not for who looks at the list. */
  clearHistory: (() => void) | null
}): MenuItem[] {
  const { store, filter, sort, openColumns, help, clearHistory } = options
  const items: MenuItem[] = [
    { label: t('Export as CSV'), icon: 'download', run: () => exportCsv(store, filter, sort) },
    { label: t('Columns'), icon: 'columns', run: openColumns },
    { label: t('Keys'), key: '?', run: help },
  ]
  if (!clearHistory) return items
  return [
    ...items,
    null,
    { label: t('Clear history…'), icon: 'trash', danger: true, run: clearHistory },
  ]
}

function exportCsv(store: DashboardStore, filter: RunFilter, sort: RunSort): void {
  const { limit: _, ...query } = toTaskQuery(filter, sort, 1)
  void download(store, '/export.csv', query, 'runs.csv')
}
