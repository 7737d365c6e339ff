import type { FunctionJson } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatDuration } from '../../format/duration.ts'
import { formatCount, formatPercent } from '../../format/number.ts'
import { statusCount } from '../../format/phase.ts'
import { configPills } from '../../format/task-config.ts'
import { formatRelative } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { searchField } from '../../parts/controls.ts'
import { icon, statusIcon } from '../../parts/icons.ts'
import { emptyState } from '../../parts/notices.ts'
import { contentState, noneFits, staleNotice } from '../../parts/page-states.ts'
import { orMissing } from '../../parts/status.ts'
import { historyStrip, mixBar } from '../../parts/strips.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { RecentRuns } from '../../store/recent-runs.ts'
import type { Resource } from '../../store/resource.ts'
import { pageRoute, runsRoute } from '../../url/route.ts'
import { Ticker } from '../ticker.ts'
import { PageElement } from './page-element.ts'
import { pausedBadge, setPaused, startRun } from './task-actions.ts'
import { tasksStyles } from './tasks.styles.ts'

/** Below this a success rate is worth a colour. */
const GOOD_RATE = 0.99

/**
 * Tasks by group: settings, the last runs, how they did, and what can be done.
 *
 * @fires taskflow-navigate - a link was followed; cancelable
 * @fires taskflow-action - somebody pauses, resumes or runs a task; cancelable
 * @slot empty - instead of what is said when there is nothing
 * @csspart table - the table
 * @csspart row - one row
 * @csspart card - the box around it
 * @csspart toolbar - search and filters
 */
export class TaskflowTasksElement extends PageElement {
  static override styles = [...PageElement.styles, tasksStyles]
  protected readonly page = 'tasks'
  #tasks: Resource<FunctionJson[]> | undefined
  #recent: RecentRuns | undefined

  constructor() {
    super()
    new Ticker(this)
  }

  protected override open(store: DashboardStore) {
    const { resource, ends } = this.follow(store, (signal) => store.client.functions({ signal }))
    this.#tasks = resource
    const recent = new RecentRuns(store)
    this.#recent = recent
    return [...ends, recent.subscribe(() => this.requestUpdate()), recent.open()]
  }

  protected override render() {
    const [store, tasks] = [this.store, this.#tasks]
    if (!store || !tasks) return nothing
    return html`
      ${this.#head(tasks.value ?? [])} ${staleNotice(tasks, store.freshAt)}
      <div class="card" part="card">${contentState(tasks, t('Tasks')) ?? this.#content(tasks.value ?? [], store)}</div>
      <taskflow-dialogs></taskflow-dialogs>
    `
  }

  #head(all: readonly FunctionJson[]) {
    const groups = new Set(all.map(({ group }) => group)).size
    const paused = all.filter((task) => task.paused).length
    return html`<div class="head">
      <h1>${t('Tasks')}</h1>
      ${
        all.length > 0
          ? html`<span class="sub"
              >${t('{tasks} in {count} group|{tasks} in {count} groups', { tasks: all.length, count: groups })}${paused > 0 ? `, ${t('{count} paused', { count: paused })}` : ''}</span
            >`
          : nothing
      }
      <span class="tools" part="toolbar"
        >${searchField({
          label: t('Filter tasks'),
          value: this.param('search'),
          input: (search) => this.setParams({ search }),
        })}
        ${this.link(pageRoute('graph'), t('Graph'), 'button')}</span
      >
    </div>`
  }

  #content(all: readonly FunctionJson[], store: DashboardStore) {
    if (all.length === 0) {
      return this.emptySlot(
        emptyState({
          icon: 'inbox',
          title: t('No tasks yet'),
          text: t('Tasks show up here once an instance that defines them has started.'),
        }),
      )
    }
    const search = this.param('search').trim().toLowerCase()
    const found = all.filter(({ func_name, group }) =>
      `${func_name}\n${group ?? ''}`.toLowerCase().includes(search),
    )
    if (found.length === 0) {
      return noneFits(
        t('No task matches'),
        () => this.setParams({ search: '' }),
        t('None has “{text}” in its name or group.', {
          text: visibleText(this.param('search').trim()),
        }),
      )
    }
    return html`<table part="table">
      <thead>
        <tr>
          <th scope="col">${t('Task')}</th>
          <th scope="col" class="p1">${t('Last 32 runs')}</th>
          <th scope="col" class="num p2">${t('Runs')}</th>
          <th scope="col" class="num">${t('Success')}</th>
          <th scope="col" class="num p1">p95</th>
          <th scope="col" class="num p1">${t('Running')}</th>
          <th scope="col" class="p3">${t('Settings')}</th>
          <th scope="col" class="num p2">${t('Last run')}</th>
          <th scope="col" class="fit"><span class="visually-hidden">${t('Actions')}</span></th>
        </tr>
      </thead>
      ${groupsOf(this.limited(found)).map(([group, tasks]) => this.#group(group, tasks, store))}
    </table>`
  }

  #group(group: string | null, tasks: readonly FunctionJson[], store: DashboardStore) {
    const sum = (of: (task: FunctionJson) => number) =>
      tasks.reduce((total, task) => total + of(task), 0)
    const total = sum(({ analytics }) => analytics.total)
    const failed = sum(({ analytics }) => analytics.failed)
    return html`<tbody>
      <tr class="group">
        <th scope="rowgroup">
          <span class="named" title=${group === null ? nothing : visibleText(group)}>${group === null ? t('No group') : visibleText(group)}</span>
          <span class="muted">${tasks.length}</span>
        </th>
        <td class="p1">
          ${mixBar([
            { status: 'success', count: sum(({ analytics }) => analytics.success) },
            { status: 'failed', count: failed },
            { status: 'running', count: sum(({ analytics }) => analytics.running) },
          ])}
        </td>
        <td colspan="7" class="muted">
          ${t('{count} run|{count} runs', { count: total })}${failed > 0 ? `, ${statusCount('failed', failed)}` : ''}
        </td>
      </tr>
      ${repeat(
        tasks,
        ({ func_name }) => func_name,
        (task) => this.#row(task, store),
      )}
    </tbody>`
  }

  #row(task: FunctionJson, store: DashboardStore) {
    const { func_name: name, analytics, last_run: last } = task
    const rate = analytics.success_rate
    return html`<tr part="row" class="row" data-task=${name}>
      <th scope="row" class="first">
        <span class="name"
          >${this.named(pageRoute('tasks', name), name)}
          ${task.paused ? pausedBadge() : nothing}
          ${task.instances === 0 ? html`<span class="chip-text">${t('no instance')}</span>` : nothing}</span
        >
      </th>
      <td class="p1">${historyStrip(this.#recent?.of(name) ?? [])}</td>
      <td class="num p2">${this.link(runsRoute({ func: name }), formatCount(analytics.total))}</td>
      <td class="num ${rate !== null && rate < GOOD_RATE ? 'bad' : ''}">
        ${orMissing(rate === null ? null : `${formatPercent(rate)} %`)}
      </td>
      <td class="num p1">${orMissing(formatDuration(analytics.p95_duration_seconds))}</td>
      <td class="num p1">
        ${
          analytics.running > 0
            ? html`<span class="status" data-status="running"
                >${statusIcon('running')}${formatCount(analytics.running)}</span
              >`
            : orMissing(null)
        }
      </td>
      <td class="p3">
        <span class="pills"
          >${configPills(task).map((pill) => html`<span class="chip-text">${pill}</span>`)}</span
        >
      </td>
      <td class="num p2 muted">
        ${orMissing(last && formatRelative(Date.parse(last.created_at), store.now()))}
      </td>
      <td class="fit"><span class="actions">${this.#actions(task)}</span></td>
    </tr>`
  }

  #actions(task: FunctionJson) {
    const name = task.func_name
    const label = task.paused ? t('Resume') : t('Pause')
    const busy = this.isBusy(task.paused ? 'resume' : 'pause', name)
    return html`${
      this.may('run')
        ? html`<button
            class="button plain icon-only"
            type="button"
            aria-label=${t('Run {task}', { task: visibleText(name) })}
            title=${t('Run now, with an input of yours')}
            @click=${() => void startRun(this, task, this.store)}
          >
            ${icon('play')}
          </button>`
        : nothing
    }
    ${
      this.may('pause')
        ? html`<button
            class="button ${task.paused ? '' : 'plain icon-only'}"
            type="button"
            aria-label="${label} ${visibleText(name)}"
            title=${task.paused ? t('Resume on all instances') : t('Pause on all instances')}
            ?disabled=${busy}
            @click=${() => void this.#setPaused(task)}
          >
            ${icon(task.paused ? 'play' : 'pause')} ${task.paused ? t('Resume') : nothing}
          </button>`
        : nothing
    }`
  }

  async #setPaused({ func_name, paused }: FunctionJson): Promise<void> {
    const { action, send, summary } = setPaused(func_name, !paused)
    if (await this.act(action, [func_name], send, summary)) await this.#tasks?.load()
  }
}

/** By group, those without one last; names in order. */
function groupsOf(tasks: readonly FunctionJson[]): [string | null, FunctionJson[]][] {
  const groups = new Map<string | null, FunctionJson[]>()
  for (const task of tasks.toSorted((a, b) => (a.func_name < b.func_name ? -1 : 1))) {
    const group = groups.get(task.group)
    if (group) group.push(task)
    else groups.set(task.group, [task])
  }
  return [...groups].sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
}
