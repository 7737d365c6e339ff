import type { TaskJson } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import { needElement } from '../../lazy.ts'
import { t } from '../../messages/messages.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { filterProblem, NO_FILTER, type RunFilter, type RunSort } from '../../store/filter.ts'
import { readPreferences, writePreferences } from '../../store/preferences.ts'
import { RunList } from '../../store/run-list.ts'
import { controls } from '../../styles/controls.ts'
import { notices } from '../../styles/notices.ts'
import { overlayStyles } from '../../styles/overlay.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { hostReset, tokens } from '../../styles/tokens.ts'
import { parseSort } from '../../url/route.ts'
import type { TaskflowRunElement } from '../run.ts'
import { StoreElement } from '../store-element.ts'
import { Ticker } from '../ticker.ts'
import { COLUMNS } from './columns.ts'
import { CopiedId } from './copied-id.ts'
import { countFilters } from './count-filters.ts'
import { detailPane } from './detail-pane.ts'
import { facetChips } from './facets.ts'
import { handleGridKey } from './grid-keys.ts'
import { GridView } from './grid-view.ts'
import { ListActions } from './list-actions.ts'
import { ListColumns } from './list-columns.ts'
import { ListOrder } from './list-order.ts'
import { ListPanels } from './list-panels.ts'
import { ListPlace } from './list-place.ts'
import { errorBanner, insteadOfRows, newcomers } from './list-states.ts'
import { pager } from './pager.ts'
import { paneStyles } from './pane.styles.ts'
import { PaneController } from './pane-controller.ts'
import { runsStyles } from './runs.styles.ts'
import { tableStyles } from './table.styles.ts'
import { runTable } from './table.ts'
import { toolbar } from './toolbar.ts'

/**
 * The list of runs, live, with filters, and the detail of one beside it.
 *
 * @fires taskflow-navigate - filter, order, open run or tab changed; cancelable
 * @fires taskflow-run-select - a run was chosen; cancelable: its detail is not opened
 * @fires taskflow-filter-change - the filter changed
 * @fires taskflow-selection-change - other runs are ticked
 * @fires taskflow-action - somebody retries, cancels, runs now or clears the history; cancelable
 * @fires taskflow-action-done - it went through
 * @fires taskflow-action-error - it was refused
 * @slot toolbar-end - after the filters
 * @slot bulk-actions - among the actions on ticked runs
 * @slot run-detail-end - below what a tab of the open run shows
 * @slot empty - instead of what is said when nothing has run yet
 * @csspart toolbar - query, task, time range and the rest
 * @csspart query - the field for the query language
 * @csspart chip - one status filter
 * @csspart table - the grid
 * @csspart row - one run
 * @csspart cell - one cell of it
 * @csspart drawer - the detail beside the list
 * @csspart bulk - what can be done to the ticked runs
 * @csspart pager - range, rows per page, previous and next
 */
export class TaskflowRunsElement extends StoreElement {
  static override styles = [
    tokens,
    hostReset,
    controls,
    statusStyles,
    notices,
    overlayStyles,
    runsStyles,
    paneStyles,
    tableStyles,
  ]
  static override properties: PropertyDeclarations = {
    filter: { converter: { fromAttribute: (q) => ({ ...NO_FILTER, q: q ?? '' }) } },
    sort: { converter: { fromAttribute: parseSort } },
    columns: { type: String },
    limit: { type: Number },
    selectable: { converter: { fromAttribute: (value) => value !== 'false' } },
    runId: { type: String, attribute: 'run-id' },
    tab: { type: String },
    detail: { type: String },
    readonly: { type: Boolean },
    at: { type: Number },
    activeId: { state: true },
  }

  /** What the list is narrowed to; as an attribute, in the query language. [nothing] */
  declare filter: RunFilter
  /** As an attribute, e.g. `-duration` for the longest first. [as last chosen on this device] */
  declare sort: RunSort | null
  /** Ids of the columns, such as `state task duration`. [those that fit, or were chosen] */
  declare columns: string
  /** Rows on a page. [as last chosen on this device, or 30] */
  declare limit: number | null
  /** Whether rows can be ticked; `false` as an attribute. [true] */
  declare selectable: boolean
  /** The run whose detail is open. */
  declare runId: string | null
  /** Tab of the detail. */
  declare tab: string
  /**
   * Where a run opens: `split`, beside the list; `page`, alone; `none`, nowhere: it is only
   * announced. [`split`]
   */
  declare detail: 'split' | 'page' | 'none'
  /** Leaves the actions out. */
  declare readonly: boolean
  /** One-based page. [1] */
  declare at: number
  declare activeId: string | null

  #list: RunList | undefined
  #loaded = ''
  readonly #place = new ListPlace(this, (route) => this.href(route))
  readonly #grid = new GridView(this)
  readonly #columns = new ListColumns(this)
  readonly #panels = new ListPanels(this)
  readonly #copied = new CopiedId(this)
  readonly #order = new ListOrder(this, {
    base: () => this.storeBase,
    list: () => this.#list,
    place: this.#place,
    grid: this.#grid,
  })
  readonly #actions = new ListActions(this, {
    panels: this.#panels,
    place: this.#place,
    copied: this.#copied,
    store: () => this.store,
    order: this.#order,
    may: (right) => !this.readonly && (this.store?.may(right) ?? false),
  })
  readonly #pane = new PaneController(this, (paneWidth) => {
    writePreferences(this.storeBase, { paneWidth })
  })

  constructor() {
    super()
    this.filter = NO_FILTER
    this.sort = null
    this.columns = ''
    this.limit = null
    this.selectable = true
    this.runId = null
    this.tab = ''
    this.detail = 'split'
    this.readonly = false
    this.at = 1
    this.activeId = null
    new Ticker(this)
    this.addEventListener('keydown', (event) => this.handleKey(event))
  }

  protected override storeConnected(store: DashboardStore): () => void {
    const preferences = readPreferences(store.base)
    this.#pane.restore(preferences.paneWidth)
    const list = new RunList(store, { limit: this.limit ?? preferences.limit ?? 30 })
    // Somebody reads, or is about to do something with what is ticked.
    list.holdNewcomers = () => this.#grid.isRead || (this.#actions.selection?.size ?? 0) > 0
    this.#list = list
    this.#loaded = ''
    const ends = [
      super.storeConnected(store),
      list.subscribe(() => this.requestUpdate()),
      list.open(),
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const request = {
      filter: this.filter,
      sort: this.#order.sort,
      ...(this.limit && { limit: this.limit }),
    }
    const key = JSON.stringify(request)
    // What cannot be asked for is not: the rows of before stay, and the field says what is wrong.
    if (this.#list && key !== this.#loaded && filterProblem(this.filter) === null) {
      if (this.#loaded) this.#actions.selection?.clear()
      this.#loaded = key
      void this.#list.load(request, this.at - 1)
    }
    this.#actions.update(this.#list?.tasks ?? [])
    if (this.runId) {
      this.activeId = this.runId
      // Until its code is there the pane is empty; when it cannot be fetched a reload is due anyway.
      needElement('taskflow-run').catch(() => {})
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    const dialog = this.runId && this.renderRoot.querySelector<HTMLDialogElement>('dialog.sheet')
    if (dialog && !dialog.open) dialog.showModal()
    // What was focused in the closed pane is gone: back to the row.
    if (changed.has('runId') && changed.get('runId') && !this.runId) this.#grid.focusRow()
  }

  protected override render() {
    const list = this.#list
    const { store } = this
    if (!list || !store) return nothing
    return html`<div class="body" data-mode=${this.#pane.mode} data-open=${this.runId !== null}>
      <section class="list" aria-label=${t('Runs')} @focus=${this.#panels.onFocus}>
        ${toolbar({
          filter: this.filter,
          functions: store.functions,
          known: this.#known,
          more: countFilters(this.filter),
          change: this.#place.filter,
          openFilters: (button) => void this.#panels.open('filters', button),
          openColumns: (button) => void this.#panels.open('columns', button),
          openMenu: (button) => void this.#actions.openMoreMenu(button),
        })}
        ${facetChips({
          metrics: store.metrics,
          selected: this.filter.status,
          change: (status) => this.#place.filter({ status }),
        })}
        <div class="bar ${list.refreshing ? 'on' : ''}"></div>
        <div class="scroller" @pointerenter=${this.#grid.onHover} @pointerleave=${this.#grid.onHover}>
          ${newcomers(list.newcomers, this.#order.showNewcomers)} ${this.#content(list, store)}
        </div>
        ${this.#actions.bulkBar(list) ?? nothing}
        ${list.rows.length > 0 || list.page > 0 ? pager(list, this.#order.setLimit, this.#order.turn) : nothing}
      </section>
      ${this.detail !== 'split' || this.runId === null ? nothing : this.#detailPane(this.runId)}
      ${this.#panels.render({
        filters: ({ filterPanel }) =>
          filterPanel({ filter: this.filter, known: this.#known, change: this.#place.filter }),
        columns: ({ columnPicker }) =>
          columnPicker({
            columns: COLUMNS,
            shown: this.#shownColumns().map(({ id }) => id),
            chosen: readPreferences(store.base).columns ?? null,
            payloads: this.#payloads,
            choose: (columns) => {
              writePreferences(store.base, { columns: columns ?? undefined })
              this.requestUpdate()
            },
          }),
      })}
      <taskflow-menu></taskflow-menu>
      <taskflow-dialogs></taskflow-dialogs>
    </div>`
  }

  #content(list: RunList, store: DashboardStore) {
    if (list.rows.length > 0) {
      return html`${list.state === 'error' ? errorBanner(list) : nothing}${runTable({
        rows: list.rows,
        sort: this.#order.sort,
        columns: this.#shownColumns(),
        selection: this.#columns.areCards ? null : this.#actions.selection,
        link: (route) => this.#place.link(route),
        now: store.now(),
        rowCount: list.totalExact ? Math.max(list.total, list.rows.length) + 1 : -1,
        firstIndex: list.page * list.request.limit,
        activeId: this.#rowId,
        openId: this.runId,
        copiedId: this.#copied.id,
        busy: list.refreshing,
        onSort: this.#order.setSort,
        onOpen: (id) => this.#place.openRun(id),
        onCopy: this.#copied.copy,
        onMenu: this.#actions.openRowMenu,
      })}`
    }
    return insteadOfRows(list, {
      filter: this.filter,
      functions: store.functions,
      clearFilter: () => this.#place.go({ filter: NO_FILTER, at: 1 }),
    })
  }

  #detailPane(runId: string) {
    const { base, credentials, linkFor, tab, readonly } = this
    return detailPane({
      run: { base, credentials, linkFor, runId, tab, readonly },
      pane: this.#pane,
      close: () => this.#place.go({ runId: null }),
      showTab: (tab) => this.#place.go({ tab }),
      navigate: this.#place.onInnerNavigate,
    })
  }

  #known = (field: string) => {
    const rows = this.#list?.tasks ?? []
    return (this.store && this.#panels.extras?.knownValues(this.store, rows, field)) ?? []
  }

  /** Input of runs is sent to this page. */
  get #payloads(): boolean {
    return this.store?.overview?.config.expose_payloads ?? false
  }

  #shownColumns() {
    const own = this.columns.split(/[\s,]+/).filter(Boolean)
    const chosen = own.length > 0 ? own : readPreferences(this.storeBase).columns
    return this.#columns.shown(chosen, this.#payloads)
  }

  get #rowId(): string | null {
    return this.#task(this.activeId) ? this.activeId : null
  }

  /** Keys of the list; the dashboard passes those on that were pressed outside of it. */
  handleKey(event: KeyboardEvent): void {
    const list = this.#list
    if (!list || event.defaultPrevented) return
    const handled = handleGridKey(event, {
      ids: list.rows.map(({ task }) => task.task_id),
      activeId: this.#grid.focusedId ?? this.#rowId,
      inRows: this.#grid.hasFocus,
      isOpen: this.runId !== null,
      move: (id) => this.#move(id),
      open: (id) => this.#place.openRun(id),
      close: () => this.#place.go({ runId: null }),
      openPage: (id) => this.#place.openPage(id),
      copy: (id) => this.#grid.row(id)?.querySelector<HTMLElement>('button.copy')?.click(),
      menu: (id) => this.#grid.row(id)?.querySelector<HTMLElement>('.more')?.click(),
      select: (id) => this.#actions.selection?.toggle(this.#task(id)),
      selectAll: () => this.#actions.selection?.selectAll(),
      clearSelection: () => this.#actions.selection?.clear() ?? false,
      act: (action, id) => this.#actions.byKey(action, this.#task(id)),
      focusSearch: () => this.renderRoot.querySelector<HTMLElement>('taskflow-query')?.focus(),
      refresh: () => void list.refresh(),
      help: this.#actions.help,
      focusRows: () => this.#grid.focusRow(),
    })
    if (handled) event.preventDefault()
    else this.renderRoot.querySelector<TaskflowRunElement>('taskflow-run')?.handleKey?.(event)
  }

  #move(id: string): void {
    this.activeId = id
    // The pane follows the cursor, as long as it does not cover the list.
    if (this.runId !== null && this.#pane.mode !== 'modal') this.#place.go({ runId: id })
    void this.updateComplete.then(() => this.#grid.focusRow())
  }

  #task(id: string | null): TaskJson | undefined {
    return this.#list?.tasks.find((task) => task.task_id === id)
  }
}
