import type { BulkRetryJson, TaskPage } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatTotal } from '../../format/number.ts'
import { t } from '../../messages/messages.ts'
import { choice, searchField, segments, taskChoice } from '../../parts/controls.ts'
import { icon } from '../../parts/icons.ts'
import { emptyState } from '../../parts/notices.ts'
import { contentState, noneFits, staleNotice } from '../../parts/page-states.ts'
import { runTable } from '../../parts/run-table.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { type ErrorGroup, groupByError } from '../../store/dead-letters.ts'
import type { Resource } from '../../store/resource.ts'
import type { ConfirmOptions } from '../dialogs/dialogs.ts'
import { dialogsOf } from '../overlays.ts'
import { Ticker } from '../ticker.ts'
import { deadLettersStyles } from './dead-letters.styles.ts'
import { errorGroup } from './error-group.ts'
import { PageElement } from './page-element.ts'
import { groupQuestion, RETRY_WINDOWS, retrySummary, windowQuestion } from './retry-failed.ts'

/** Newest failed runs that are looked at: as many as one bulk action takes. */
const MOST = 1000
const LIST_RUNS = 200

/**
 * Runs that failed for good, by error: a fault that was mended is retried in one go.
 *
 * @fires taskflow-navigate - a link was followed; cancelable
 * @fires taskflow-action - somebody retries; cancelable
 * @slot empty - instead of what is said when there is nothing
 * @csspart card - the box around it
 * @csspart row - one group of errors
 * @csspart toolbar - search and filters
 */
export class TaskflowDeadLettersElement extends PageElement {
  static override styles = [...PageElement.styles, deadLettersStyles]
  static override properties = { window: { state: true }, opened: { state: true } }
  protected readonly page = 'dead-letters'
  /** What the replay reaches back to. */
  declare window: string
  declare opened: ReadonlySet<string>
  #failed: Resource<TaskPage> | undefined
  #asked = ''

  constructor() {
    super()
    this.window = '24h'
    this.opened = new Set()
    new Ticker(this)
  }

  protected override open(store: DashboardStore) {
    this.#asked = this.param('func')
    const { resource, ends } = this.follow(
      store,
      (signal) => {
        const func = this.param('func')
        const query = { status: ['failed'] as const, limit: MOST }
        return store.client.list({ ...query, ...(func && { func_name: [func] }) }, { signal })
      },
      5000,
    )
    this.#failed = resource
    return ends
  }

  protected override updated(): void {
    if (this.param('func') === this.#asked) return
    this.#asked = this.param('func')
    void this.#failed?.load()
  }

  protected override render() {
    const [store, failed] = [this.store, this.#failed]
    if (!store || !failed) return nothing
    const search = this.param('search').trim().toLowerCase()
    const tasks = (failed.value?.tasks ?? []).filter(({ error, func_name, task_id }) =>
      `${error ?? ''}\n${func_name}\n${task_id}`.toLowerCase().includes(search),
    )
    const groups = groupByError(tasks)
    return html`
      ${this.#head(failed.value, groups.length, store)} ${staleNotice(failed, store.freshAt)}
      <div class="card" part="card">
        ${contentState(failed, t('Dead letters')) ?? this.#content(tasks, groups, store)}
      </div>
      ${this.#notes(failed.value, store)}
      <taskflow-dialogs></taskflow-dialogs>
    `
  }

  #head(page: TaskPage | null, groups: number, store: DashboardStore) {
    const total = page ? formatTotal(page.total, page.totalExact) : ''
    return html`<div class="head">
      <h1>${t('Dead letters')}</h1>
      ${
        page && page.total > 0
          ? html`<span class="sub"
              >${t('{total} failed for good, in {count} group|{total} failed for good, in {count} groups', { total, count: groups })}</span
            >`
          : nothing
      }
      <span class="tools" part="toolbar"
        >${searchField({ label: t('Filter by error or task'), value: this.param('search'), input: (search) => this.setParams({ search }) })}
        ${taskChoice({
          functions: store.functions,
          value: this.param('func'),
          select: (func) => this.setParams({ func }),
        })}
        ${segments({
          label: t('View'),
          value: this.param('view') || 'error',
          items: [
            { value: 'error', label: t('By error') },
            { value: 'list', label: t('List') },
          ],
          select: (view) => this.setParams({ view: view === 'list' ? 'list' : '' }),
        })}
        ${this.may('retry') ? this.#replay() : nothing}</span
      >
    </div>`
  }

  #replay() {
    return html`<span class="replay" role="group" aria-label=${t('Replay')}>
      ${choice({
        label: t('Retry everything that failed in'),
        value: this.window,
        items: RETRY_WINDOWS.map(({ value, label }) => ({ value, label: t(label) })),
        select: (window) => {
          this.window = window
        },
      })}
      <button
        class="button"
        type="button"
        data-replay
        ?disabled=${this.isBusy('retry-failed', this.window)}
        @click=${() => void this.#replayWindow()}
      >
        ${icon('cycle')} ${t('Replay…')}
      </button>
    </span>`
  }

  #content(tasks: TaskPage['tasks'], groups: readonly ErrorGroup[], store: DashboardStore) {
    if (tasks.length === 0) {
      if (this.param('search') || this.param('func')) {
        return noneFits(t('No failed run matches'), () => this.setParams({ search: '', func: '' }))
      }
      return this.emptySlot(
        emptyState({
          icon: 'check',
          title: t('No dead letters'),
          text: t('Nothing has failed for good. A run comes here when its last attempt fails.'),
        }),
      )
    }
    if (this.param('view') === 'list') {
      return runTable({
        tasks: tasks.slice(0, this.limit ?? LIST_RUNS),
        now: store.now(),
        named: true,
        alike: true,
        link: (route, content, classes) => this.link(route, content, classes),
      })
    }
    return html`<div class="group heads" aria-hidden="true">
        <span></span><span>${t('Runs')}</span><span>${t('Error')}</span><span class="hours">${t('Last 24 h')}</span
        ><span class="seen">${t('Last seen')}</span>
      </div>
      <ul class="groups">
      ${repeat(
        this.limited(groups),
        ({ fingerprint }) => fingerprint,
        (group, index) =>
          errorGroup({
            group,
            large: index === 0 && group.tasks.length > 1,
            open: this.opened.has(group.fingerprint),
            now: store.now(),
            link: (route, content, classes) => this.link(route, content, classes),
            toggle: () => this.#toggle(group.fingerprint),
            retry: this.may('retry') ? () => void this.#retryGroup(group) : null,
            busy: this.isBusy('retry-failed', group.fingerprint),
          }),
      )}
    </ul>`
  }

  #notes(page: TaskPage | null, store: DashboardStore) {
    if (!page?.total) return nothing
    const days = Math.round((store.overview?.config.retention_seconds ?? 0) / 86_400)
    return html`${
      page?.next
        ? html`<p class="note">${icon('info')} ${t('Grouped are the newest {count}; a replay reaches all.', { count: page.tasks.length })}</p>`
        : nothing
    }
    <p class="note">
      ${icon('info')} ${t('A retry is a new run with a fresh id and the same input. The failed run stays as it is.')}
      ${days > 0 ? t('It is removed {count} day after it ended.|It is removed {count} days after it ended.', { count: days }) : nothing}
    </p>`
  }

  #retryGroup(group: ErrorGroup): Promise<void> {
    const task_ids = group.tasks.map(({ task_id }) => task_id)
    return this.#retry(
      group.fingerprint,
      () => groupQuestion(group),
      ({ client }) => client.bulkRetry({ task_ids }),
    )
  }

  /** Counted first, so that nobody starts more than they meant to. */
  async #replayWindow(): Promise<void> {
    const [{ store, window }, func] = [this, this.param('func')]
    if (!store) return
    const query = { since: window, ...(func && { func_name: func }) }
    let count: number
    try {
      count = (await store.client.retryFailed({ ...query, dry_run: true })).dispatched
    } catch (cause) {
      // Says why, as the action itself would.
      await this.act('retry-failed', [window], () => Promise.reject(cause), retrySummary)
      return
    }
    await this.#retry(
      window,
      () => windowQuestion(count, window, func),
      count > 0 ? ({ client }) => client.retryFailed(query) : null,
    )
  }

  /** Asks and sends; only says something when there is nothing to send. */
  async #retry(
    id: string,
    question: () => ConfirmOptions,
    send: ((store: DashboardStore) => Promise<BulkRetryJson>) | null,
  ): Promise<void> {
    const dialogs = await dialogsOf(this)
    if (!(await dialogs?.confirm(question())) || !send) return
    await this.act('retry-failed', [id], send, retrySummary)
    await this.#failed?.load()
  }

  #toggle(fingerprint: string): void {
    const opened = new Set(this.opened)
    if (!opened.delete(fingerprint)) opened.add(fingerprint)
    this.opened = opened
  }
}
