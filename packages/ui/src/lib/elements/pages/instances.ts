import type { InstanceJson, OverviewJson } from '@taskflow/core/client'
import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatDuration, formatElapsed } from '../../format/duration.ts'
import { formatCount } from '../../format/number.ts'
import { formatAbsolute, formatRelative } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { type MessageKey, t } from '../../messages/messages.ts'
import { numbers } from '../../parts/controls.ts'
import { type IconName, icon } from '../../parts/icons.ts'
import { emptyState } from '../../parts/notices.ts'
import { contentState, staleNotice } from '../../parts/page-states.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import type { Resource } from '../../store/resource.ts'
import { runsRoute } from '../../url/route.ts'
import { Ticker } from '../ticker.ts'
import { PageElement } from './page-element.ts'

const POLL_MS = 5000

const STATES = {
  running: { label: 'Active', colour: 'success', mark: 'check' },
  draining: { label: 'Shutting down', colour: 'retrying', mark: 'clock' },
  stale: { label: 'Unresponsive', colour: 'interrupted', mark: 'bolt' },
} as const satisfies Record<
  InstanceJson['state'],
  { label: MessageKey; colour: string; mark: IconName }
>

/**
 * The processes that work: who they are, whether they report, what they run; and the state of it all.
 *
 * @fires taskflow-navigate - a link was followed; cancelable
 * @slot empty - instead of what is said when there is nothing
 * @csspart table - the table
 * @csspart row - one row
 * @csspart card - the box around it
 */
export class TaskflowInstancesElement extends PageElement {
  static override styles = [
    ...PageElement.styles,
    css`
      .numbers .value {
        font-size: 13px;
        line-height: 20px;
        font-weight: 500;
        overflow-wrap: anywhere;
      }
    `,
  ]
  protected readonly page = 'instances'
  #overview: Resource<OverviewJson> | undefined

  constructor() {
    super()
    new Ticker(this)
  }

  protected override open(store: DashboardStore) {
    // One answer with both, so that numbers and instances are of one moment.
    const { resource, ends } = this.follow(store, (signal) => store.client.overview({ signal }))
    this.#overview = resource
    // A process that stops to report makes no event.
    const timer = setInterval(() => {
      if (document.visibilityState !== 'hidden' && !store.paused) void resource.load()
    }, POLL_MS)
    return [...ends, () => clearInterval(timer)]
  }

  protected override render() {
    const [store, overview] = [this.store, this.#overview]
    if (!store || !overview) return nothing
    const all = overview.value?.instances ?? []
    const stale = all.filter(({ state }) => state === 'stale').length
    return html`
      <div class="head">
        <h1>${t('Instances')}</h1>
        ${
          overview.value
            ? html`<span class="sub"
                >${t('{count} instance|{count} instances', { count: all.length })}${stale > 0 ? html`, <span class="late">${t('{count} unresponsive', { count: stale })}</span>` : nothing}</span
              >`
            : nothing
        }
      </div>
      ${staleNotice(overview, store.freshAt)}
      ${overview.value ? this.#system(overview.value) : nothing}
      <div class="card" part="card">
        ${contentState(overview, t('Instances'), 3) ?? this.#table(this.limited(all), store)}
      </div>
      ${overview.value ? executors(overview.value) : nothing}
    `
  }

  #system(overview: OverviewJson) {
    const running = overview.instances
      .filter(({ state }) => state !== 'stale')
      .reduce((sum, one) => sum + one.running, 0)
    const days = (overview.config.retention_seconds ?? 0) / 86_400
    const scheduler = overview.scheduler === 'running'
    return html`<div class="card" part="card">
      ${numbers([
        [
          t('Scheduler'),
          html`<span class="status"
            ><span class="dot" data-status=${scheduler ? 'success' : 'failed'}></span> ${scheduler ? t('Running') : t('Stopped')}</span
          >`,
        ],
        [t('Time zone'), overview.time_zone],
        [t('Storage'), overview.storage],
        [t('Slots of this instance'), formatCount(overview.concurrency)],
        [t('Running'), formatCount(running)],
        [
          t('History kept'),
          days > 0 ? t('{count} day|{count} days', { count: Math.round(days) }) : t('for good'),
        ],
        [t('Up for'), formatElapsed(overview.uptime_seconds)],
        [t('Version'), overview.version],
      ])}
    </div>`
  }

  #table(all: readonly InstanceJson[], store: DashboardStore) {
    if (all.length === 0) {
      return this.emptySlot(
        emptyState({
          icon: 'offline',
          title: t('No instance is running'),
          text: t('Runs are kept and wait until an instance starts.'),
        }),
      )
    }
    const now = store.now()
    return html`<table part="table">
      <thead>
        <tr>
          <th scope="col" class="fit">${t('State')}</th>
          <th scope="col">${t('Instance')}</th>
          <th scope="col" class="p2">${t('Process')}</th>
          <th scope="col" class="p1">${t('Version')}</th>
          <th scope="col" class="num p1">${t('Up for')}</th>
          <th scope="col" class="num">${t('Heartbeat')}</th>
          <th scope="col" class="num">${t('Running')}</th>
          <th scope="col" class="p3"><span class="visually-hidden">${t('What happens')}</span></th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          all.toSorted((a, b) => (a.started_at < b.started_at ? -1 : 1)),
          ({ instance_id }) => instance_id,
          (instance) => this.#row(instance, now),
        )}
      </tbody>
    </table>`
  }

  #row(instance: InstanceJson, now: number) {
    const { label, colour, mark } = STATES[instance.state]
    const [beat, started] = [Date.parse(instance.last_beat_at), Date.parse(instance.started_at)]
    const late = instance.state === 'stale'
    const route = runsRoute({ status: ['running'] })
    return html`<tr part="row" class="row" data-instance=${instance.instance_id}>
      <td class="fit state">
        <span class="status" data-status=${colour}>${icon(mark)}<span>${t(label)}</span></span>
      </td>
      <th scope="row" class="first"><span class="named" title=${visibleText(instance.instance_id)}>${visibleText(instance.instance_id)}</span></th>
      <td class="p2 mono muted">${visibleText(instance.host)}:${instance.pid}</td>
      <td class="p1">${visibleText(instance.version)}</td>
      <td class="num p1" title=${formatAbsolute(started)}><bdi>${formatDuration(Math.max(0, Math.floor((now - started) / 1000)))}</bdi></td>
      <td class="num ${late ? 'late' : ''}" title=${formatAbsolute(beat)}>${formatRelative(beat, now)}</td>
      <td class="num">
        ${instance.running > 0 ? this.link(route, formatCount(instance.running)) : html`<span class="faint">0</span>`}
      </td>
      <td class="p3 muted">
        ${late ? t('What it ran is taken over or marked interrupted.') : instance.state === 'draining' ? t('Takes nothing new, ends what it runs.') : nothing}
      </td>
    </tr>`
  }
}

/** Each executor with its tasks and what runs on it; servers of before only have their names. */
function executors({ executors, executor_counts }: OverviewJson) {
  return html`<section class="card executors" part="card">
    <header><h2>${t('Executors')}</h2></header>
    ${numbers(
      executor_counts?.map(({ executor, functions, running }) => [
        visibleText(executor),
        `${t('{count} task|{count} tasks', { count: functions })}, ${t('{count} running', { count: running })}`,
      ]) ?? executors.map((name) => [visibleText(name), nothing]),
    )}
  </section>`
}
