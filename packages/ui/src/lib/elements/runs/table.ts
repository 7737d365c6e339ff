import type { TaskJson, TaskSort } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatDuration, formatElapsed } from '../../format/duration.ts'
import { shortId } from '../../format/number.ts'
import { attemptsText } from '../../format/phase.ts'
import { formatAbsolute, formatRelative } from '../../format/time.ts'
import { excerpt, visibleText } from '../../format/visible-text.ts'
import { icon } from '../../parts/icons.ts'
import { orMissing, sourceBadge, statusText } from '../../parts/status.ts'
import type { RunSort } from '../../store/filter.ts'
import type { RunRow } from '../../store/run-list.ts'

interface Column {
  id: string
  label: string
  /** Undefined: cannot be sorted by. */
  sort?: TaskSort
  /** Order of the first click. */
  first?: 'asc' | 'desc'
}

const COLUMNS: readonly Column[] = [
  { id: 'state', label: 'Status', sort: 'status', first: 'asc' },
  { id: 'task', label: 'Task', sort: 'func_name', first: 'asc' },
  { id: 'id', label: 'Id' },
  { id: 'attempts', label: 'Attempts', sort: 'retries_used', first: 'desc' },
  { id: 'duration', label: 'Duration', sort: 'duration', first: 'desc' },
  { id: 'created', label: 'Created', sort: 'created_at', first: 'desc' },
  { id: 'error', label: 'Error' },
]

/** What the table shows and whom it tells. */
export interface TableOptions {
  rows: readonly RunRow[]
  sort: RunSort
  now: number
  /** -1 when the number of all rows is not known exactly. */
  rowCount: number
  firstIndex: number
  /** The row that Tab reaches. */
  activeId: string | null
  openId: string | null
  copiedId: string | null
  busy: boolean
  onSort: (sort: RunSort) => void
  onOpen: (id: string) => void
  onCopy: (id: string, button: HTMLElement) => void
}

/** The grid of runs. Rows are keyed, so that a change touches only its own cells. */
export function runTable(options: TableOptions): TemplateResult {
  const { rows, sort, rowCount } = options
  return html`<table
    role="grid"
    part="table"
    aria-label="Runs"
    aria-rowcount=${rowCount}
    aria-busy=${options.busy}
  >
    <thead role="rowgroup">
      <tr role="row" aria-rowindex="1">
        ${COLUMNS.map((column) => heading(column, sort, options.onSort))}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${repeat(
        rows,
        ({ task }) => task.task_id,
        (row, index) => bodyRow(row, index, options),
      )}
    </tbody>
  </table>`
}

function heading(
  { id, label, sort: by, first }: Column,
  sort: RunSort,
  onSort: (s: RunSort) => void,
) {
  if (!by) return html`<th class=${id} role="columnheader" scope="col">${label}</th>`
  const active = sort.by === by
  const flipped = sort.order === 'asc' ? 'desc' : 'asc'
  return html`<th
    class="${id} ${active ? 'sorted' : ''}"
    role="columnheader"
    scope="col"
    aria-sort=${active ? (sort.order === 'asc' ? 'ascending' : 'descending') : 'none'}
  >
    <button
      type="button"
      data-sort=${by}
      @click=${() => onSort({ by, order: active ? flipped : (first ?? 'asc') })}
    >
      ${label}${active ? icon(sort.order === 'asc' ? 'arrowUp' : 'arrowDown', 'small') : nothing}
    </button>
  </th>`
}

function bodyRow({ task, stale, changes }: RunRow, index: number, options: TableOptions) {
  const { now, openId, activeId, copiedId } = options
  const id = task.task_id
  const created = Date.parse(task.created_at)
  const copied = copiedId === id
  return html`<tr
    role="row"
    part="row"
    data-id=${id}
    class="${stale ? 'stale' : ''} ${changes > 0 ? (changes % 2 ? 'changed-a' : 'changed-b') : ''}"
    aria-rowindex=${options.firstIndex + index + 2}
    aria-selected=${openId === id}
    tabindex=${(activeId ?? options.rows[0]?.task.task_id) === id ? 0 : -1}
    title=${stale ? 'Changed since: no longer matches the filter' : nothing}
    @click=${() => options.onOpen(id)}
  >
    <td class="status-cell" role="gridcell">${statusText(task.phase)}</td>
    <td class="task" role="gridcell">
      <span class="task-line"
        ><span class="name truncate" title=${visibleText(task.func_name)}>${visibleText(task.func_name)}</span
        >${sourceBadge(task)}</span
      >
    </td>
    <td class="id" role="gridcell">
      <span class="mono" title=${id}>${shortId(id)}</span
      ><button
        class="copy ${copied ? 'done' : ''}"
        type="button"
        tabindex="-1"
        aria-label=${copied ? 'Copied' : 'Copy id'}
        title=${copied ? 'Copied' : 'Copy id (y)'}
        @click=${(event: MouseEvent) => {
          event.stopPropagation()
          options.onCopy(id, event.currentTarget as HTMLElement)
        }}
      >
        ${icon(copied ? 'check' : 'copy', 'small')}
      </button>
    </td>
    <td class="attempts" role="gridcell">${orMissing(attemptsText(task))}</td>
    <td class="duration" role="gridcell">${orMissing(durationText(task, now))}</td>
    <td class="created" role="gridcell">
      <time datetime=${task.created_at} title=${formatAbsolute(created)}>${formatRelative(created, now)}</time>
    </td>
    <td class="error truncate" role="gridcell" title=${task.error ? visibleText(task.error) : nothing}>
      ${task.error ? excerpt(task.error) : nothing}
    </td>
  </tr>`
}

/** How long it took, or how long it has been running. */
function durationText(task: TaskJson, now: number): string | null {
  if (task.duration !== null) return formatDuration(task.duration)
  if (task.status !== 'running' || !task.start_time) return null
  return formatElapsed((now - Date.parse(task.start_time)) / 1000)
}
