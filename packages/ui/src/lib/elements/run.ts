import { isFinal, isRetryable } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import { type ActionProgress, performAction } from '../actions.ts'
import { type ActionName, TaskflowCloseEvent, TaskflowTabEvent } from '../events.ts'
import { formatCount, shortId } from '../format/number.ts'
import { attemptsText } from '../format/phase.ts'
import { visibleText } from '../format/visible-text.ts'
import { icon } from '../parts/icons.ts'
import { emptyState } from '../parts/notices.ts'
import { sourceBadge, statusBadge } from '../parts/status.ts'
import { type TabItem, tabs } from '../parts/tabs.ts'
import type { DashboardStore } from '../store/dashboard-store.ts'
import { RunDetail } from '../store/run-detail.ts'
import { controls } from '../styles/controls.ts'
import { notices } from '../styles/notices.ts'
import { statusStyles } from '../styles/status-css.ts'
import { tabStyles } from '../styles/tabs.ts'
import { hostReset, tokens } from '../styles/tokens.ts'
import { runsRoute } from '../url/route.ts'
import { runStyles } from './run.styles.ts'
import { runOverview } from './run-overview.ts'
import { StoreElement } from './store-element.ts'
import { Ticker } from './ticker.ts'

/**
 * One run: status, actions, lifecycle, and tabs for what there is to see.
 *
 * @fires taskflow-action - somebody retries or cancels; cancelable
 * @fires taskflow-action-done - it went through
 * @fires taskflow-action-error - it was refused
 * @fires taskflow-navigate - a link inside was followed; cancelable
 * @fires taskflow-tab - another tab was chosen
 * @fires taskflow-close - the close button was pressed
 * @csspart header - name, id and actions
 * @csspart tabs - the tab bar
 * @csspart body - the chosen tab
 */
export class TaskflowRunElement extends StoreElement {
  static override styles = [
    tokens,
    hostReset,
    controls,
    statusStyles,
    tabStyles,
    notices,
    runStyles,
  ]
  static override properties: PropertyDeclarations = {
    runId: { type: String, attribute: 'run-id' },
    tab: { type: String },
    closable: { type: Boolean },
    readonly: { type: Boolean },
    progress: { state: true },
  }

  /** Id of the run. */
  declare runId: string
  /** `overview`, `logs` or `error`. [`overview`] */
  declare tab: string
  /** Shows a close button. */
  declare closable: boolean
  /** Leaves the actions out. */
  declare readonly: boolean
  declare progress: ActionProgress | null

  #detail: RunDetail | undefined
  #leave: (() => void) | undefined

  constructor() {
    super()
    this.runId = ''
    this.tab = 'overview'
    this.closable = false
    this.readonly = false
    this.progress = null
    new Ticker(this)
  }

  protected override storeConnected(store: DashboardStore): () => void {
    const leave = super.storeConnected(store)
    this.#open(store)
    return () => {
      leave()
      this.#close()
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (this.store && this.#detail?.id !== this.runId) {
      this.#close()
      this.#open(this.store)
    }
  }

  protected override render() {
    const { store } = this
    const detail = this.#detail
    if (!store || !detail) return nothing
    const { task, error } = detail
    if (detail.gone && !task) return this.#problem('This run is gone', goneText(store))
    if (!task) {
      return error ? this.#problem('This run could not be read', error.detail) : this.#skeleton()
    }
    const items = tabItems(task)
    const tab = items.some((item) => item.id === this.tab) ? this.tab : 'overview'
    const attempts = attemptsText(task)
    return html`
      <header part="header">
        <div class="title">
          ${statusBadge(task.phase)}
          <h2 title=${visibleText(task.func_name)}>${visibleText(task.func_name)}</h2>
          <span class="id mono" title=${task.task_id}>${shortId(task.task_id)}</span>
          <taskflow-copy .value=${task.task_id}></taskflow-copy>
          ${sourceBadge(task)}
          ${attempts ? html`<span class="muted attempts">attempt ${attempts}</span>` : nothing}
        </div>
        <div class="actions">${this.#actions(task.status)} ${this.#closeButton()}</div>
      </header>
      ${this.#outcome()}
      ${detail.gone ? html`<p class="banner" role="status">${goneText(store)}</p>` : nothing}
      <taskflow-lifecycle
        .steps=${task.lifecycle}
        .phase=${task.phase}
        .maxAttempts=${task.max_attempts}
        .usually=${task.analytics.avg_duration_seconds}
        .now=${() => store.now()}
      ></taskflow-lifecycle>
      ${tabs({ items, selected: tab, label: 'Run', select: this.#selectTab })}
      <div class="body" part="body" role="tabpanel" id="panel" aria-labelledby="tab-${tab}" tabindex="-1">
        ${
          tab === 'logs'
            ? html`<taskflow-logs
                .base=${this.base}
                .credentials=${this.credentials}
                .runId=${task.task_id}
                .count=${task.log_count}
                .live=${!isFinal(task.status)}
              ></taskflow-logs>`
            : tab === 'error'
              ? html`<div class="page">
                  <taskflow-error
                    .error=${task.error ?? ''}
                    .stack=${task.stacktrace ?? null}
                    .status=${task.phase}
                  ></taskflow-error>
                </div>`
              : html`<div class="page">
                  ${runOverview(task, {
                    now: store.now(),
                    interruptedHint: task.status === 'interrupted',
                    link: (route) => ({ href: this.href(route), click: this.go(route) }),
                    showTab: (name) => this.#selectTab(name),
                  })}
                </div>`
        }
      </div>
    `
  }

  #actions(status: Parameters<typeof isFinal>[0]) {
    const { store } = this
    if (!store || this.readonly) return nothing
    const { progress } = this
    if (progress?.state === 'done' && progress.action === 'retry') {
      return this.#queuedAs(progress.newId)
    }
    const sending = progress?.state === 'sending' ? progress.action : null
    if (isRetryable(status) && store.may('retry')) {
      const unknown = progress?.state === 'refused' && progress.status === 409
      return this.#button('retry', sending ? 'Retrying…' : 'Retry', sending !== null || unknown)
    }
    if (!isFinal(status) && store.may('cancel')) {
      const asked = this.#detail?.task?.cancel_requested_at != null
      const label = sending ? 'Cancelling…' : asked ? 'Cancel requested' : 'Cancel'
      return this.#button('cancel', label, sending !== null || asked)
    }
    return nothing
  }

  #button(action: ActionName, label: string, disabled: boolean) {
    const shape = action === 'retry' ? 'cycle' : 'slashed'
    const busy = this.progress?.state === 'sending'
    return html`<button
      class="button ${action === 'retry' ? 'primary' : ''}"
      type="button"
      data-action=${action}
      ?disabled=${disabled}
      @click=${() => this.act(action)}
    >
      ${icon(busy ? 'arc' : shape, busy ? 'spins' : '')} ${label}
    </button>`
  }

  /** Retries or cancels the run, as the buttons do. */
  async act(action: ActionName): Promise<void> {
    const { store, runId } = this
    if (!store || this.progress?.state === 'sending') return
    this.progress = { action, state: 'sending' }
    const progress = await performAction(this, store, action, runId)
    if (this.runId === runId) this.progress = progress
  }

  #outcome() {
    const { progress } = this
    if (progress?.state === 'refused') {
      return html`<p class="banner failed" role="alert">${icon('cross')} ${progress.message}</p>`
    }
    return nothing
  }

  /** Stands where the button was. */
  #queuedAs(id: string) {
    const route = { ...runsRoute(), runId: id }
    return html`<a class="button" data-queued href=${this.href(route)} @click=${this.go(route)}>
      <span class="status" data-status="success">${icon('check')}</span> Queued as
      <span class="mono">${shortId(id)}</span>
    </a>`
  }

  #closeButton() {
    if (!this.closable) return nothing
    return html`<button
      class="button plain icon-only"
      type="button"
      aria-label="Close"
      title="Close (Esc)"
      @click=${() => this.dispatchEvent(new TaskflowCloseEvent())}
    >
      ${icon('cross')}
    </button>`
  }

  #problem(title: string, text: string) {
    return html`<header part="header">
        <div class="title"><span class="id mono">${shortId(this.runId)}</span></div>
        <div class="actions">${this.#closeButton()}</div>
      </header>
      ${emptyState({ icon: 'inbox', title, text })}`
  }

  #skeleton() {
    return html`<div class="skeleton" aria-hidden="true">
      <span class="wide"></span><span class="strip"></span><span></span><span></span><span></span>
    </div>`
  }

  #selectTab = (tab: string) => {
    this.tab = tab
    this.dispatchEvent(new TaskflowTabEvent(tab))
  }

  #open(store: DashboardStore): void {
    if (!this.runId) return
    const detail = new RunDetail(store, this.runId)
    const unsubscribe = detail.subscribe(() => this.requestUpdate())
    const leave = detail.open()
    this.progress = null
    this.#detail = detail
    this.#leave = () => {
      unsubscribe()
      leave()
    }
  }

  #close(): void {
    this.#leave?.()
    this.#leave = undefined
    this.#detail = undefined
  }
}

function tabItems(task: { log_count: number; error: string | null; stacktrace?: string | null }) {
  const items: TabItem[] = [{ id: 'overview', label: 'Overview' }]
  if (task.log_count > 0) {
    items.push({ id: 'logs', label: 'Logs', count: formatCount(task.log_count) })
  }
  if (task.error || task.stacktrace) items.push({ id: 'error', label: 'Error' })
  return items
}

function goneText(store: DashboardStore): string {
  const seconds = store.overview?.config.retention_seconds
  const days = seconds ? Math.round(seconds / 86_400) : 0
  return days > 0
    ? `It was deleted or never existed. Finished runs are kept for ${days} days.`
    : 'It was deleted or never existed.'
}
