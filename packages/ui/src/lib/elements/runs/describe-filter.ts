import { STATUS_LABELS } from '../../format/phase.ts'
import { visibleText } from '../../format/visible-text.ts'
import { type RunFilter, TIME_RANGES } from '../../store/filter.ts'

/** The filters in words, for the page that says that nothing matches. */
export function describeFilter(filter: RunFilter): string {
  const parts: string[] = []
  if (filter.status.length > 0) {
    parts.push(`status ${filter.status.map((name) => STATUS_LABELS[name]).join(' or ')}`)
  }
  if (filter.func) parts.push(`task ${visibleText(filter.func)}`)
  if (filter.since) {
    const range = TIME_RANGES.find(({ value }) => value === filter.since)
    parts.push(`created in the ${range ? range.label.toLowerCase() : `last ${filter.since}`}`)
  }
  if (filter.q.trim()) parts.push(`“${visibleText(filter.q.trim())}”`)
  return `Filtered by ${parts.join(', ')}.`
}
