import type { ScheduleJson } from '@taskflow/core/client'
import { html, nothing, svg, type TemplateResult } from 'lit'
import { formatLength } from '../../format/duration.ts'
import { formatDayMinute } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { segments } from '../../parts/controls.ts'
import { axisTime, labelEvery } from '../chart/chart-time.ts'

const WIDTH = 1000
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How far ahead people look. */
export const LANE_WINDOWS = [
  { value: '1h', ms: HOUR },
  { value: '3h', ms: 3 * HOUR },
  { value: '24h', ms: 24 * HOUR },
  { value: '7d', ms: 168 * HOUR },
] as const

/** When what is due next, one lane each, on a common axis. */
export function scheduleLanes(options: {
  schedules: readonly ScheduleJson[]
  window: string
  now: number
  select: (window: string) => void
}): TemplateResult | typeof nothing {
  const { schedules, now, select } = options
  const window = LANE_WINDOWS.find(({ value }) => value === options.window) ?? LANE_WINDOWS[1]
  if (schedules.length === 0) return nothing
  const due = schedules.map((schedule) =>
    schedule.next_runs.map((at) => Date.parse(at)).filter((at) => at < now + window.ms),
  )
  const total = due.reduce((sum, times) => sum + times.length, 0)
  // A lane holds fifty times: of the frequent ones there may be more.
  const more = schedules.some(
    ({ next_runs }, index) => next_runs.length >= 50 && due[index]?.length === next_runs.length,
  )
  const axis = roundTimes(now, window.ms)
  return html`<section class="card lanes">
    <header>
      <h2>${t('Upcoming')}</h2>
      <span class="muted">${more ? t('{count} runs or more due in the next {time}', { count: total, time: windowText(window.ms) }) : t('{count} run due in the next {time}|{count} runs due in the next {time}', { count: total, time: windowText(window.ms) })}</span>
      <span class="end">${segments({ label: t('How far ahead'), value: window.value, items: LANE_WINDOWS.map(({ value, ms }) => ({ value, label: windowText(ms) })), select })}</span>
    </header>
    <div class="lane axis" aria-hidden="true">
      <span></span>
      <svg class="times">
        <text y="14">${t('now')}</text>
        ${axis.map(([at, minor]) => svg`<text class=${minor ? 'minor' : nothing} x="${((at - now) / window.ms) * 100}%" y="14" text-anchor="middle">${axisTime(new Date(at).toISOString(), window.value)}</text>`)}
      </svg>
    </div>
    ${schedules.map((schedule, index) => lane(schedule, due[index] ?? [], axis, now, window.ms))}
  </section>`
}

function lane(
  schedule: ScheduleJson,
  times: readonly number[],
  axis: readonly AxisTime[],
  now: number,
  ms: number,
) {
  const { name, state, next_run: next, next_runs } = schedule
  const goesOn = next_runs.length >= 50 && times.length === next_runs.length
  const xOf = (at: number) => Math.max(2, ((at - now) / ms) * WIDTH)
  const held = state === 'paused'
  const text = held
    ? t('held while paused')
    : times.length === 0 && next
      ? t('next {time}', { time: formatDayMinute(Date.parse(next)) })
      : next === null
        ? t('no run is left')
        : goesOn
          ? t('and so on')
          : ''
  return html`<div class="lane">
    <span class="truncate ${held ? 'muted' : ''}" title=${visibleText(name)}>${visibleText(name)}</span>
    <span class="track"
      ><svg
        viewBox="0 0 ${WIDTH} 30"
        preserveAspectRatio="none"
        role="img"
        aria-label=${laneText(times, text)}
      >
        ${[[now, false] as const, ...axis].map(([at, minor]) => svg`<line class="grid ${minor ? 'minor' : ''}" x1=${((at - now) / ms) * WIDTH} x2=${((at - now) / ms) * WIDTH} y1="0" y2="30" ?data-now=${at === now} />`)}
        ${times.map((at) => svg`<line class="due" x1=${xOf(at)} x2=${xOf(at)} y1="9" y2="21" />`)}
        ${goesOn ? svg`<line class="on" x1=${xOf(times.at(-1) ?? now)} x2=${WIDTH} y1="15" y2="15" />` : nothing}</svg
      >${text ? html`<span class="aside muted" aria-hidden="true">${text}</span>` : nothing}</span
    >
  </div>`
}

function laneText(times: readonly number[], text: string): string {
  if (times.length === 0) return text || t('nothing is due')
  const shown = times.slice(0, 5).map((at) => formatDayMinute(at))
  const due = t('Due {times}', { times: shown.join(', ') })
  return times.length > 5
    ? t('{names} and {count} more', { names: due, count: times.length - 5 })
    : due
}

/** A time on the axis, and whether it is left out where there is little room. */
type AxisTime = readonly [at: number, minor: boolean]

/**
 * Up to four times that clocks show; none so near to an end that its words have no room. Where there
 * is little, the rounder half of them is left.
 */
function roundTimes(now: number, ms: number): AxisTime[] {
  const every = labelEvery(MINUTE, ms / MINUTE / 4)
  const times: AxisTime[] = []
  for (let at = Math.ceil(now / every) * every; at < now + 0.96 * ms; at += every) {
    const share = (at - now) / ms
    if (share > 0.1) times.push([at, at % (2 * every) !== 0 || share < 0.18 || share > 0.86])
  }
  return times
}

/** `3 h`, `7 d` */
function windowText(ms: number): string {
  return formatLength(ms / 1000)
}
