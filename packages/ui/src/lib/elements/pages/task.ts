import type { FunctionJson } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { formatDuration } from '../../format/duration.ts'
import { formatCount, formatPercent } from '../../format/number.ts'
import { configFacts } from '../../format/task-config.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { facts, numbers } from '../../parts/controls.ts'
import { crumbs } from '../../parts/crumbs.ts'
import { icon } from '../../parts/icons.ts'
import { emptyState } from '../../parts/notices.ts'
import { contentState, staleNotice } from '../../parts/page-states.ts'
import { runTable } from '../../parts/run-table.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { NEWEST_FIRST, NO_FILTER } from '../../store/filter.ts'
import type { Resource } from '../../store/resource.ts'
import { RunList } from '../../store/run-list.ts'
import { pageRoute, runsRoute } from '../../url/route.ts'
import { Ticker } from '../ticker.ts'
import { PageElement } from './page-element.ts'
import { pausedBadge, setPaused, startRun } from './task-actions.ts'

const SHOWN_RUNS = 20

/**
 * One task: how it does, its settings, its schema and its runs.
 *
 * @fires taskflow-navigate - a link was followed; cancelable
 * @fires taskflow-action - somebody pauses, resumes or runs it; cancelable
 */
export class TaskflowTaskElement extends PageElement {
  protected readonly page = 'tasks'
  #tasks: Resource<FunctionJson[]> | undefined
  #runs: RunList | undefined

  constructor() {
    super()
    new Ticker(this)
  }

  protected override open(store: DashboardStore) {
    const { resource, ends } = this.follow(store, (signal) => store.client.functions({ signal }))
    this.#tasks = resource
    const runs = new RunList(store, { sort: NEWEST_FIRST, limit: SHOWN_RUNS })
    this.#runs = runs
    return [...ends, runs.subscribe(() => this.requestUpdate()), runs.open()]
  }

  protected override render() {
    const [store, tasks, runs] = [this.store, this.#tasks, this.#runs]
    if (!store || !tasks || !runs) return nothing
    if (runs.request.filter.func !== this.item) {
      void runs.load({ filter: { ...NO_FILTER, func: this.item } })
    }
    const task = tasks.value?.find(({ func_name }) => func_name === this.item)
    return html`
      <div class="head">
        ${crumbs([this.link(pageRoute('tasks'), t('Tasks'))])}
        <h1>${visibleText(this.item)}</h1>
        ${task?.paused ? pausedBadge() : nothing}
        ${task?.group ? html`<span class="chip-text">${visibleText(task.group)}</span>` : nothing}
        <span class="tools">${task ? this.#actions(task) : nothing}</span>
      </div>
      ${staleNotice(tasks, store.freshAt)}
      ${
        task
          ? this.#content(task)
          : html`<div class="card" part="card">${contentState(tasks, t('The task')) ?? this.#unknown()}</div>`
      }
      ${this.#runsCard(runs, store)}
      <taskflow-dialogs></taskflow-dialogs>
    `
  }

  #actions(task: FunctionJson) {
    const busy = this.isBusy(task.paused ? 'resume' : 'pause', task.func_name)
    return html`${
      this.may('pause')
        ? html`<button class="button" type="button" ?disabled=${busy} @click=${() => void this.#setPaused(task)}>
            ${icon(task.paused ? 'play' : 'pause')} ${task.paused ? t('Resume') : t('Pause')}
          </button>`
        : nothing
    }
    ${
      this.may('run')
        ? html`<button
            class="button primary"
            type="button"
            @click=${() => void startRun(this, task, this.store)}
          >
            ${t('Run…')}
          </button>`
        : nothing
    }`
  }

  #unknown() {
    return emptyState({
      icon: 'search',
      title: t('No live instance has this task'),
      text: t('It may have been renamed or removed. Runs of it, if any are left, stand below.'),
    })
  }

  #content(task: FunctionJson) {
    const { analytics } = task
    const { success_rate: rate } = analytics
    return html`<div class="card" part="card">
        ${numbers([
          [t('Total'), formatCount(analytics.total)],
          [t('Succeeded'), formatCount(analytics.success)],
          [t('Failed'), formatCount(analytics.failed), analytics.failed > 0 ? 'bad' : ''],
          [t('Running'), formatCount(analytics.running)],
          [t('Success rate'), rate === null ? '—' : `${formatPercent(rate)} %`],
          [t('Shortest'), formatDuration(analytics.min_duration_seconds)],
          [t('Average'), formatDuration(analytics.avg_duration_seconds)],
          ['p95', formatDuration(analytics.p95_duration_seconds)],
          [t('Longest'), formatDuration(analytics.max_duration_seconds)],
        ])}
      </div>
      <taskflow-chart
        .base=${this.base}
        .credentials=${this.credentials}
        .task=${task.func_name}
      ></taskflow-chart>
      <div class="columns">
        <section class="card">
          <header><h2>${t('Settings')}</h2></header>
          ${facts(configFacts(task))}
        </section>
        <section class="card">
          <header><h2>${t('Input')}</h2></header>
          ${
            task.schema
              ? html`<pre class="mono" tabindex="0" aria-label=${t('JSON Schema of the input')}>${visibleText(JSON.stringify(task.schema, null, 2))}</pre>`
              : html`<p class="nothing">${t('No schema, or one that cannot be told: the server checks what it gets.')}</p>`
          }
        </section>
      </div>`
  }

  #runsCard(runs: RunList, store: DashboardStore) {
    return html`<section class="card">
      <header>
        <h2>${t('Runs')}</h2>
        ${this.link(runsRoute({ func: this.item }), t('View all'), 'end')}
      </header>
      ${
        runs.rows.length > 0
          ? runTable({
              tasks: runs.rows.map(({ task }) => task),
              now: store.now(),
              link: (route, content, classes) => this.link(route, content, classes),
            })
          : runs.state === 'error'
            ? html`<p class="nothing">${runs.error?.detail}</p>`
            : runs.state === 'ready'
              ? html`<p class="nothing">${t('It has not run yet.')}</p>`
              : contentState(
                  { value: null, error: null, loading: true, load: async () => {} },
                  t('Runs'),
                )
      }
    </section>`
  }

  async #setPaused({ func_name, paused }: FunctionJson): Promise<void> {
    const { action, send, summary } = setPaused(func_name, !paused)
    if (await this.act(action, [func_name], send, summary)) await this.#tasks?.load()
  }
}
