import type { ScheduleJson } from '@taskflow/core/client'
import { html, nothing, svg } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import {
  formatCountdown,
  STATE_LABELS,
  schedulerText,
  TICK_LABELS,
  TICK_MARKS,
} from '../../format/schedule.ts'
import { formatAbsolute, formatRelative } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { rich, t } from '../../messages/messages.ts'
import { choice, searchField } from '../../parts/controls.ts'
import { icon } from '../../parts/icons.ts'
import { emptyState } from '../../parts/notices.ts'
import { contentState, staleNotice } from '../../parts/page-states.ts'
import { orMissing, statusText } from '../../parts/status.ts'
import { formatSort, parseSort, sortHead } from '../../parts/table-head.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { Resource } from '../../store/resource.ts'
import { pageRoute, runRoute } from '../../url/route.ts'
import { Ticker } from '../ticker.ts'
import { PageElement } from './page-element.ts'
import { bulkSchedules, type ScheduleAction, scheduleAction } from './schedule-actions.ts'
import { scheduleLanes } from './schedule-lanes.ts'
import { schedulePanel } from './schedule-panel.ts'
import { schedulesStyles } from './schedules.styles.ts'

const SORTS = ['name', 'trigger', 'state', 'next_run'] as const
const FILTERS = ['search', 'state', 'executor', 'trigger'] as const

/**
 * Schedules: when they are due, how the last run went, and what can be done to one or many.
 *
 * @fires taskflow-navigate - a link was followed; cancelable
 * @fires taskflow-action - somebody runs, pauses, resumes or removes some; cancelable
 * @slot empty - instead of what is said when there is nothing
 * @csspart table - the table
 * @csspart row - one row
 * @csspart card - the box around it
 * @csspart toolbar - search and filters
 */
export class TaskflowSchedulesElement extends PageElement {
  static override styles = [...PageElement.styles, schedulesStyles]
  static override properties = { window: { state: true }, selected: { state: true } }
  protected readonly page = 'schedules'
  /** How far ahead the lanes look. */
  declare window: string
  declare selected: ReadonlySet<string>
  #list: Resource<ScheduleJson[]> | undefined
  #detail: Resource<ScheduleJson> | undefined
  #asked = ''
  #opened = ''
  #closeDetail: (() => void) | undefined

  constructor() {
    super()
    this.window = '3h'
    this.selected = new Set()
    new Ticker(this)
    this.addEventListener('keydown', this.#onKey)
  }

  protected override open(store: DashboardStore) {
    this.#asked = this.#query()
    const { resource, ends } = this.follow(
      store,
      (signal) => store.client.schedules(this.#wanted(), { signal }),
      Number.POSITIVE_INFINITY,
      true,
    )
    this.#list = resource
    return [...ends, () => this.#closeDetail?.()]
  }

  protected override updated(): void {
    const { store } = this
    if (!store) return
    const query = this.#query()
    if (query !== this.#asked) {
      this.#asked = query
      void this.#list?.load()
    }
    if (this.item === this.#opened) return
    this.#opened = this.item
    this.#closeDetail?.()
    this.#detail = undefined
    if (this.item === '') return
    const id = this.item
    const detail = new Resource(
      store,
      (signal) => store.client.schedule(id, {}, { signal }),
      5000,
      true,
    )
    const leave = detail.subscribe(() => this.requestUpdate())
    const end = detail.open()
    this.#detail = detail
    this.#closeDetail = () => {
      leave()
      end()
    }
    this.requestUpdate()
  }

  protected override render() {
    const [store, list] = [this.store, this.#list]
    if (!store || !list) return nothing
    const schedules = list.value ?? []
    const now = store.now()
    return html`
      ${this.#head(schedules, store)} ${staleNotice(list, store.freshAt)}
      ${scheduleLanes({
        schedules,
        window: this.window,
        now,
        select: (window) => {
          this.window = window
        },
      })}
      <div class="split">
        <div class="card" part="card">
          ${contentState(list, t('Schedules')) ?? this.#content(this.limited(schedules), now)}
          ${this.#bulk(schedules)}
        </div>
        ${this.#panel(now)}
      </div>
      <taskflow-dialogs></taskflow-dialogs>
    `
  }

  #head(schedules: readonly ScheduleJson[], store: DashboardStore) {
    const { overview } = store
    const paused = schedules.filter(({ state }) => state === 'paused').length
    const triggers = ['interval', 'cron', 'date', 'any', 'shutdown']
    const filter = (name: string, all: string, items: readonly string[], labels = items) =>
      choice({
        label: all,
        value: this.param(name),
        items: [
          { value: '', label: all },
          ...items.map((value, index) => ({ value, label: labels[index] ?? value })),
        ],
        select: (value) => this.setParams({ [name]: value }),
      })
    return html`<div class="head">
      <h1>${t('Schedules')}</h1>
      ${
        overview
          ? html`<span class="sub"
              ><span class="dot" data-status=${overview.scheduler === 'running' ? 'success' : 'failed'}></span>
              ${schedulerText(overview)}, ${overview.time_zone}</span
            >`
          : nothing
      }
      <span class="sub">${t('{count} schedule|{count} schedules', { count: schedules.length })}${paused > 0 ? `, ${t('{count} paused', { count: paused })}` : ''}</span>
      <span class="tools" part="toolbar"
        >${searchField({ label: t('Filter schedules'), value: this.param('search'), input: (search) => this.setParams({ search }) })}
        ${filter(
          'state',
          t('All states'),
          Object.keys(STATE_LABELS),
          Object.values(STATE_LABELS).map((label) => t(label)),
        )}
        ${filter('trigger', t('All triggers'), triggers)}
        ${filter('executor', t('All executors'), overview?.executors ?? [])}</span
      >
    </div>`
  }

  #content(schedules: readonly ScheduleJson[], now: number) {
    if (schedules.length === 0) {
      const narrowed = FILTERS.some((name) => this.param(name) !== '')
      const empty = emptyState({
        icon: narrowed ? 'search' : 'clock',
        title: narrowed ? t('No schedule matches') : t('No schedules'),
        text: narrowed
          ? t('None fits the filters above.')
          : rich('{code} makes one.', {
              code: html`<span class="mono">tasks.schedule(task, { cron: '0 9 * * 1-5' })</span>`,
            }),
        more: narrowed
          ? html`<button
              class="button"
              type="button"
              @click=${() => this.setParams(Object.fromEntries(FILTERS.map((name) => [name, ''])))}
            >
              ${t('Clear the filters')}
            </button>`
          : nothing,
      })
      return narrowed ? empty : this.emptySlot(empty)
    }
    const sort = this.#sort()
    const head = (label: string, by: (typeof SORTS)[number], classes = '') =>
      sortHead({
        label,
        by,
        sort,
        classes,
        select: (column, order) => this.setParams({ sort: formatSort(column, order) }),
      })
    const many = this.#canAct()
    return html`<table part="table">
      <thead>
        <tr>
          ${many ? html`<th class="fit">${this.#checkAll(schedules)}</th>` : nothing}
          ${head(t('State'), 'state', 'fit')} ${head(t('Schedule'), 'name')} ${head(t('Trigger'), 'trigger', 'p1')}
          <th scope="col" class="p2">${t('Time zone')}</th>
          ${head(t('Next run'), 'next_run', 'num')}
          <th scope="col" class="p1">${t('Last run')}</th>
          <th scope="col" class="p3">${t('Due times')}</th>
          <th scope="col" class="fit"><span class="visually-hidden">${t('Actions')}</span></th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          schedules,
          ({ id }) => id,
          (schedule) => this.#row(schedule, now, many),
        )}
      </tbody>
    </table>`
  }

  #row(schedule: ScheduleJson, now: number, many: boolean) {
    const { id, name, state, next_run: next, last_run: last, last_task_id: run } = schedule
    const at = next === null ? null : Date.parse(next)
    const route = pageRoute('schedules', id, { ...this.params })
    return html`<tr part="row" class="row ${id === this.item ? 'on' : ''}" data-schedule=${id}>
      ${
        many
          ? html`<td class="fit">
              <input
                class="check"
                type="checkbox"
                aria-label=${t('Select {name}', { name: visibleText(name) })}
                .checked=${this.selected.has(id)}
                @change=${() => this.#toggle(id)}
              />
            </td>`
          : nothing
      }
      <td class="fit state">${stateText(state)}</td>
      <th scope="row" class="first">
        ${this.link(route, visibleText(name))}
        ${schedule.func_name === name ? nothing : html`<div class="muted under">${visibleText(schedule.func_name)}</div>`}
      </th>
      <td class="p1">${visibleText(schedule.description)} <span class="chip-text">${schedule.trigger}</span></td>
      <td class="p2 muted">${orMissing(schedule.time_zone)}</td>
      <td class="num" title=${at === null ? nothing : formatAbsolute(at)}>
        ${orMissing(at === null ? null : formatCountdown(at, now))}
      </td>
      <td class="p1">
        ${
          last === null || run === null
            ? orMissing(null)
            : html`<span class="last"
                >${this.link(runRoute(run), schedule.last_status ? statusText(schedule.last_status) : t('Deleted'))}
                <span class="muted">${formatRelative(Date.parse(last), now)}</span></span
              >`
        }
      </td>
      <td class="p3">${tickStrip(schedule)}</td>
      <td class="fit"><span class="actions">${this.#actions(schedule, true)}</span></td>
    </tr>`
  }

  #actions(schedule: ScheduleJson, small: boolean) {
    const { name, state } = schedule
    const button = (
      action: ScheduleAction,
      label: string,
      mark: 'play' | 'pause' | 'trash' | 'skip',
    ) =>
      html`<button
        class="button ${small && action !== 'run' ? 'plain icon-only' : ''} ${small && action === 'remove' ? 'p1' : ''}"
        type="button"
        aria-label="${label} ${visibleText(name)}"
        title=${label}
        ?disabled=${this.isBusy(`schedule-${action}`, schedule.id)}
        @click=${() => void this.#act(action, schedule)}
      >
        ${icon(mark)}${small && action !== 'run' ? nothing : html`<span class="word">${label}</span>`}
      </button>`
    const paused = state === 'paused'
    const stored = state !== 'pending'
    return html`${stored && this.may('run') ? button('run', t('Run now'), 'skip') : nothing}
    ${stored && this.may('pause') ? (paused ? button('resume', t('Resume'), 'play') : button('pause', t('Pause'), 'pause')) : nothing}
    ${stored && this.may('delete') ? button('remove', t('Remove'), 'trash') : nothing}`
  }

  #bulk(all: readonly ScheduleJson[]) {
    const ids = all.map(({ id }) => id).filter((id) => this.selected.has(id))
    if (ids.length === 0) return nothing
    const button = (action: ScheduleAction, label: string) =>
      html`<button class="button" type="button" @click=${() => void this.#actOnAll(action, ids)}>${label}</button>`
    return html`<div class="bulk" role="region" aria-label=${t('Selected schedules')}>
      <b>${t('{count} selected', { count: ids.length })}</b>
      ${this.may('run') ? button('run', t('Run now')) : nothing}
      ${this.may('pause') ? html`${button('pause', t('Pause'))} ${button('resume', t('Resume'))}` : nothing}
      ${this.may('delete') ? button('remove', t('Remove…')) : nothing}
      <button
        class="button plain end"
        type="button"
        @click=${() => {
          this.selected = new Set()
        }}
      >
        ${t('Clear')}
      </button>
    </div>`
  }

  #panel(now: number) {
    const detail = this.#detail
    if (this.item === '' || !detail) return nothing
    if (!detail.value) {
      return html`<aside class="card panel" aria-label=${t('Schedule')}>${contentState(detail, t('The schedule'))}</aside>`
    }
    return schedulePanel({
      schedule: detail.value,
      now,
      actions: this.#actions(detail.value, false),
      link: (route, content, classes) => this.link(route, content, classes),
      close: () => this.#close(),
    })
  }

  #checkAll(schedules: readonly ScheduleJson[]) {
    const count = schedules.filter(({ id }) => this.selected.has(id)).length
    return html`<input
      class="check"
      type="checkbox"
      aria-label=${t('Select all')}
      .checked=${count > 0 && count === schedules.length}
      .indeterminate=${count > 0 && count < schedules.length}
      @change=${() => {
        this.selected = new Set(count > 0 ? [] : schedules.map(({ id }) => id))
      }}
    />`
  }

  async #act(action: ScheduleAction, schedule: ScheduleJson): Promise<void> {
    const { question, send, summary } = scheduleAction(action, schedule)
    if (question && !(await (await this.dialogs())?.confirm(question))) return
    if (!(await this.act(`schedule-${action}`, [schedule.id], send, summary))) return
    if (action === 'remove' && this.item === schedule.id) this.#close()
    await this.#reload()
  }

  async #actOnAll(action: ScheduleAction, ids: string[]): Promise<void> {
    const { question, send, summary } = bulkSchedules(action, ids)
    if (question && !(await (await this.dialogs())?.confirm(question))) return
    if (!(await this.act(`schedule-${action}`, ids, send, summary))) return
    this.selected = new Set()
    await this.#reload()
  }

  async #reload(): Promise<void> {
    await Promise.all([this.#list?.load(), this.#detail?.load(), this.store?.readSchedules()])
  }

  #toggle(id: string): void {
    const selected = new Set(this.selected)
    if (!selected.delete(id)) selected.add(id)
    this.selected = selected
  }

  #close(): void {
    const id = this.item
    this.item = ''
    this.navigate(pageRoute('schedules', '', { ...this.params }))
    void this.updateComplete.then(() => {
      const row = [...this.renderRoot.querySelectorAll<HTMLElement>('tr[data-schedule]')].find(
        (one) => one.dataset.schedule === id,
      )
      row?.querySelector('a')?.focus()
    })
  }

  #onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    if (this.item !== '') this.#close()
    else this.selected = new Set()
  }

  #canAct(): boolean {
    return this.may('run') || this.may('pause') || this.may('delete')
  }

  #sort() {
    return parseSort(this.param('sort'), SORTS, { by: 'next_run', order: 'asc' })
  }

  #wanted() {
    const { by, order } = this.#sort()
    const filters = FILTERS.map((name) => [name, this.param(name)]).filter(([, value]) => value)
    return { sort: by, order, upcoming: 50, ticks: 14, ...Object.fromEntries(filters) }
  }

  #query(): string {
    return JSON.stringify(this.#wanted())
  }
}

function stateText(state: ScheduleJson['state']) {
  const [mark, colour] =
    state === 'paused'
      ? (['bars', 'blocked'] as const)
      : state === 'pending'
        ? (['ring', 'pending'] as const)
        : (['clock', 'scheduled'] as const)
  return html`<span class="status" data-status=${colour}>${icon(mark)}<span>${t(STATE_LABELS[state])}</span></span>`
}

/** The last due times, oldest first. */
function tickStrip({ ticks = [] }: ScheduleJson) {
  if (ticks.length === 0) return orMissing(null)
  const shown = ticks.slice(0, 14).toReversed()
  const labels = shown.map(({ outcome }) => t(TICK_LABELS[outcome]))
  const counts = [...new Set(labels)].map(
    (label) => `${labels.filter((one) => one === label).length} ${label}`,
  )
  return html`<svg class="tick-strip" viewBox="0 0 82 12" role="img" aria-label=${t('Last due times: {list}', { list: counts.join(', ') })}>
    ${shown.map(({ outcome }, index) => svg`<rect class="fill" data-status=${TICK_MARKS[outcome].colour} x=${(14 - shown.length + index) * 6} y="0" width="4" height="12" rx="1" />`)}
  </svg>`
}
