import type { ScheduleJson, ScheduleTickJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { formatDuration } from '../../format/duration.ts'
import { shortId } from '../../format/number.ts'
import {
  formatCountdown,
  MISFIRE_LABELS,
  OVERLAP_LABELS,
  TICK_LABELS,
  TICK_MARKS,
} from '../../format/schedule.ts'
import { formatAbsolute, formatClock } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { facts } from '../../parts/controls.ts'
import { icon } from '../../parts/icons.ts'
import { pageRoute, type Route, runRoute, runsRoute } from '../../url/route.ts'

/** One schedule: what it is set to, what became of its due times, and the next ones. */
export function schedulePanel(options: {
  schedule: ScheduleJson
  now: number
  actions: unknown
  link: (route: Route, content: unknown, classes?: string) => TemplateResult
  close: () => void
}): TemplateResult {
  const { schedule, now, actions, link, close } = options
  const { ticks = [], next_runs: next, func_name: func } = schedule
  return html`<aside class="card panel" aria-label="Schedule ${visibleText(schedule.name)}">
    <header>
      <h2 tabindex="-1">${visibleText(schedule.name)}</h2>
      <button class="button plain icon-only end" type="button" aria-label="Close" title="Close (Esc)" @click=${close}>
        ${icon('cross')}
      </button>
    </header>
    <div class="panel-actions">${actions}</div>
    ${facts([
      ['Task', link(pageRoute('tasks', func), visibleText(func))],
      ['Trigger', visibleText(schedule.description)],
      schedule.time_zone === null ? null : ['Time zone', schedule.time_zone],
      ['Missed times', MISFIRE_LABELS[schedule.misfire]],
      ['On overlap', OVERLAP_LABELS[schedule.overlap]],
      schedule.jitter > 0 ? ['Jitter', `up to ${formatDuration(schedule.jitter)}`] : null,
      schedule.start_at ? ['From', formatAbsolute(Date.parse(schedule.start_at))] : null,
      schedule.end_at ? ['Until', formatAbsolute(Date.parse(schedule.end_at))] : null,
      schedule.priority === null ? null : ['Priority', String(schedule.priority)],
      ['Executor', schedule.executor ?? 'no live instance can run it'],
      ['Storage', schedule.storage],
      ['Runs', link({ ...runsRoute({ func }) }, 'Show its task’s runs')],
    ])}
    <h3>Next runs</h3>
    ${
      next.length === 0
        ? html`<p class="nothing">${schedule.state === 'paused' ? 'Held while paused.' : 'None is left.'}</p>`
        : html`<ol class="times-list">
            ${next.slice(0, 10).map((at) => html`<li><time>${formatAbsolute(Date.parse(at)).replace(/\.\d{3}/, '')}</time><span class="muted">${formatCountdown(Date.parse(at), now)}</span></li>`)}
          </ol>`
    }
    <h3>Due times <span class="muted">every one is kept</span></h3>
    ${
      ticks.length === 0
        ? html`<p class="nothing">None so far.</p>`
        : html`<ol class="ticks">${ticks.map((tick) => tickRow(tick, link))}</ol>`
    }
  </aside>`
}

function tickRow(
  tick: ScheduleTickJson,
  link: (route: Route, content: unknown, classes?: string) => TemplateResult,
) {
  const { icon: name, colour } = TICK_MARKS[tick.outcome]
  const due = Date.parse(tick.due_at)
  return html`<li data-status=${colour}>
    ${icon(name, 'mark')}<time title=${formatAbsolute(due)}>${formatClock(due)}</time>
    <span>${TICK_LABELS[tick.outcome]}</span>
    <span class="muted">${tick.lateness > 0.01 && tick.outcome !== 'manual' ? `after ${formatDuration(tick.lateness)}` : nothing}</span>
    ${tick.task_id === null ? html`<span></span>` : link(runRoute(tick.task_id), shortId(tick.task_id), 'mono')}
  </li>`
}
