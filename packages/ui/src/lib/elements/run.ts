import { isFinal, isRetryable, type TaskDetailJson } from '@taskflow/core/client'
import {
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import type { RunAction } from '../actions.ts'
import { TaskflowCloseEvent, TaskflowTabEvent } from '../events.ts'
import { shortId } from '../format/number.ts'
import { attemptsText } from '../format/phase.ts'
import { formatRelative } from '../format/time.ts'
import { visibleText } from '../format/visible-text.ts'
import { needElement } from '../lazy.ts'
import { t } from '../messages/messages.ts'
import { copyText } from '../parts/copy.ts'
import { type IconName, icon } from '../parts/icons.ts'
import { emptyState } from '../parts/notices.ts'
import { sourceBadge, statusBadge } from '../parts/status.ts'
import { tabs } from '../parts/tabs.ts'
import { controls } from '../styles/controls.ts'
import { notices } from '../styles/notices.ts'
import { statusStyles } from '../styles/status-css.ts'
import { tabStyles } from '../styles/tabs.ts'
import { hostReset, tokens } from '../styles/tokens.ts'
import { type Route, runsRoute } from '../url/route.ts'
import { cancelNote } from './cancel-note.ts'
import type { TaskflowLogsElement } from './logs/logs.ts'
import { codeFor, openMenu, sayLost } from './overlays.ts'
import { runStyles } from './run.styles.ts'
import { RunActions } from './run-actions.ts'
import { runButtons } from './run-buttons.ts'
import { RunFollower } from './run-follower.ts'
import { closeButton, crumbs, moreButton, skeleton } from './run-frame.ts'
import { runOverview } from './run-overview.ts'
import { elementsOf, goneText, linesTab, tabItems } from './run-tabs.ts'
import { StoreElement } from './store-element.ts'
import { Ticker } from './ticker.ts'
import { isTyping } from './typing.ts'

/**
 * One run: status, actions, lifecycle, and tabs for what there is to see. Stands in a panel, or as a
 * page of its own.
 *
 * @fires taskflow-action - somebody retries, cancels or runs it now; cancelable
 * @fires taskflow-action-done - it went through
 * @fires taskflow-action-error - it was refused
 * @fires taskflow-navigate - a link inside was followed; cancelable
 * @fires taskflow-tab - another tab was chosen
 * @fires taskflow-close - the close button was pressed
 * @slot actions - after the actions
 * @slot tab-end - below what the tab shows
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
    mode: { type: String, reflect: true },
    back: { attribute: false },
  }

  /** Id of the run. */
  declare runId: string
  /**
   * `overview`, `attempts`, `logs` (`logs:120` is a line of it, `logs:120-140` a range), `error`, `data`, `events` or
   * `related`. [`overview`]
   */
  declare tab: string
  /** Shows a close button. */
  declare closable: boolean
  /** Leaves the actions out. */
  declare readonly: boolean
  /** [`panel`] */
  declare mode: 'panel' | 'page'
  /** Where a page leads back to. [the list of runs] */
  declare back: Route | null

  readonly #run = new RunFollower(this, () => this.store)
  readonly #actions = new RunActions(this, () => this.store)

  constructor() {
    super()
    this.runId = ''
    this.tab = 'overview'
    this.closable = false
    this.readonly = false
    this.mode = 'panel'
    this.back = null
    new Ticker(this)
    this.addEventListener('keydown', (event) => this.handleKey(event))
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('runId')) this.#actions.progress = null
  }

  protected override render() {
    const { store } = this
    const detail = this.#run.detail
    if (!store || !detail) return nothing
    const { task, error } = detail
    if (detail.gone && !task) return this.#problem('inbox', t('This run is gone'), goneText(store))
    if (!task) {
      if (!error) return skeleton()
      const again = html`<button class="button" type="button" @click=${() => void detail.load()}>
        ${t('Try again')}
      </button>`
      return this.#problem('warning', t('This run could not be read'), error.detail, again)
    }
    const items = tabItems(task)
    const [wanted = '', line] = this.tab.split(':')
    const tab = items.some((item) => item.id === wanted) ? wanted : 'overview'
    this.#need(tab)
    const attempts = attemptsText(task)
    const name = visibleText(task.func_name)
    return html`
      ${this.#crumbs(task.func_name)}
      <header part="header">
        <div class="title">
          ${statusBadge(task.phase)}
          <h2 title=${name}>${name}</h2>
          <span class="id mono" title=${task.task_id}
            >${shortId(task.task_id)} <taskflow-copy .value=${task.task_id}></taskflow-copy
          ></span>
          ${sourceBadge(task)}
          ${attempts ? html`<span class="muted attempts">${t('attempt {which}', { which: attempts })}</span>` : nothing}
          ${
            this.mode === 'page'
              ? html`<span class="muted attempts"
                  >${t('created {time}', { time: formatRelative(Date.parse(task.created_at), store.now()) })}</span
                >`
              : nothing
          }
        </div>
        <div class="actions">
          ${this.#buttons(task)}<slot name="actions"></slot> ${this.#more(task)} ${this.#close()}
        </div>
      </header>
      ${this.#outcome()} ${cancelNote(task, this.#actions.may('cancel') ? () => void this.#actions.act('cancel', { force: true }) : null)}
      ${detail.gone ? html`<p class="banner" role="status">${goneText(store)}</p>` : nothing}
      <taskflow-lifecycle
        .steps=${task.lifecycle}
        .phase=${task.phase}
        .maxAttempts=${task.max_attempts}
        .usually=${task.analytics.avg_duration_seconds}
        .now=${() => store.now()}
      ></taskflow-lifecycle>
      ${tabs({ items, selected: tab, label: t('Run'), select: this.#selectTab })}
      <div class="body" part="body" role="tabpanel" id="panel" aria-labelledby="tab-${tab}" tabindex="0">
        ${this.#body(task, tab, line)}<slot name="tab-end"></slot>
      </div>
      <taskflow-menu></taskflow-menu>
      <taskflow-dialogs></taskflow-dialogs>
    `
  }

  #body(task: TaskDetailJson, tab: string, line: string | undefined) {
    const { store } = this
    if (!store) return nothing
    if (tab === 'logs') {
      const [first = 0, last = 0] = (line ?? '').split('-').map(Number)
      return html`<taskflow-logs
        .base=${this.base}
        .credentials=${this.credentials}
        .runId=${task.task_id}
        .count=${task.log_count}
        .stream=${task.log_count > 0 ? '' : 'stderr'}
        .live=${!isFinal(task.status)}
        .maxAttempts=${task.max_attempts}
        .line=${first}
        .lastLine=${last}
        .linkTo=${(from: number, to: number) => this.href({ ...this.#place(), tab: linesTab(from, to) })}
        @taskflow-log-line=${(event: CustomEvent<{ line: number; lastLine: number }>) => {
          event.stopPropagation()
          this.#selectTab(linesTab(event.detail.line, event.detail.lastLine))
        }}
      ></taskflow-logs>`
    }
    if (tab === 'error') {
      return html`<div class="page">
        <taskflow-error
          .error=${task.error ?? ''}
          .stack=${task.stacktrace ?? null}
          .status=${task.phase}
        ></taskflow-error>
      </div>`
    }
    if (tab === 'overview') {
      return html`<div class="page">
        ${runOverview(
          task,
          {
            now: store.now(),
            interruptedHint: task.status === 'interrupted',
            link: this.#link,
            showTab: (name) => this.#selectTab(name),
          },
          this.mode === 'page' ? this.#part(task, 'time') : null,
        )}
      </div>`
    }
    return html`<div class="page">${this.#part(task, tab)}</div>`
  }

  #part(task: TaskDetailJson, shown: string) {
    return html`<taskflow-run-parts
      .base=${this.base}
      .credentials=${this.credentials}
      .linkFor=${this.linkFor}
      .task=${task}
      .shown=${shown}
    ></taskflow-run-parts>`
  }

  #crumbs(func?: string) {
    const { mode, runId, back } = this
    return mode === 'page' ? crumbs({ runId, func, back, link: this.#link }) : nothing
  }

  #close() {
    if (!this.closable || this.mode === 'page') return nothing
    return closeButton(() => this.dispatchEvent(new TaskflowCloseEvent()))
  }

  #link = (route: Route) => ({ href: this.href(route), click: this.go(route) })

  /** This run's place, as a page. */
  #place(): Route {
    return { ...runsRoute(), runId: this.runId, full: this.mode === 'page' }
  }

  /** Fetches the code of a tab, when it is not there yet. */
  #need(tab: string): void {
    Promise.all(elementsOf(tab, this.mode).map(needElement)).catch(() => sayLost(this))
  }

  #more(task: TaskDetailJson) {
    return moreButton((button) => void this.#openMenu(task, button))
  }

  async #openMenu(task: TaskDetailJson, button: HTMLElement): Promise<void> {
    const extras = await codeFor(this, import('../pages/extras.ts'))
    if (!extras) return
    const page: Route = { ...runsRoute(), runId: task.task_id, full: true }
    const items = extras.runMenu({
      task,
      may: this.#actions.may,
      retryChanged: () => void this.#actions.retryChanged(task),
      runNow: () => void this.act('run'),
      openPage: this.mode === 'panel' ? () => void this.navigate(page) : null,
      copy: (text) => void copyText(text, button),
      link: new URL(this.href(page), location.href).href,
    })
    await openMenu(this, button, items)
  }

  /** Keys of the run; a dashboard passes those on that were pressed outside of its page. */
  handleKey(event: KeyboardEvent): void {
    const task = this.#run.detail?.task
    if (!task || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
    if (isTyping(event)) return
    const page = this.mode === 'page'
    const { key } = event
    const logs = this.renderRoot.querySelector<TaskflowLogsElement>('taskflow-logs')
    if (logs && /^[nNf]$/.test(key)) logs.handleKey?.(event)
    if (event.defaultPrevented) return
    if (key === '[' || key === ']') this.#turn(task, key === ']' ? 1 : -1)
    else if (!page) return
    else if (key === 'Escape') this.dispatchEvent(new TaskflowCloseEvent())
    else if (key === 'r' && isRetryable(task.status) && this.#actions.may('retry'))
      void this.act('retry')
    else if (key === 'c' && !isFinal(task.status) && this.#actions.may('cancel'))
      void this.act('cancel')
    else if (key === 'y') void copyText(task.task_id, this)
    else return
    event.preventDefault()
  }

  #turn(task: TaskDetailJson, step: number): void {
    const ids = tabItems(task).map(({ id }) => id)
    const at = Math.max(0, ids.indexOf(this.tab.split(':')[0] ?? ''))
    const id = ids[(at + step + ids.length) % ids.length]
    if (id) this.#selectTab(id)
  }

  #buttons(task: TaskDetailJson) {
    const { progress, may } = this.#actions
    if (this.readonly) return nothing
    return runButtons({
      task,
      progress,
      may,
      act: (action) => void this.act(action),
      link: (id) => this.#link({ ...runsRoute(), runId: id }),
    })
  }

  /** Retries or cancels the run, as the buttons do. */
  async act(action: RunAction, options: { force?: boolean } = {}): Promise<void> {
    await this.#actions.act(action, options)
  }

  #outcome() {
    const { progress } = this.#actions
    if (progress?.state === 'refused') {
      return html`<p class="banner failed" role="alert">${icon('cross')} ${progress.message}</p>`
    }
    return nothing
  }

  /** Instead of the run. */
  #problem(shape: IconName, title: string, text: string, more?: TemplateResult) {
    return html`${this.#crumbs()}
      <header part="header">
        <div class="title"><span class="id mono">${shortId(this.runId)}</span></div>
        <div class="actions">${this.#close()}</div>
      </header>
      ${emptyState({ icon: shape, title, text, ...(more && { more }) })}`
  }

  #selectTab = (tab: string) => {
    this.tab = tab
    this.dispatchEvent(new TaskflowTabEvent(tab))
  }
}
