import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import { TaskflowNavigateEvent } from '../../events.ts'
import { plural } from '../../format/number.ts'
import { copyText } from '../../parts/copy.ts'
import { emptyRuns } from '../../parts/empty-runs.ts'
import { icon } from '../../parts/icons.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import {
  isEmptyFilter,
  NEWEST_FIRST,
  NO_FILTER,
  type RunFilter,
  type RunSort,
} from '../../store/filter.ts'
import { readPreferences, writePreferences } from '../../store/preferences.ts'
import { RunList } from '../../store/run-list.ts'
import { controls } from '../../styles/controls.ts'
import { notices } from '../../styles/notices.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { hostReset, tokens } from '../../styles/tokens.ts'
import type { Route } from '../../url/route.ts'
import { StoreElement } from '../store-element.ts'
import { Ticker } from '../ticker.ts'
import { detailPane } from './detail-pane.ts'
import { facetChips } from './facets.ts'
import { handleGridKey } from './grid-keys.ts'
import { errorBanner, noMatch, skeleton, unreadable } from './list-states.ts'
import { pager } from './pager.ts'
import { PaneController } from './pane-controller.ts'
import { runsStyles } from './runs.styles.ts'
import { tableStyles } from './table.styles.ts'
import { runTable } from './table.ts'
import { toolbar } from './toolbar.ts'

const SEARCH_PAUSE_MS = 250
const COPIED_MS = 1500

/**
 * The list of runs, live, with filters, and the detail of one beside it.
 *
 * @fires taskflow-navigate - filter, order, open run or tab changed; cancelable
 * @fires taskflow-action - somebody retries or cancels in the detail; cancelable
 * @fires taskflow-action-done - it went through
 * @fires taskflow-action-error - it was refused
 * @slot toolbar-end - after the filters
 * @csspart toolbar - search, task and time range
 * @csspart chip - one status filter
 * @csspart table - the grid
 * @csspart row - one run
 * @csspart pager - range, rows per page, previous and next
 */
export class TaskflowRunsElement extends StoreElement {
  static override styles = [
    tokens,
    hostReset,
    controls,
    statusStyles,
    notices,
    runsStyles,
    tableStyles,
  ]
  static override properties: PropertyDeclarations = {
    filter: { attribute: false },
    sort: { attribute: false },
    runId: { type: String, attribute: 'run-id' },
    tab: { type: String },
    detail: { type: String },
    readonly: { type: Boolean },
    activeId: { state: true },
    copiedId: { state: true },
  }

  declare filter: RunFilter
  /** Null: as last chosen on this device. */
  declare sort: RunSort | null
  /** The run whose detail is open. */
  declare runId: string | null
  /** Tab of the detail. */
  declare tab: string
  /** `none` only announces that a run was chosen. [`split`] */
  declare detail: 'split' | 'none'
  /** Leaves the actions out. */
  declare readonly: boolean
  declare activeId: string | null
  declare copiedId: string | null

  #list: RunList | undefined
  #loaded = ''
  #hovered = false
  #searchTimer: ReturnType<typeof setTimeout> | undefined
  #copyTimer: ReturnType<typeof setTimeout> | undefined
  readonly #pane = new PaneController(this, (paneWidth) => {
    writePreferences(this.store?.base ?? this.base, { paneWidth })
  })

  constructor() {
    super()
    this.filter = NO_FILTER
    this.sort = null
    this.runId = null
    this.tab = ''
    this.detail = 'split'
    this.readonly = false
    this.activeId = null
    this.copiedId = null
    new Ticker(this)
    this.addEventListener('keydown', (event) => this.handleKey(event))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#searchTimer)
    clearTimeout(this.#copyTimer)
  }

  protected override storeConnected(store: DashboardStore): () => void {
    const preferences = readPreferences(store.base)
    this.#pane.restore(preferences.paneWidth)
    const list = new RunList(store, { limit: preferences.limit ?? 30 })
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
    const request = { filter: this.filter, sort: this.#sort() }
    const key = JSON.stringify(request)
    if (this.#list && key !== this.#loaded) {
      this.#loaded = key
      void this.#list.load(request)
    }
    if (this.runId) this.activeId = this.runId
  }

  protected override updated(changed: PropertyValues<this>): void {
    const dialog = this.renderRoot.querySelector('dialog')
    if (dialog && !dialog.open) dialog.showModal()
    // What was focused in the closed pane is gone: back to the row.
    if (changed.has('runId') && changed.get('runId') && !this.runId) this.#focusRow()
  }

  protected override render() {
    const list = this.#list
    const { store } = this
    if (!list || !store) return nothing
    return html`<div class="body" data-mode=${this.#pane.mode} data-open=${this.runId !== null}>
      <section class="list" aria-label="Runs">
        ${toolbar({
          filter: this.filter,
          functions: store.functions,
          change: (filter) => this.#go({ filter: { ...this.filter, ...filter } }),
          search: this.#search,
        })}
        ${facetChips({
          metrics: store.metrics,
          selected: this.filter.status,
          change: (status) => this.#go({ filter: { ...this.filter, status } }),
        })}
        <div class="bar ${list.refreshing ? 'on' : ''}"></div>
        <div class="scroller" @pointerenter=${this.#onHover} @pointerleave=${this.#onHover}>
          ${this.#newcomers(list)} ${this.#content(list, store)}
        </div>
        ${list.rows.length > 0 || list.page > 0 ? pager(list, this.#setLimit) : nothing}
      </section>
      ${this.detail === 'none' || this.runId === null ? nothing : this.#detailPane(this.runId)}
    </div>`
  }

  #content(list: RunList, store: DashboardStore) {
    if (list.rows.length > 0) {
      return html`${list.state === 'error' ? errorBanner(list) : nothing}${runTable({
        rows: list.rows,
        sort: this.#sort(),
        now: store.now(),
        rowCount: list.totalExact ? Math.max(list.total, list.rows.length) + 1 : -1,
        firstIndex: list.page * list.request.limit,
        activeId: this.#activeId(list),
        openId: this.runId,
        copiedId: this.copiedId,
        busy: list.refreshing,
        onSort: this.#setSort,
        onOpen: (id) => this.#go({ runId: id }),
        onCopy: this.#copy,
      })}`
    }
    if (list.state === 'error' && list.error?.status !== 401) return unreadable(list)
    if (list.state !== 'ready') return skeleton()
    if (isEmptyFilter(this.filter)) {
      return html`<slot name="empty">${emptyRuns(store.functions)}</slot>`
    }
    return noMatch(this.filter, () => this.#go({ filter: NO_FILTER }))
  }

  #newcomers(list: RunList) {
    if (list.newcomers === 0) return nothing
    return html`<button class="pill" type="button" @click=${this.#showNewcomers}>
      ${icon('arrowUp', 'small')} ${plural(list.newcomers, 'new run')}
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
      ></taskflow-run>`,
    })
  }

  /** Changes the place: here at once, and for the dashboard by an event. */
  #go(change: Partial<Pick<Route, 'filter' | 'sort' | 'runId' | 'tab'>>): void {
    const route: Route = {
      page: 'runs',
      filter: this.filter,
      sort: this.sort,
      runId: this.runId,
      tab: this.tab,
      ...change,
    }
    if (!this.dispatchEvent(new TaskflowNavigateEvent(route))) return
    Object.assign(this, change)
  }

  /** A link inside the detail: to another run here, to anything else by who listens further up. */
  #onInnerNavigate = (event: TaskflowNavigateEvent) => {
    if (event.target === this) return
    const { route } = event.detail
    if (!route.runId) return
    event.stopPropagation()
    event.handled = true
    this.#go({ runId: route.runId, tab: '' })
  }

  #sort(): RunSort {
    return this.sort ?? readPreferences(this.store?.base ?? this.base).sort ?? NEWEST_FIRST
  }

  #setSort = (sort: RunSort) => {
    writePreferences(this.store?.base ?? this.base, { sort })
    this.#go({ sort })
  }

  #setLimit = (limit: number) => {
    writePreferences(this.store?.base ?? this.base, { limit })
    void this.#list?.load({ limit })
  }

  #search = (search: string) => {
    clearTimeout(this.#searchTimer)
    this.#searchTimer = setTimeout(() => {
      this.#go({ filter: { ...this.filter, search } })
    }, SEARCH_PAUSE_MS)
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
  }

  /** Somebody looks at the rows: do not push them down. */
  #reading(): boolean {
    return (this.#scroller()?.scrollTop ?? 0) > 0 || this.#hovered || this.#rowHasFocus()
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

  /** Keys of the list; the dashboard passes those on that were pressed outside of it. */
  handleKey(event: KeyboardEvent): void {
    const list = this.#list
    if (!list || event.defaultPrevented) return
    const handled = handleGridKey(event, {
      ids: list.rows.map(({ task }) => task.task_id),
      activeId: this.#activeId(list),
      inRows: this.#rowHasFocus(),
      isOpen: this.runId !== null,
      move: (id) => this.#move(id),
      open: (id) => this.#go({ runId: id }),
      close: () => this.#go({ runId: null }),
      copy: (id) => this.#copyRow(id),
      focusSearch: () =>
        this.renderRoot.querySelector<HTMLElement>('input[type="search"]')?.focus(),
      refresh: () => void list.refresh(),
    })
    if (handled) event.preventDefault()
  }

  #move(id: string): void {
    this.activeId = id
    // The pane follows the cursor, as long as it does not cover the list.
    if (this.runId !== null && this.#pane.mode !== 'modal') this.#go({ runId: id })
    void this.updateComplete.then(() => this.#focusRow())
  }

  #copyRow(id: string): void {
    const button = this.renderRoot.querySelector<HTMLElement>(
      `tr[data-id="${CSS.escape(id)}"] .copy`,
    )
    if (button) void this.#copy(id, button)
  }

  #focusRow(): void {
    this.renderRoot.querySelector<HTMLElement>('tbody tr[tabindex="0"]')?.focus()
  }
}
