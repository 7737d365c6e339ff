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
import { t } from '../../messages/messages.ts'
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
  return html`<aside class="card panel" aria-label=${t('Schedule {name}', { name: visibleText(schedule.name) })}>
    <header>
      <h2 tabindex="-1">${visibleText(schedule.name)}</h2>
      <button class="button plain icon-only end" type="button" aria-label=${t('Close')} title=${t('Close (Esc)')} @click=${close}>
        ${icon('cross')}
      </button>
    </header>
    <div class="panel-actions">${actions}</div>
    ${facts([
      [t('Task'), link(pageRoute('tasks', func), visibleText(func))],
      [t('Trigger'), visibleText(schedule.description)],
      schedule.time_zone === null ? null : [t('Time zone'), schedule.time_zone],
      [t('Missed times'), t(MISFIRE_LABELS[schedule.misfire])],
      [t('On overlap'), t(OVERLAP_LABELS[schedule.overlap])],
      schedule.jitter > 0
        ? [t('Jitter'), t('up to {time}', { time: formatDuration(schedule.jitter) })]
        : null,
      schedule.start_at ? [t('From'), formatAbsolute(Date.parse(schedule.start_at))] : null,
      schedule.end_at ? [t('Until'), formatAbsolute(Date.parse(schedule.end_at))] : null,
      schedule.priority === null ? null : [t('Priority'), String(schedule.priority)],
      [t('Executor'), schedule.executor ?? t('no live instance can run it')],
      [t('Storage'), schedule.storage],
      [t('Runs'), link({ ...runsRoute({ func }) }, t('Show its task’s runs'))],
    ])}
    <h3>${t('Next runs')}</h3>
    ${
      next.length === 0
        ? html`<p class="nothing">${schedule.state === 'paused' ? t('Held while paused.') : t('None is left.')}</p>`
        : html`<ol class="times-list">
            ${next.slice(0, 10).map((at) => html`<li><time>${formatAbsolute(Date.parse(at), 'second')}</time><span class="muted">${formatCountdown(Date.parse(at), now)}</span></li>`)}
          </ol>`
    }
    <h3>${t('Due times')} <span class="muted">${t('every one is kept')}</span></h3>
    ${
      ticks.length === 0
        ? html`<p class="nothing">${t('None so far.')}</p>`
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
    <span>${t(TICK_LABELS[tick.outcome])}</span>
    <span class="muted">${tick.lateness > 0.01 && tick.outcome !== 'manual' ? t('after {time}', { time: formatDuration(tick.lateness) }) : nothing}</span>
    ${tick.task_id === null ? html`<span></span>` : link(runRoute(tick.task_id), shortId(tick.task_id), 'mono')}
  </li>`
}
