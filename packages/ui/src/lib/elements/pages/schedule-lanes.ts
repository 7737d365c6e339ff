import type { ScheduleJson } from '@taskflow/core/client'
import { html, nothing, svg, type TemplateResult } from 'lit'
import { plural } from '../../format/number.ts'
import { formatDayMinute, formatMinute } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { segments } from '../../parts/controls.ts'

const WIDTH = 1000
const HOUR = 3_600_000

/** How far ahead people look. */
export const LANE_WINDOWS = [
  { value: '1h', label: '1 h', ms: HOUR },
  { value: '3h', label: '3 h', ms: 3 * HOUR },
  { value: '24h', label: '24 h', ms: 24 * HOUR },
  { value: '7d', label: '7 d', ms: 168 * HOUR },
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
  return html`<section class="card lanes">
    <header>
      <h2>Upcoming</h2>
      <span class="muted">${plural(total, 'run')}${more ? ' or more' : ''} due in the next ${window.label}</span>
      <span class="end">${segments({ label: 'How far ahead', value: window.value, items: LANE_WINDOWS, select })}</span>
    </header>
    <div class="lane axis" aria-hidden="true">
      <span></span>
      <span class="times">${[0, 1, 2, 3, 4].map((part) => html`<span>${axisLabel(now, window.ms, part)}</span>`)}</span>
    </div>
    ${schedules.map((schedule, index) => lane(schedule, due[index] ?? [], now, window.ms))}
  </section>`
}

function lane(schedule: ScheduleJson, times: readonly number[], now: number, ms: number) {
  const { name, state, next_run: next, next_runs } = schedule
  const held = state === 'paused'
  const text = held
    ? 'held while paused'
    : times.length === 0 && next
      ? `next ${formatDayMinute(Date.parse(next))}`
      : next === null
        ? 'no run is left'
        : next_runs.length >= 50 && times.length === next_runs.length
          ? 'and so on'
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
        ${[0, 1, 2, 3].map((part) => svg`<line class="grid" x1=${(part * WIDTH) / 4} x2=${(part * WIDTH) / 4} y1="0" y2="30" ?data-now=${part === 0} />`)}
        ${times.map((at) => {
          const x = Math.max(2, ((at - now) / ms) * WIDTH)
          return svg`<line class="due" x1=${x} x2=${x} y1="9" y2="21" />`
        })}</svg
      >${text ? html`<span class="aside muted" aria-hidden="true">${text}</span>` : nothing}</span
    >
  </div>`
}

function laneText(times: readonly number[], text: string): string {
  if (times.length === 0) return text || 'nothing is due'
  const shown = times.slice(0, 5).map((at) => formatDayMinute(at))
  return `Due ${shown.join(', ')}${times.length > 5 ? ` and ${times.length - 5} more` : ''}`
}

function axisLabel(now: number, ms: number, part: number): string {
  if (part === 0) return 'now'
  const at = now + (ms * part) / 4
  return ms > 24 * HOUR ? formatDayMinute(at) : formatMinute(at)
}
