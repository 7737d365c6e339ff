import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatDuration, formatElapsed } from '../format/duration.ts'
import { formatCount, shortId } from '../format/number.ts'
import { schedulerText } from '../format/scheduler.ts'
import { formatAbsolute, formatClock, formatRelative } from '../format/time.ts'
import { visibleText } from '../format/visible-text.ts'
import { needElement } from '../lazy.ts'
import { t } from '../messages/messages.ts'
import { emptyRuns } from '../parts/empty-runs.ts'
import { icon, statusIcon } from '../parts/icons.ts'
import { colourOf, orMissing, sourceBadge, statusText } from '../parts/status.ts'
import { type FailureGroup, groupFailures } from '../store/attention.ts'
import type { DashboardStore } from '../store/dashboard-store.ts'
import { NEWEST_FIRST, NO_FILTER } from '../store/filter.ts'
import { RunList, type RunRow } from '../store/run-list.ts'
import { controls } from '../styles/controls.ts'
import { notices } from '../styles/notices.ts'
import { statusStyles } from '../styles/status-css.ts'
import { hostReset, tokens } from '../styles/tokens.ts'
import { pageRoute, runsRoute } from '../url/route.ts'
import { endAll } from './end-all.ts'
import { overviewStyles } from './overview.styles.ts'
import { StoreElement } from './store-element.ts'
import { Ticker } from './ticker.ts'

const SKELETON_ROWS = [0, 1, 2].map(() => html`<li><span></span></li>`)
const SHOWN_FAILURES = 5
const SHOWN_RUNNING = 5
const SHOWN_RECENT = 8
const SHOWN_SCHEDULES = 5
const STATE_MS = 15_000

/**
 * The first page: numbers, what needs attention, what runs now, and the newest runs.
 *
 * @fires taskflow-navigate - a link was followed; cancelable
 * @slot overview-end - below everything
 * @csspart card - one box
 */
export class TaskflowOverviewElement extends StoreElement {
  static override styles = [tokens, hostReset, controls, statusStyles, notices, overviewStyles]

  #recent: RunList | undefined
  #running: RunList | undefined
  #failed: RunList | undefined

  constructor() {
    super()
    new Ticker(this)
  }

  protected override storeConnected(store: DashboardStore): () => void {
    const ends = [super.storeConnected(store)]
    const open = (filter: Partial<typeof NO_FILTER>, limit: number) => {
      const list = new RunList(store, {
        filter: { ...NO_FILTER, ...filter },
        sort: NEWEST_FIRST,
        limit,
      })
      ends.push(
        list.subscribe(() => this.requestUpdate()),
        list.open(),
      )
      void list.load()
      return list
    }
    void needElement('taskflow-chart').catch(() => {
      // Without the code of the charts the numbers and lists still tell.
    })
    // No event tells that a process reports no more, or that a due time has passed.
    const timer = setInterval(() => {
      if (document.visibilityState === 'hidden' || store.paused) return
      void store.readOverview()
      void store.readSchedules()
    }, STATE_MS)
    void store.readSchedules()
    ends.push(() => clearInterval(timer))
    this.#recent = open({}, SHOWN_RECENT)
    this.#running = open({ status: ['running'] }, 50)
    this.#failed = open({ status: ['failed', 'interrupted'] }, 50)
    return endAll(ends)
  }

  protected override render() {
    const { store } = this
    const [recent, running, failed] = [this.#recent, this.#running, this.#failed]
    if (!store || !recent || !running || !failed) return nothing
    const empty = recent.state === 'ready' && recent.rows.length === 0
    return html`
      ${this.#head(store)}
      <taskflow-metrics
        .base=${this.base}
        .credentials=${this.credentials}
        .linkFor=${this.linkFor}
        range="1h"
        exportparts="card, label, value, delta, sparkline"
      ></taskflow-metrics>
      ${
        empty
          ? html`<div class="card">${emptyRuns(store.functions)}</div>`
          : html`<div class="charts">${this.#chart('throughput')} ${this.#chart('latency')} ${this.#chart('wait')}</div>
              <div class="lists ${store.schedules?.length ? 'three' : ''}">
                ${this.#attention(failed, store)} ${this.#runningNow(running, store)}
                ${this.#nextScheduled(store)}
              </div>
              ${this.#recentRuns(recent, store)}`
      }
      <slot name="overview-end"></slot>
    `
  }

  #head({ overview }: DashboardStore) {
    const days = Math.round((overview?.config.retention_seconds ?? 0) / 86_400)
    return html`<div class="head">
      <h1>${t('Overview')}</h1>
      ${
        overview
          ? html`<span class="muted fact"
                ><span class="dot" data-status=${overview.scheduler === 'running' ? 'success' : 'failed'}></span
                >${schedulerText(overview)}</span
              >
              <span class="muted fact zone">${overview.time_zone}</span>
              <span class="muted fact">${t('{count} instance|{count} instances', { count: overview.instances.length })}</span>
              ${days > 0 ? html`<span class="muted end">${t('History kept {count} day|History kept {count} days', { count: days })}</span>` : nothing}`
          : nothing
      }
    </div>
    ${
      overview?.config.description
        ? html`<p class="description muted">${visibleText(overview.config.description)}</p>`
        : nothing
    }`
  }

  #chart(metric: string) {
    return html`<taskflow-chart
      .base=${this.base}
      .credentials=${this.credentials}
      .metric=${metric}
    ></taskflow-chart>`
  }

  #nextScheduled(store: DashboardStore) {
    const schedules = store.schedules ?? []
    if (schedules.length === 0) return nothing
    const route = pageRoute('schedules')
    return html`<section class="card" part="card">
      <header>
        <h2>${t('Next scheduled')}</h2>
        <a class="end" href=${this.href(route)} @click=${this.go(route)}>${t('View all')}</a>
      </header>
      <ul>
        ${schedules.slice(0, SHOWN_SCHEDULES).map((schedule) => {
          const to = pageRoute('schedules', schedule.id)
          const at = schedule.next_run === null ? null : Date.parse(schedule.next_run)
          return html`<li>
            <a href=${this.href(to)} @click=${this.go(to)}>
              <span class="main">
                <span class="truncate first">${visibleText(schedule.name)}</span>
                <span class="truncate second">${visibleText(schedule.description)}</span>
              </span>
              <span class="side">
                <span>${at === null ? orMissing(null) : formatRelative(at, store.now())}</span>
                <span class="second">${at === null ? (schedule.state === 'paused' ? t('held') : '') : formatClock(at)}</span>
              </span>
            </a>
          </li>`
        })}
      </ul>
    </section>`
  }

  /** What is wrong with the processes, not with runs. */
  #faults({ overview }: DashboardStore) {
    const stale = overview?.instances.filter(({ state }) => state === 'stale') ?? []
    const faults = stale.map(({ instance_id, last_beat_at }) => ({
      title: t('{instance} has stopped reporting', { instance: instance_id }),
      text: t('What it ran is taken over, or marked interrupted.'),
      at: Date.parse(last_beat_at) as number | null,
    }))
    if (
      overview?.scheduler === 'stopped' &&
      !overview.instances.some(({ state }) => state === 'running')
    ) {
      faults.push({
        title: t('No instance is running'),
        text: t('Runs wait until one starts.'),
        at: null,
      })
    }
    return faults
  }

  #fault({ title, text, at }: { title: string; text: string; at: number | null }, now: number) {
    const route = pageRoute('instances')
    return html`<li data-status="interrupted">
      <a href=${this.href(route)} @click=${this.go(route)}>
        <span class="mark">${icon('bolt')}</span>
        <span class="main">
          <span class="truncate first">${visibleText(title)}</span>
          <span class="truncate second">${text}</span>
        </span>
        ${at === null ? nothing : html`<time class="muted" title=${formatAbsolute(at)}>${formatRelative(at, now)}</time>`}
        ${icon('chevronRight')}
      </a>
    </li>`
  }

  #attention(list: RunList, store: DashboardStore) {
    const rows = list.rows.filter((row) => !row.stale)
    const groups = groupFailures(rows.map((row) => row.task))
    const faults = this.#faults(store)
    const count = groups.length + faults.length
    return html`<section class="card" part="card">
      <header>
        <h2>${t('Needs attention')}</h2>
        ${count > 0 ? html`<span class="muted">${count}</span>` : nothing}
        ${
          groups.length > SHOWN_FAILURES
            ? this.#viewAll(runsRoute({ status: ['failed', 'interrupted'] }))
            : nothing
        }
      </header>
      ${
        count === 0 && list.state === 'ready'
          ? html`<p class="good">${icon('check')} ${t('No failed runs')}</p>`
          : html`${this.#waiting(list)}<ul>
              ${faults.map((fault) => this.#fault(fault, store.now()))}
              ${groups.slice(0, SHOWN_FAILURES).map((group) => this.#failure(group, rows.length, store))}
            </ul>`
      }
    </section>`
  }

  /** Until a list was read for the first time. */
  #waiting(list: RunList) {
    return list.state === 'loading' || list.state === 'idle'
      ? html`<ul class="skeleton" aria-hidden="true">${SKELETON_ROWS}</ul>`
      : nothing
  }

  #failure(
    { func, what, message, count, newest }: FailureGroup,
    of: number,
    store: DashboardStore,
  ) {
    const route = runsRoute({ status: [newest.phase], func })
    const at = Date.parse(newest.end_time ?? newest.created_at)
    return html`<li data-status=${colourOf(newest.phase)}>
      <a href=${this.href(route)} @click=${this.go(route)}>
        <span class="mark">${statusIcon(newest.phase)}</span>
        <span class="main">
          <span class="truncate first">${t('{what} in {task}', { what: what ? visibleText(what) : newest.status === 'interrupted' ? t('Interrupted') : t('Failure'), task: visibleText(func) })}</span>
          <span class="truncate second"
            >${count > 1 ? t('{count} of the last {total} failures', { count, total: of }) : ''}${count > 1 && message ? ', ' : ''}${message}</span
          >
        </span>
        <time class="muted" title=${formatAbsolute(at)}>${formatRelative(at, store.now())}</time>
        ${icon('chevronRight')}
      </a>
    </li>`
  }

  #runningNow(list: RunList, store: DashboardStore) {
    const rows = list.rows.filter((row) => !row.stale)
    // The numbers come at most once a second: the list knows better while it holds all.
    const total = list.next === null ? rows.length : (store.metrics?.running ?? rows.length)
    return html`<section class="card" part="card">
      <header>
        <h2>${t('Running now')}</h2>
        ${total > 0 ? html`<span class="muted">${formatCount(total)}</span>` : nothing}
        ${total > 0 ? this.#viewAll(runsRoute({ status: ['running'] })) : nothing}
      </header>
      ${
        rows.length === 0 && list.state === 'ready'
          ? html`<p class="good">${t('Nothing runs at this moment')}</p>`
          : html`${this.#waiting(list)}<ul>
              ${repeat(
                rows.slice(0, SHOWN_RUNNING),
                ({ task }) => task.task_id,
                (row) => this.#runningRow(row, store),
              )}
            </ul>`
      }
    </section>`
  }

  #runningRow({ task }: RunRow, store: DashboardStore) {
    const route = { ...runsRoute(), runId: task.task_id }
    const start = Date.parse(task.start_time ?? task.created_at)
    return html`<li data-status="running">
      <a href=${this.href(route)} @click=${this.go(route)}>
        <span class="mark">${statusIcon('running')}</span>
        <span class="main">
          <span class="truncate first">${visibleText(task.func_name)}</span>
          <span class="truncate second"
            ><span class="mono">${shortId(task.task_id)}</span> ${task.instance ? visibleText(task.instance) : ''}</span
          >
        </span>
        <span class="side">
          <span>${formatElapsed((store.now() - start) / 1000)}</span>
          ${
            task.progress
              ? html`<span class="share"
                  ><progress max="1" value=${task.progress.fraction} aria-label=${t('Progress')}></progress
                  >${Math.round(task.progress.fraction * 100)} %</span
                >`
              : nothing
          }
        </span>
      </a>
    </li>`
  }

  #recentRuns(list: RunList, store: DashboardStore) {
    const now = store.now()
    return html`<section class="card" part="card">
      <header>
        <h2>${t('Recent runs')}</h2>
        ${this.#viewAll(runsRoute(), t('View all runs'))}
      </header>
      ${this.#waiting(list)}
      <ul class="recent">
        ${repeat(
          list.rows,
          ({ task }) => task.task_id,
          ({ task }) => {
            const route = { ...runsRoute(), runId: task.task_id }
            const created = Date.parse(task.created_at)
            return html`<li>
              <a href=${this.href(route)} @click=${this.go(route)}>
                ${statusText(task.phase)}
                <span class="name"><span class="truncate">${visibleText(task.func_name)}</span> ${sourceBadge(task)}</span>
                <span class="mono muted id">${shortId(task.task_id)}</span>
                <span class="muted truncate group">${orMissing(task.group === null ? null : visibleText(task.group))}</span>
                <span class="muted wait">${waited(task)}</span>
                <span class="number">${orMissing(formatDuration(task.duration))}</span>
                <time class="muted number" title=${formatAbsolute(created)}>${formatRelative(created, now)}</time>
              </a>
            </li>`
          },
        )}
      </ul>
    </section>`
  }

  #viewAll(route: ReturnType<typeof runsRoute>, label = t('View all')) {
    return html`<a class="end" href=${this.href(route)} @click=${this.go(route)}>${label}</a>`
  }
}

/** Time between being due and the start; only where the first attempt is the one recorded. */
function waited(task: RunRow['task']): string {
  if (!task.start_time || task.attempts_made > 1) return ''
  const seconds = (Date.parse(task.start_time) - Date.parse(task.run_at)) / 1000
  return seconds >= 0 ? t('waited {time}', { time: formatDuration(seconds) }) : ''
}
