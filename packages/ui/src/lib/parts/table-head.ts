import { html, nothing, type TemplateResult } from 'lit'
import { icon } from './icons.ts'

/** A column head that sorts. */
export function sortHead(options: {
  label: string
  by: string
  sort: { by: string; order: 'asc' | 'desc' }
  select: (by: string, order: 'asc' | 'desc') => void
  classes?: string
  /** What the first click orders by. [asc] */
  first?: 'asc' | 'desc'
}): TemplateResult {
  const { label, by, sort, select, classes = '', first = 'asc' } = options
  const on = sort.by === by
  const next = on ? (sort.order === 'asc' ? 'desc' : 'asc') : first
  return html`<th
    class=${classes}
    scope="col"
    aria-sort=${on ? (sort.order === 'asc' ? 'ascending' : 'descending') : nothing}
  >
    <button class="sort" type="button" @click=${() => select(by, next)}>
      ${label}${on ? icon(sort.order === 'asc' ? 'arrowUp' : 'arrowDown') : nothing}
    </button>
  </th>`
}

/** `task-asc` as an order; `fallback` when it is none of `columns`. */
export function parseSort<By extends string>(
  text: string,
  columns: readonly By[],
  fallback: { by: By; order: 'asc' | 'desc' },
): { by: By; order: 'asc' | 'desc' } {
  const descending = text.startsWith('-')
  const by = columns.find((column) => column === text.slice(descending ? 1 : 0))
  return by ? { by, order: descending ? 'desc' : 'asc' } : fallback
}

/** Writes what {@link parseSort} reads. */
export function formatSort(by: string, order: 'asc' | 'desc'): string {
  return `${order === 'desc' ? '-' : ''}${by}`
}
