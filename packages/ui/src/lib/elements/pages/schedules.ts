import type { ScheduleJson } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { STATE_LABELS } from '../../format/schedule.ts'
import { schedulerText } from '../../format/scheduler.ts'
import { rich, t } from '../../messages/messages.ts'
import { choice, searchField } from '../../parts/controls.ts'
import { emptyState } from '../../parts/notices.ts'
import { contentState, noneFits, staleNotice } from '../../parts/page-states.ts'
import { formatSort, parseSort } from '../../parts/table-head.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { Resource } from '../../store/resource.ts'
import { pageRoute } from '../../url/route.ts'
import { dialogsOf } from '../overlays.ts'
import { Ticker } from '../ticker.ts'
import { PageElement } from './page-element.ts'
import { bulkSchedules, type ScheduleAction, scheduleAction } from './schedule-actions.ts'
import { scheduleButtons } from './schedule-buttons.ts'
import { scheduleLanes } from './schedule-lanes.ts'
import { schedulePanel } from './schedule-panel.ts'
import { SCHEDULE_SORTS, scheduleTable } from './schedule-table.ts'
import { schedulesStyles } from './schedules.styles.ts'

const FILTERS = ['search', 'state', 'executor', 'trigger'] as const
const NO_FILTERS = Object.fromEntries(FILTERS.map((name) => [name, '']))

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
      ${
        this.#list?.value
          ? html`<span class="sub">${t('{count} schedule|{count} schedules', { count: schedules.length })}${paused > 0 ? `, ${t('{count} paused', { count: paused })}` : ''}</span>`
          : nothing
      }
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
      if (FILTERS.some((name) => this.param(name) !== '')) {
        return noneFits(t('No schedule matches'), () => this.setParams(NO_FILTERS))
      }
      return this.emptySlot(
        emptyState({
          icon: 'clock',
          title: t('No schedules'),
          text: rich('{code} makes one.', {
            code: html`<span class="mono">tasks.schedule(task, { cron: '0 9 * * 1-5' })</span>`,
          }),
        }),
      )
    }
    return scheduleTable({
      schedules,
      now,
      openId: this.item,
      selected: this.#canAct() ? this.selected : null,
      select: (selected) => {
        this.selected = selected
      },
      sort: this.#sort(),
      setSort: (column, order) => this.setParams({ sort: formatSort(column, order) }),
      named: (id, name) => this.named(pageRoute('schedules', id, { ...this.params }), name),
      link: (route, content) => this.link(route, content),
      actions: (schedule) => this.#actions(schedule, true),
    })
  }

  #actions(schedule: ScheduleJson, small: boolean) {
    return scheduleButtons({
      schedule,
      small,
      may: (right) => this.may(right),
      isBusy: (action) => this.isBusy(`schedule-${action}`, schedule.id),
      act: (action) => void this.#act(action, schedule),
    })
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

  async #act(action: ScheduleAction, schedule: ScheduleJson): Promise<void> {
    const { question, send, summary } = scheduleAction(action, schedule)
    if (question && !(await (await dialogsOf(this))?.confirm(question))) return
    if (!(await this.act(`schedule-${action}`, [schedule.id], send, summary))) return
    if (action === 'remove' && this.item === schedule.id) this.#close()
    await this.#reload()
  }

  async #actOnAll(action: ScheduleAction, ids: string[]): Promise<void> {
    const { question, send, summary } = bulkSchedules(action, ids)
    if (question && !(await (await dialogsOf(this))?.confirm(question))) return
    if (!(await this.act(`schedule-${action}`, ids, send, summary))) return
    this.selected = new Set()
    await this.#reload()
  }

  async #reload(): Promise<void> {
    await Promise.all([this.#list?.load(), this.#detail?.load(), this.store?.readSchedules()])
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
    return parseSort(this.param('sort'), SCHEDULE_SORTS, { by: 'next_run', order: 'asc' })
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
