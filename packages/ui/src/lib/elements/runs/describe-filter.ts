import { statusLabel } from '../../format/phase.ts'
import { visibleText } from '../../format/visible-text.ts'
import { listFormat } from '../../messages/formats.ts'
import { t } from '../../messages/messages.ts'
import { type RunFilter, timeRanges } from '../../store/filter.ts'

/** The filters in words, for the page that says that nothing matches. */
export function describeFilter(filter: RunFilter): string {
  const parts: string[] = []
  if (filter.status.length > 0) {
    const names = filter.status.map((name) => statusLabel(name))
    parts.push(t('status {names}', { names: listFormat('disjunction').format(names) }))
  }
  if (filter.func) parts.push(t('task {name}', { name: visibleText(filter.func) }))
  if (filter.since) {
    const range = timeRanges(filter.since).find(({ value }) => value === filter.since)
    parts.push(t('created: {range}', { range: range?.label ?? filter.since }))
  }
  if (filter.q.trim()) parts.push(`“${visibleText(filter.q.trim())}”`)
  return t('Filtered by {filters}.', { filters: parts.join(', ') })
}
