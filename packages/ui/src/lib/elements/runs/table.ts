import type { TaskJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { shortId } from '../../format/number.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import type { RunSort } from '../../store/filter.ts'
import type { RunRow } from '../../store/run-list.ts'
import type { CellContext, shownColumns } from './columns.ts'
import type { Selection } from './selection.ts'

type Column = ReturnType<typeof shownColumns>[number]

/** What the table shows and whom it tells. */
export interface TableOptions extends CellContext {
  rows: readonly RunRow[]
  columns: readonly Column[]
  sort: RunSort
  /** -1 when the number of all rows is not known exactly. */
  rowCount: number
  firstIndex: number
  /** The row that Tab reaches. */
  activeId: string | null
  openId: string | null
  copiedId: string | null
  busy: boolean
  /** Null: rows cannot be selected. */
  selection: Selection | null
  onSort: (sort: RunSort) => void
  onOpen: (id: string) => void
  onCopy: (id: string, button: HTMLElement) => void
  onMenu: (task: TaskJson, button: HTMLElement) => void
}

/** The grid of runs. Rows are keyed, so that a change touches only its own cells. */
export function runTable(options: TableOptions): TemplateResult {
  const { rows, sort, rowCount, columns, selection } = options
  return html`<table
    role="grid"
    part="table"
    aria-label=${t('Runs')}
    aria-rowcount=${rowCount}
    aria-multiselectable=${selection ? 'true' : nothing}
    aria-busy=${options.busy}
  >
    <thead role="rowgroup">
      <tr role="row" aria-rowindex="1">
        ${selection ? selectAll(selection) : nothing}
        ${columns.map((column) => heading(column, sort, options.onSort))}
        <th class="actions" role="columnheader" scope="col">
          <span class="visually-hidden">${t('Actions')}</span>
        </th>
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

function selectAll(selection: Selection) {
  const state = selection.pageState
  return html`<th class="pick" role="columnheader" scope="col">
    <input
      class="check"
      type="checkbox"
      aria-label=${t('Select all runs of this page that can be retried or cancelled')}
      .checked=${state === 'all'}
      .indeterminate=${state === 'some'}
      ?disabled=${state === 'impossible'}
      @click=${() => selection.setPage(state !== 'all')}
    />
  </th>`
}

function heading(
  { id, label, sort: by, first, end }: Column,
  sort: RunSort,
  onSort: (s: RunSort) => void,
) {
  const classes = `${id} ${end ? 'end' : ''}`
  if (!by) return html`<th class=${classes} role="columnheader" scope="col">${t(label)}</th>`
  const active = sort.by === by
  const flipped = sort.order === 'asc' ? 'desc' : 'asc'
  return html`<th
    class="${classes} ${active ? 'sorted' : ''}"
    role="columnheader"
    scope="col"
    aria-sort=${active ? (sort.order === 'asc' ? 'ascending' : 'descending') : 'none'}
  >
    <button
      type="button"
      data-sort=${by}
      @click=${() => onSort({ by, order: active ? flipped : (first ?? 'asc') })}
    >
      ${t(label)}${active ? icon(sort.order === 'asc' ? 'arrowUp' : 'arrowDown', 'small') : nothing}
    </button>
  </th>`
}

function bodyRow({ task, stale, changes }: RunRow, index: number, options: TableOptions) {
  const { openId, activeId, selection } = options
  const id = task.task_id
  const picked = selection?.has(id) ?? false
  return html`<tr
    role="row"
    part="row"
    data-id=${id}
    class="${stale ? 'stale' : ''} ${picked ? 'picked' : ''} ${changes > 0 ? (changes % 2 ? 'changed-a' : 'changed-b') : ''}"
    aria-rowindex=${options.firstIndex + index + 2}
    aria-selected=${selection ? picked : openId === id}
    aria-current=${openId === id ? 'true' : nothing}
    tabindex=${(activeId ?? options.rows[0]?.task.task_id) === id ? 0 : -1}
    title=${stale ? t('Changed since: no longer matches the filter') : nothing}
    @click=${() => options.onOpen(id)}
  >
    ${selection ? pick(task, selection, picked) : nothing}
    ${options.columns.map(
      (column) => html`<td
        class="${column.id === 'state' ? 'status-cell' : column.id} ${column.end ? 'end' : ''}"
        role="gridcell"
        part="cell"
      >
        ${column.cell(task, options)}${column.id === 'id' ? copyButton(id, options) : nothing}
      </td>`,
    )}
    <td class="actions" role="gridcell">${actions(task, options)}</td>
  </tr>`
}

function pick(task: TaskJson, selection: Selection, picked: boolean) {
  return html`<td class="pick" role="gridcell" @click=${(event: Event) => event.stopPropagation()}>
    <input
      class="check"
      type="checkbox"
      tabindex="-1"
      aria-label=${t('Select {name}', { name: `${visibleText(task.func_name)} ${shortId(task.task_id)}` })}
      .checked=${picked}
      ?disabled=${!selection.canSelect(task) && !selection.has(task.task_id)}
      @click=${(event: MouseEvent) => selection.toggle(task, event.shiftKey)}
    />
  </td>`
}

function copyButton(id: string, options: TableOptions) {
  const copied = options.copiedId === id
  return html`<button
    class="copy ${copied ? 'done' : ''}"
    type="button"
    tabindex="-1"
    aria-label=${copied ? t('Copied') : t('Copy id')}
    title=${copied ? t('Copied') : t('Copy id (y)')}
    @click=${(event: MouseEvent) => {
      event.stopPropagation()
      options.onCopy(id, event.currentTarget as HTMLElement)
    }}
  >
    ${icon(copied ? 'check' : 'copy', 'small')}
  </button>`
}

function actions(task: TaskJson, options: TableOptions) {
  const { href, click } = options.link({ runId: task.task_id, full: true, tab: '' })
  return html`<span class="row-actions">
    <a
      class="copy"
      href=${href}
      tabindex="-1"
      aria-label=${t('Open as a page')}
      title=${t('Open as a page (o)')}
      @click=${click}
      >${icon('eye', 'small')}</a
    ><button
      class="copy more"
      type="button"
      tabindex="-1"
      aria-haspopup="menu"
      aria-label=${t('Actions of {id}', { id: shortId(task.task_id) })}
      title=${t('Actions (m)')}
      @click=${(event: MouseEvent) => {
        event.stopPropagation()
        options.onMenu(task, event.currentTarget as HTMLElement)
      }}
    >
      ${icon('dots', 'small')}
    </button>
  </span>`
}
