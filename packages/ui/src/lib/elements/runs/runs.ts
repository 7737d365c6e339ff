import type { TaskJson } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import type { RunAction } from '../../actions.ts'
import {
  TaskflowFilterChangeEvent,
  TaskflowNavigateEvent,
  TaskflowRunSelectEvent,
  TaskflowSelectionChangeEvent,
} from '../../events.ts'
import { needElement } from '../../lazy.ts'
import { t } from '../../messages/messages.ts'
import { copyText } from '../../parts/copy.ts'
import { download } from '../../parts/download.ts'
import { emptyRuns } from '../../parts/empty-runs.ts'
import { icon } from '../../parts/icons.ts'
import { showPopover } from '../../parts/popover.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import {
  filterProblem,
  isEmptyFilter,
  NEWEST_FIRST,
  NO_FILTER,
  type RunFilter,
  type RunSort,
  toTaskQuery,
} from '../../store/filter.ts'
import { readPreferences, writePreferences } from '../../store/preferences.ts'
import { RunList } from '../../store/run-list.ts'
import { controls } from '../../styles/controls.ts'
import { notices } from '../../styles/notices.ts'
import { overlayStyles } from '../../styles/overlay.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { hostReset, tokens } from '../../styles/tokens.ts'
import { parseSort, type Route } from '../../url/route.ts'
import { dialogsOf, openMenu } from '../overlays.ts'
import type { TaskflowRunElement } from '../run.ts'
import { StoreElement } from '../store-element.ts'
import { Ticker } from '../ticker.ts'
import { CARDS_BELOW, leastWidth, shownColumns } from './columns.ts'
import { countFilters } from './count-filters.ts'
import { detailPane } from './detail-pane.ts'
import { facetChips } from './facets.ts'
import { handleGridKey } from './grid-keys.ts'
import { badFilter, errorBanner, noMatch, skeleton, unreadable } from './list-states.ts'
import { pager } from './pager.ts'
import { paneStyles } from './pane.styles.ts'
import { PaneController } from './pane-controller.ts'
import { mayDo, rowMenu } from './row-menu.ts'
import { runsStyles } from './runs.styles.ts'
import { Selection } from './selection.ts'
import { tableStyles } from './table.styles.ts'
import { runTable } from './table.ts'
import { toolbar } from './toolbar.ts'

const COPIED_MS = 1500

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
    copiedId: { state: true },
    panel: { state: true },
    busy: { state: true },
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
  declare panel: 'filters' | 'columns' | null
  /** A bulk action is being asked for, or done. */
  declare busy: boolean
  declare copiedId: string | null

  #list: RunList | undefined
  #loaded = ''
  #hovered = false
  #selection: Selection | null = null
  #panels: typeof import('../../pages/extras.ts') | undefined
  #panelAnchor: HTMLElement | undefined
  #width = 1200
  #resize: ResizeObserver | undefined
  #copyTimer: ReturnType<typeof setTimeout> | undefined
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
    this.copiedId = null
    this.panel = null
    this.busy = false
    new Ticker(this)
    this.addEventListener('keydown', (event) => this.handleKey(event))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#resize?.disconnect()
    this.#resize = undefined
    clearTimeout(this.#copyTimer)
  }

  protected override storeConnected(store: DashboardStore): () => void {
    const preferences = readPreferences(store.base)
    this.#pane.restore(preferences.paneWidth)
    const list = new RunList(store, { limit: this.limit ?? preferences.limit ?? 30 })
    list.holdNewcomers = () => this.#reading()
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
      sort: this.#sort(),
      ...(this.limit && { limit: this.limit }),
    }
    const key = JSON.stringify(request)
    // What cannot be asked for is not: the rows of before stay, and the field says what is wrong.
    if (this.#list && key !== this.#loaded && filterProblem(this.filter) === null) {
      if (this.#loaded) this.#selection?.clear()
      this.#loaded = key
      void this.#list.load(request, this.at - 1)
    }
    this.#select()
    if (this.runId) {
      this.activeId = this.runId
      // Until its code is there the pane is empty; when it cannot be fetched a reload is due anyway.
      needElement('taskflow-run').catch(() => {})
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#observe()
    const dialog = this.runId && this.renderRoot.querySelector<HTMLDialogElement>('dialog.sheet')
    if (dialog && !dialog.open) dialog.showModal()
    // What was focused in the closed pane is gone: back to the row.
    if (changed.has('runId') && changed.get('runId') && !this.runId) this.#focusRow()
  }

  protected override render() {
    const list = this.#list
    const { store } = this
    if (!list || !store) return nothing
    return html`<div class="body" data-mode=${this.#pane.mode} data-open=${this.runId !== null}>
      <section class="list" aria-label=${t('Runs')} @focus=${this.#onFocus}>
        ${toolbar({
          filter: this.filter,
          functions: store.functions,
          known: this.#known,
          more: countFilters(this.filter),
          change: this.#filter,
          openFilters: (button) => void this.#openPanel('filters', button),
          openColumns: (button) => void this.#openPanel('columns', button),
          openMenu: (button) => void openMenu(this, button, this.#more(store)),
        })}
        ${facetChips({
          metrics: store.metrics,
          selected: this.filter.status,
          change: (status) => this.#filter({ status }),
        })}
        <div class="bar ${list.refreshing ? 'on' : ''}"></div>
        <div class="scroller" @pointerenter=${this.#onHover} @pointerleave=${this.#onHover}>
          ${this.#newcomers(list)} ${this.#content(list, store)}
        </div>
        ${this.#bulkBar(list, store)}
        ${list.rows.length > 0 || list.page > 0 ? pager(list, this.#setLimit, this.#turn) : nothing}
      </section>
      ${this.detail !== 'split' || this.runId === null ? nothing : this.#detailPane(this.runId)}
      <div
        class="overlay panel"
        popover="auto"
        role="dialog"
        aria-label=${this.panel === 'columns' ? t('Columns') : t('Filters')}
        @toggle=${(event: ToggleEvent) => {
          if (event.newState !== 'closed') return
          this.panel = null
          // The browser does not find back into a shadow root.
          const { activeElement } = this.shadowRoot ?? document
          if (!activeElement || activeElement.closest('.panel')) this.#panelAnchor?.focus()
        }}
        @keydown=${(event: Event) => event.stopPropagation()}
      >
        ${this.panel === 'filters' ? this.#panels?.filterPanel({ filter: this.filter, known: this.#known, change: this.#filter }) : nothing}
        ${this.panel === 'columns' ? this.#columnPicker(store) : nothing}
      </div>
      <taskflow-menu></taskflow-menu>
      <taskflow-dialogs></taskflow-dialogs>
    </div>`
  }

  #columnPicker(store: DashboardStore) {
    const chosen = readPreferences(store.base).columns
    return this.#panels?.columnPicker({
      shown: this.#columns().map(({ id }) => id),
      chosen: chosen ?? null,
      payloads: store.overview?.config.expose_payloads ?? false,
      choose: (columns) => {
        writePreferences(store.base, { columns: columns ?? undefined })
        this.requestUpdate()
      },
    })
  }

  #bulkBar(list: RunList, store: DashboardStore) {
    const selection = this.#selection
    if (!selection) return nothing
    return this.#panels?.bulkBar({
      selection,
      list,
      busy: this.busy,
      rights: { retry: store.may('retry'), cancel: store.may('cancel') },
      act: (action) => void this.#bulk(action),
      copy: (button) => void copyText(selection.ids.join('\n'), button),
      selectMatching: () => {
        selection.allMatching = true
        this.#selected()
      },
    })
  }

  #content(list: RunList, store: DashboardStore) {
    if (list.rows.length > 0) {
      return html`${list.state === 'error' ? errorBanner(list) : nothing}${runTable({
        rows: list.rows,
        sort: this.#sort(),
        columns: this.#columns(),
        selection: this.#width < CARDS_BELOW ? null : this.#selection,
        link: (route) => this.#link(route),
        now: store.now(),
        rowCount: list.totalExact ? Math.max(list.total, list.rows.length) + 1 : -1,
        firstIndex: list.page * list.request.limit,
        activeId: this.#activeId(list),
        openId: this.runId,
        copiedId: this.copiedId,
        busy: list.refreshing,
        onSort: this.#setSort,
        onOpen: (id) => this.#openRun(id),
        onCopy: this.#copy,
        onMenu: (task, button) => this.#openRowMenu(task, button),
      })}`
    }
    if (list.state === 'error' && list.error?.status !== 401) return unreadable(list)
    if (filterProblem(this.filter) !== null) {
      return badFilter(() => this.#go({ filter: NO_FILTER, at: 1 }))
    }
    if (list.state !== 'ready') return skeleton()
    if (isEmptyFilter(this.filter)) {
      return html`<slot name="empty">${emptyRuns(store.functions)}</slot>`
    }
    return noMatch(this.filter, () => this.#go({ filter: NO_FILTER, at: 1 }))
  }

  #newcomers(list: RunList) {
    if (list.newcomers === 0) return nothing
    return html`<button class="pill" type="button" @click=${this.#showNewcomers}>
      ${icon('arrowUp', 'small')} ${t('{count} new run|{count} new runs', { count: list.newcomers })}
    </button>`
  }

  #detailPane(runId: string) {
    return detailPane({
      pane: this.#pane,
      close: () => this.#go({ runId: null }),
      content: html`<taskflow-run
        .base=${this.base}
        .credentials=${this.credentials}
        .linkFor=${this.linkFor}
        .runId=${runId}
        .tab=${this.tab || 'overview'}
        .readonly=${this.readonly}
        closable
        @taskflow-close=${(event: Event) => {
          event.stopPropagation()
          this.#go({ runId: null })
        }}
        @taskflow-tab=${(event: CustomEvent<{ tab: string }>) => {
          event.stopPropagation()
          this.#go({ tab: event.detail.tab === 'overview' ? '' : event.detail.tab })
        }}
        @taskflow-navigate=${this.#onInnerNavigate}
        ><slot name="run-detail-end" slot="tab-end"></slot
      ></taskflow-run>`,
    })
  }

  /** Changes the place: here at once, and for the dashboard by an event. */
  #go(change: Partial<Pick<Route, 'filter' | 'sort' | 'runId' | 'tab' | 'full' | 'at'>>): void {
    const { full = false, ...own } = change
    if (!this.dispatchEvent(new TaskflowNavigateEvent({ ...this.#route(), ...change }))) return
    if (!full) Object.assign(this, own)
  }

  #route(): Route {
    const { filter, sort, runId, tab, at } = this
    return { page: 'runs', filter, sort, runId, tab, at }
  }

  /** Somebody chose a run: announced, and opened where runs open here. */
  #openRun(runId: string, more: { tab?: string } = {}): void {
    if (!this.dispatchEvent(new TaskflowRunSelectEvent(runId))) return
    this.#go({ runId, ...more, ...(this.detail === 'page' && { tab: '', full: true }) })
  }

  #filter = (change: Partial<RunFilter>) => {
    const filter = { ...this.filter, ...change }
    this.#go({ filter, at: 1 })
    this.dispatchEvent(new TaskflowFilterChangeEvent(filter.q, filter))
  }

  #link(change: Partial<Route>) {
    const route: Route = { ...this.#route(), ...change }
    return {
      href: this.href(route),
      click: (event: MouseEvent) => {
        event.stopPropagation()
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        this.#go(change)
      },
    }
  }

  /** Whoever begins with the list is about to need its panels, and what their fields may hold. */
  readonly #onFocus = {
    // Before the field itself, which asks at once.
    capture: true,
    handleEvent: () => void this.#loadPanels().catch(() => {}),
  }

  #known = (field: string) => {
    const rows = this.#list?.rows.map(({ task }) => task) ?? []
    return (this.store && this.#panels?.knownValues(this.store, rows, field)) ?? []
  }

  #columns() {
    const own = this.columns.split(/[\s,]+/).filter(Boolean)
    const columns = own.length > 0 ? own : readPreferences(this.storeBase).columns
    const payloads = this.store?.overview?.config.expose_payloads ?? false
    const shown = shownColumns(this.#width, columns, payloads)
    const least = columns && this.#width >= CARDS_BELOW ? leastWidth(shown) : 0
    this.style.setProperty('--_table-width', `${least}px`)
    return shown
  }

  /** Follows the width of the list, which decides on its columns. */
  #observe(): void {
    const list = this.renderRoot.querySelector('.list')
    if (!list || this.#resize) return
    const measure = (width: number) => {
      if (width === 0 || width === this.#width) return
      this.#width = width
      this.requestUpdate()
    }
    this.#resize = new ResizeObserver(([entry]) => measure(entry?.contentRect.width ?? 0))
    this.#resize.observe(list)
    measure(list.clientWidth)
  }

  /** Rows can be ticked by who may do something with them. */
  #select(): void {
    const { store } = this
    const rights = { retry: store?.may('retry') ?? false, cancel: store?.may('cancel') ?? false }
    if (!store || this.readonly || !this.selectable || (!rights.retry && !rights.cancel))
      this.#selection = null
    else this.#selection ??= new Selection(rights, () => this.#selected())
    this.#selection?.refresh(this.#list?.rows.map(({ task }) => task) ?? [])
  }

  #selected(): void {
    const { ids = [], allMatching = false } = this.#selection ?? {}
    this.dispatchEvent(new TaskflowSelectionChangeEvent(ids, allMatching))
    this.requestUpdate()
    // The bar of what can be done to them is among the panels.
    if (ids.length > 0) this.#loadPanels().catch(() => {})
  }

  async #bulk(action: 'retry' | 'cancel'): Promise<void> {
    const { store, filter } = this
    const selection = this.#selection
    if (!store || !selection || this.busy) return
    this.busy = true
    try {
      const { actOnSelection } = await import('../../pages/extras.ts')
      await actOnSelection({ host: this, store, action, selection, filter })
    } finally {
      this.busy = false
    }
  }

  #openRowMenu(task: TaskJson, button: HTMLElement): void {
    const { store } = this
    if (!store) return
    const id = task.task_id
    void openMenu(
      this,
      button,
      rowMenu(task, {
        rights: mayDo(store, this.readonly),
        act: (action) => void this.#act(action, id),
        open: () => this.#openRun(id, { tab: '' }),
        openPage: () => this.#go({ runId: id, tab: '', full: true }),
        copy: () => void this.#copy(id, button),
      }),
    )
  }

  async #act(action: RunAction, id: string): Promise<void> {
    if (!this.store || this.readonly) return
    const { performAction } = await import('../../pages/extras.ts')
    await performAction(this, this.store, action, id)
  }

  /** What is behind the three dots of the toolbar. */
  #more(store: DashboardStore) {
    return [
      { label: t('Export as CSV'), icon: 'download' as const, run: () => void this.#export(store) },
      {
        label: t('Columns'),
        icon: 'columns' as const,
        run: () => void this.#openPanel('columns', null),
      },
      { label: t('Keys'), key: '?', run: () => void this.#help() },
      ...(mayDo(store, this.readonly)('delete')
        ? [
            null,
            {
              label: t('Clear history…'),
              icon: 'trash' as const,
              danger: true,
              run: () => void this.#clearHistory(store),
            },
          ]
        : []),
    ]
  }

  async #export(store: DashboardStore): Promise<void> {
    const { limit: _, ...query } = toTaskQuery(this.filter, this.#sort(), 1)
    await download(store, '/export.csv', query, 'runs.csv')
  }

  async #clearHistory(store: DashboardStore): Promise<void> {
    const { clearHistory } = await import('../../pages/extras.ts')
    await clearHistory(this, store)
  }

  async #help(): Promise<void> {
    await (await dialogsOf(this)).shortcuts()
  }

  async #loadPanels(): Promise<void> {
    if (this.#panels) return
    this.#panels = await import('../../pages/extras.ts')
    this.requestUpdate()
  }

  async #openPanel(panel: 'filters' | 'columns', button: HTMLElement | null): Promise<void> {
    const anchor =
      button ?? this.renderRoot.querySelector<HTMLElement>('[data-open="more"]') ?? this
    const popover = this.renderRoot.querySelector<HTMLElement>('.panel')
    await this.#loadPanels()
    this.panel = panel
    await this.updateComplete
    if (!popover) return
    this.#panelAnchor = anchor
    showPopover(popover, anchor, 'end')
    popover.querySelector<HTMLElement>('select, input, button')?.focus()
  }

  #turn = async (to: 'next' | 'previous') => {
    const list = this.#list
    if (!list) return
    this.#scroller()?.scrollTo({ top: 0 })
    const turned = to === 'next' ? list.nextPage() : list.previousPage()
    this.#go({ at: list.page + 1 })
    await turned
  }

  /** A link inside the detail: to another run here, to anything else by who listens further up. */
  #onInnerNavigate = (event: TaskflowNavigateEvent) => {
    if (event.target === this) return
    const { route } = event.detail
    if (!route.runId) return
    event.stopPropagation()
    event.handled = true
    this.#go({ runId: route.runId, tab: route.tab, full: route.full ?? false })
  }

  #sort(): RunSort {
    return this.sort ?? readPreferences(this.storeBase).sort ?? NEWEST_FIRST
  }

  #setSort = (sort: RunSort) => {
    writePreferences(this.storeBase, { sort })
    this.#go({ sort, at: 1 })
  }

  #setLimit = (limit: number) => {
    writePreferences(this.storeBase, { limit })
    void this.#list?.load({ limit })
    this.#go({ at: 1 })
  }

  #copy = async (id: string, button: HTMLElement) => {
    if (!(await copyText(id, button))) return
    this.copiedId = id
    clearTimeout(this.#copyTimer)
    this.#copyTimer = setTimeout(() => {
      this.copiedId = null
    }, COPIED_MS)
  }

  #showNewcomers = () => {
    this.#scroller()?.scrollTo({ top: 0 })
    void this.#list?.load()
    if (this.at > 1) this.#go({ at: 1 })
  }

  /** Somebody looks at the rows: do not push them down. */
  #reading(): boolean {
    return (
      (this.#scroller()?.scrollTop ?? 0) > 0 ||
      this.#hovered ||
      this.#rowHasFocus() ||
      (this.#selection?.size ?? 0) > 0
    )
  }

  #rowHasFocus(): boolean {
    return this.shadowRoot?.activeElement?.closest('tbody') != null
  }

  #scroller(): Element | null {
    return this.renderRoot.querySelector('.scroller')
  }

  #onHover = (event: PointerEvent) => {
    this.#hovered = event.type === 'pointerenter' && event.pointerType === 'mouse'
  }

  #activeId(list: RunList): string | null {
    const known = list.rows.some(({ task }) => task.task_id === this.activeId)
    return known ? this.activeId : null
  }

  #focusedId(): string | undefined {
    const row = this.shadowRoot?.activeElement?.closest<HTMLElement>('tbody tr')
    return row?.dataset.id
  }

  /** Keys of the list; the dashboard passes those on that were pressed outside of it. */
  handleKey(event: KeyboardEvent): void {
    const list = this.#list
    if (!list || event.defaultPrevented) return
    const handled = handleGridKey(event, {
      ids: list.rows.map(({ task }) => task.task_id),
      activeId: this.#focusedId() ?? this.#activeId(list),
      inRows: this.#rowHasFocus(),
      isOpen: this.runId !== null,
      move: (id) => this.#move(id),
      open: (id) => this.#openRun(id),
      close: () => this.#go({ runId: null }),
      openPage: (id) => this.#go({ runId: id, tab: '', full: true }),
      copy: (id) => this.#copyRow(id),
      menu: (id) => this.#rowElement(id)?.querySelector<HTMLElement>('.more')?.click(),
      select: (id) => this.#toggle(id),
      selectAll: () => this.#selectAll(list),
      clearSelection: () => {
        if (!this.#selection || (this.#selection.size === 0 && !this.#selection.allMatching)) {
          return false
        }
        this.#selection.clear()
        return true
      },
      act: (action, id) => this.#actByKey(action, id, list),
      focusSearch: () => this.renderRoot.querySelector<HTMLElement>('taskflow-query')?.focus(),
      refresh: () => void list.refresh(),
      help: () => void this.#help(),
      focusRows: () => this.#focusRow(),
    })
    if (handled) event.preventDefault()
    else this.renderRoot.querySelector<TaskflowRunElement>('taskflow-run')?.handleKey?.(event)
  }

  #move(id: string): void {
    this.activeId = id
    // The pane follows the cursor, as long as it does not cover the list.
    if (this.runId !== null && this.#pane.mode !== 'modal') this.#go({ runId: id })
    void this.updateComplete.then(() => this.#focusRow())
  }

  #rowElement(id: string): HTMLElement | null {
    return this.renderRoot.querySelector(`tr[data-id="${CSS.escape(id)}"]`)
  }

  #copyRow(id: string): void {
    const button = this.#rowElement(id)?.querySelector<HTMLElement>('button.copy')
    if (button) void this.#copy(id, button)
  }

  #toggle(id: string): void {
    const task = this.#list?.rows.find((row) => row.task.task_id === id)?.task
    if (task) this.#selection?.toggle(task)
  }

  /** The page, then everything that matches. */
  #selectAll(list: RunList): void {
    const selection = this.#selection
    if (!selection) return
    const tasks = list.rows.map(({ task }) => task)
    if (selection.stateOf(tasks) !== 'all') selection.setAll(tasks, true)
    else {
      selection.allMatching = true
      this.#selected()
    }
  }

  /** With runs ticked the key is about those, else about the row. */
  #actByKey(action: 'retry' | 'cancel', id: string, list: RunList): void {
    const selection = this.#selection
    if (!selection) return
    if (selection.size > 0 || selection.allMatching) return void this.#bulk(action)
    const task = list.rows.find((row) => row.task.task_id === id)?.task
    const item = task && rowMenu(task, { rights: mayDo(this.store, this.readonly) })
    if (item?.some((one) => one && !one.disabled && one.key === (action === 'retry' ? 'R' : 'C'))) {
      void this.#act(action, id)
    }
  }

  #focusRow(): void {
    this.renderRoot.querySelector<HTMLElement>('tbody tr[tabindex="0"]')?.focus()
  }
}
