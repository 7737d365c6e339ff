import type { ScheduleJson } from '@taskflow/core/client'
import { html, nothing, svg, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatCountdown, STATE_LABELS, TICK_LABELS, TICK_MARKS } from '../../format/schedule.ts'
import { formatAbsolute, formatRelative } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import { orMissing, statusText } from '../../parts/status.ts'
import { sortHead } from '../../parts/table-head.ts'
import { type Route, runRoute } from '../../url/route.ts'

/** What schedules are sorted by. */
export const SCHEDULE_SORTS = ['name', 'trigger', 'state', 'next_run'] as const

interface TableOptions {
  schedules: readonly ScheduleJson[]
  now: number
  openId: string
  /** Null: nothing can be done to several. */
  selected: ReadonlySet<string> | null
  select: (ids: ReadonlySet<string>) => void
  sort: Parameters<typeof sortHead>[0]['sort']
  setSort: Parameters<typeof sortHead>[0]['select']
  named: (id: string, name: string) => TemplateResult
  link: (route: Route, content: unknown) => TemplateResult
  actions: (schedule: ScheduleJson) => unknown
}

/** Schedules with their state, trigger, next and last run. */
export function scheduleTable(options: TableOptions): TemplateResult {
  const { schedules, sort, setSort, selected } = options
  const head = (label: string, by: (typeof SCHEDULE_SORTS)[number], classes = '') =>
    sortHead({ label, by, sort, classes, select: setSort })
  return html`<table part="table">
    <thead>
      <tr>
        ${selected ? html`<th class="fit pick">${checkAll(selected, options)}</th>` : nothing}
        ${head(t('State'), 'state', 'fit')} ${head(t('Schedule'), 'name')} ${head(t('Trigger'), 'trigger', 'p1')}
        <th scope="col" class="p2">${t('Time zone')}</th>
        ${head(t('Next run'), 'next_run', 'num')}
        <th scope="col" class="p2">${t('Last run')}</th>
        <th scope="col" class="p3">${t('Due times')}</th>
        <th scope="col" class="fit"><span class="visually-hidden">${t('Actions')}</span></th>
      </tr>
    </thead>
    <tbody>
      ${repeat(
        schedules,
        ({ id }) => id,
        (schedule) => row(schedule, options),
      )}
    </tbody>
  </table>`
}

function row(
  schedule: ScheduleJson,
  { now, openId, selected, select, named, link, actions }: TableOptions,
) {
  const { id, name, state, next_run: next, last_run: last, last_task_id: run } = schedule
  const at = next === null ? null : Date.parse(next)
  return html`<tr part="row" class="row ${id === openId ? 'on' : ''}" data-schedule=${id}>
      ${
        selected
          ? html`<td class="fit pick">
              <input
                class="check"
                type="checkbox"
                aria-label=${t('Select {name}', { name: visibleText(name) })}
                .checked=${selected.has(id)}
                @change=${() => select(toggled(selected, id))}
              />
            </td>`
          : nothing
      }
      <td class="fit state">${stateText(state)}</td>
      <th scope="row" class="first">
        ${named(id, name)}
        ${schedule.func_name === name ? nothing : html`<div class="muted named" title=${visibleText(schedule.func_name)}>${visibleText(schedule.func_name)}</div>`}
      </th>
      <td class="p1">${visibleText(schedule.description)} <span class="chip-text">${schedule.trigger}</span></td>
      <td class="p2 muted">${orMissing(schedule.time_zone)}</td>
      <td class="num" title=${at === null ? nothing : formatAbsolute(at)}>
        ${orMissing(at === null ? null : formatCountdown(at, now))}
      </td>
      <td class="p2">
        ${
          last === null || run === null
            ? orMissing(null)
            : html`<span class="last"
                >${link(runRoute(run), schedule.last_status ? statusText(schedule.last_status) : t('Deleted'))}
                <span class="muted">${formatRelative(Date.parse(last), now)}</span></span
              >`
        }
      </td>
      <td class="p3">${tickStrip(schedule)}</td>
      <td class="fit"><span class="actions">${actions(schedule)}</span></td>
    </tr>`
}

function checkAll(selected: ReadonlySet<string>, { schedules, select }: TableOptions) {
  const count = schedules.filter(({ id }) => selected.has(id)).length
  return html`<input
      class="check"
      type="checkbox"
      aria-label=${t('Select all')}
      .checked=${count > 0 && count === schedules.length}
      .indeterminate=${count > 0 && count < schedules.length}
      @change=${() => select(new Set(count > 0 ? [] : schedules.map(({ id }) => id)))}
    />`
}

function toggled(selected: ReadonlySet<string>, id: string): Set<string> {
  const ids = new Set(selected)
  if (!ids.delete(id)) ids.add(id)
  return ids
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
