import type { TaskPage } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatCount, formatTotal } from '../../format/number.ts'
import { formatAbsolute, formatRelative } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { type MessageKey, t } from '../../messages/messages.ts'
import { choice, searchField, segments } from '../../parts/controls.ts'
import { icon } from '../../parts/icons.ts'
import { emptyState } from '../../parts/notices.ts'
import { contentState, staleNotice } from '../../parts/page-states.ts'
import { runTable } from '../../parts/run-table.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { type ErrorGroup, endOf, groupByError } from '../../store/dead-letters.ts'
import type { Resource } from '../../store/resource.ts'
import { pageRoute, runsRoute } from '../../url/route.ts'
import { Ticker } from '../ticker.ts'
import { deadLettersStyles } from './dead-letters.styles.ts'
import { PageElement } from './page-element.ts'

/** Newest failed runs that are looked at: as many as one bulk action takes. */
const MOST = 1000
const SHOWN_RUNS = 10
const LIST_RUNS = 200

const WINDOWS = [
  { value: '1h', label: 'the last hour' },
  { value: '6h', label: 'the last 6 h' },
  { value: '24h', label: 'the last 24 h' },
  { value: '7d', label: 'the last 7 days' },
  { value: 'all', label: 'all time' },
] as const satisfies readonly { value: string; label: MessageKey }[]

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
        ${choice({
          label: t('Task'),
          value: this.param('func'),
          items: [
            { value: '', label: t('All tasks') },
            ...store.functions.map(({ func_name }) => ({
              value: func_name,
              label: visibleText(func_name),
            })),
          ],
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
        items: WINDOWS.map(({ value, label }) => ({ value, label: t(label) })),
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
      const narrowed = this.param('search') !== '' || this.param('func') !== ''
      const empty = emptyState({
        icon: narrowed ? 'search' : 'check',
        title: narrowed ? t('No failed run matches') : t('No dead letters'),
        text: narrowed
          ? t('None fits the filters above.')
          : t('Nothing has failed for good. A run comes here when its last attempt fails.'),
        more: narrowed
          ? html`<button class="button" type="button" @click=${() => this.setParams({ search: '', func: '' })}>
              ${t('Clear the filters')}
            </button>`
          : nothing,
      })
      return narrowed ? empty : this.emptySlot(empty)
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
    return html`<ul class="groups">
      ${repeat(
        this.limited(groups),
        ({ fingerprint }) => fingerprint,
        (group, index) => this.#group(group, index === 0 && group.tasks.length > 1, store),
      )}
    </ul>`
  }

  #group(group: ErrorGroup, large: boolean, store: DashboardStore) {
    const { fingerprint, name, message, tasks, funcs, firstAt, lastAt } = group
    const open = this.opened.has(fingerprint)
    const [first, last] = [Date.parse(firstAt), Date.parse(lastAt)]
    const now = store.now()
    const label = visibleText(name ?? message)
    return html`<li part="row" data-group=${fingerprint}>
      <div class="group">
        <button
          class="button plain icon-only toggle"
          type="button"
          aria-expanded=${open}
          aria-label=${t('Runs with {error}', { error: label })}
          @click=${() => this.#toggle(fingerprint)}
        >
          ${icon('chevronRight')}
        </button>
        <span class="count ${large ? 'bad' : ''}">${formatCount(tasks.length)}</span>
        <span class="what">
          <span>${name ? html`<b>${visibleText(name)}</b>` : nothing} <span class="mono">${visibleText(message)}</span></span>
          <span class="pills"
            >${funcs.slice(0, 4).map((func) => this.link(pageRoute('tasks', func), visibleText(func), 'chip-text'))}${
              funcs.length > 4
                ? html`<span class="muted">${t('and {count} more', { count: funcs.length - 4 })}</span>`
                : nothing
            }</span
          >
        </span>
        ${spark(group, now)}
        <span class="seen">
          <time title=${formatAbsolute(last)}>${formatRelative(last, now)}</time>
          ${tasks.length > 1 ? html`<span class="muted" title=${formatAbsolute(first)}>${t('first {time}', { time: formatRelative(first, now) })}</span>` : nothing}
        </span>
        ${
          this.may('retry')
            ? html`<button
                class="button ${large ? 'primary' : ''}"
                type="button"
                ?disabled=${this.isBusy('retry-failed', fingerprint)}
                @click=${() => void this.#retryGroup(group)}
              >
                ${t('Retry {count} run|Retry {count} runs', { count: tasks.length })}
              </button>`
            : nothing
        }
      </div>
      ${
        open
          ? html`<div class="inner">
              ${runTable({
                tasks: tasks.slice(0, SHOWN_RUNS),
                now,
                named: funcs.length > 1,
                alike: true,
                link: (route, content, classes) => this.link(route, content, classes),
              })}
              ${
                tasks.length > SHOWN_RUNS
                  ? html`<div class="more">
                      ${this.link(
                        runsRoute({
                          status: ['failed'],
                          ...(funcs.length === 1 && { func: funcs[0] ?? '' }),
                          ...(name && { q: `error:"${name}"` }),
                        }),
                        t('Show all in the runs'),
                      )}
                    </div>`
                  : nothing
              }
            </div>`
          : nothing
      }
    </li>`
  }

  #notes(page: TaskPage | null, store: DashboardStore) {
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

  async #retryGroup({ fingerprint, name, message, tasks }: ErrorGroup): Promise<void> {
    const ids = tasks.map(({ task_id }) => task_id)
    const count = ids.length
    const box = await this.dialogs()
    this.speak()
    const confirmed = await box?.confirm({
      title: t('Retry {count} run?|Retry {count} runs?', { count }),
      text: t(
        'All that failed with {error}. Each becomes a new run with the same input; runs that were retried already are skipped.',
        { error: visibleText(name ?? message) },
      ),
      confirm: t('Retry {count} run|Retry {count} runs', { count }),
      count,
    })
    if (!confirmed) return
    await this.act(
      'retry-failed',
      [fingerprint],
      ({ client }) => client.bulkRetry({ task_ids: ids }),
      replayed,
    )
    await this.#failed?.load()
  }

  /** Counted first, so that nobody starts more than they meant to. */
  async #replayWindow(): Promise<void> {
    const func = this.param('func')
    const query = { since: this.window, ...(func && { func_name: func }) }
    const { store } = this
    if (!store) return
    const task = visibleText(func)
    let expected: number
    try {
      expected = (await store.client.retryFailed({ ...query, dry_run: true })).dispatched
    } catch (cause) {
      // Says why, as the action itself would.
      await this.act('retry-failed', [this.window], () => Promise.reject(cause), replayed)
      return
    }
    const box = await this.dialogs()
    this.speak()
    const known = WINDOWS.find(({ value }) => value === this.window)
    const window = known ? t(known.label) : this.window
    if (expected === 0) {
      await box?.confirm({
        title: t('Nothing to replay'),
        text: func
          ? t('No run of {task} that failed in {window} waits for a retry.', { task, window })
          : t('No run that failed in {window} waits for a retry.', { window }),
        confirm: t('Close'),
      })
      return
    }
    const confirmed = await box?.confirm({
      title: t('Retry {count} run?|Retry {count} runs?', { count: expected }),
      text: func
        ? t(
            'All of {task} that failed in {window}, whatever the error. Each becomes a new run with the same input.',
            { task, window },
          )
        : t(
            'All that failed in {window}, whatever the error. Each becomes a new run with the same input.',
            { window },
          ),
      confirm: t('Retry {count} run|Retry {count} runs', { count: expected }),
      count: expected,
    })
    if (!confirmed) return
    await this.act(
      'retry-failed',
      [this.window],
      ({ client }) => client.retryFailed(query),
      replayed,
    )
    await this.#failed?.load()
  }

  #toggle(fingerprint: string): void {
    const opened = new Set(this.opened)
    if (!opened.delete(fingerprint)) opened.add(fingerprint)
    this.opened = opened
  }
}

function replayed(report: { dispatched: number; skipped: number; results: { reason?: string }[] }) {
  const reasons = [...new Set(report.results.flatMap(({ reason }) => (reason ? [reason] : [])))]
  return {
    title: t('{count} run queued|{count} runs queued', { count: report.dispatched }),
    ...(report.skipped > 0 && {
      text:
        reasons.length > 0
          ? t('{count} skipped: {reasons}', {
              count: report.skipped,
              reasons: reasons.slice(0, 3).join('; '),
            })
          : t('{count} skipped', { count: report.skipped }),
    }),
    route: runsRoute({ since: '1h' }),
  }
}

const STEPS = 24

/** How many ended so in each hour of the last day. */
function spark({ tasks }: ErrorGroup, now: number) {
  const counts = Array.from({ length: STEPS }, () => 0)
  for (const task of tasks) {
    const hours = Math.floor((now - Date.parse(endOf(task))) / 3_600_000)
    const at = STEPS - 1 - Math.max(0, hours)
    if (at >= 0) counts[at] = (counts[at] ?? 0) + 1
  }
  const max = Math.max(1, ...counts)
  const line = counts
    .map(
      (value, index) =>
        `${index === 0 ? 'M' : 'L'}${(index * 120) / (STEPS - 1)} ${26 - (value / max) * 24}`,
    )
    .join('')
  return html`<svg class="spark" viewBox="0 0 120 28" role="img" aria-label=${t('Last 24 hours, by hour: {numbers}', { numbers: counts.join(', ') })}>
    <path d=${line} />
  </svg>`
}
