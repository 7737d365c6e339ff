import type { AttemptJson, TaskDetailJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { formatDuration, formatElapsed } from '../format/duration.ts'
import { formatCount, formatPercent, shortId } from '../format/number.ts'
import { sourceLabel, statusHelp, statusLabel } from '../format/phase.ts'
import { formatAbsolute, formatClock, formatRelative, parseInstant } from '../format/time.ts'
import { excerpt, visibleText } from '../format/visible-text.ts'
import { t } from '../messages/messages.ts'
import { icon, statusIcon } from '../parts/icons.ts'
import { colourOf, orMissing } from '../parts/status.ts'
import { type Route, runsRoute } from '../url/route.ts'
import { outcomeOf } from './run-parts/outcomes.ts'

/** What the overview tab needs besides the run. */
export interface RunOverviewContext {
  now: number
  interruptedHint: boolean
  link: (route: Route) => { href: string; click: (event: MouseEvent) => void }
  showTab: (tab: string) => void
}

/** The first tab of a run: one column in a panel, facts beside the rest on a page. */
export function runOverview(
  task: TaskDetailJson,
  context: RunOverviewContext,
  time: TemplateResult | null,
): TemplateResult {
  const error = task.error
    ? html`<taskflow-error
        .error=${task.error}
        .stack=${task.stacktrace ?? null}
        .status=${task.phase}
      ></taskflow-error>`
    : nothing
  const head = html`${context.interruptedHint ? interruptedWarning() : nothing} ${progress(task)}`
  if (!time) {
    return html`${head} ${error} ${attempts(task, context.now)} ${facts(task, context)}
      ${analytics(task)} ${recent(task, context)}`
  }
  return html`<div class="columns">
    <div class="main">${head} ${task.attempts.length > 0 ? time : nothing} ${error}</div>
    <aside>${facts(task, context)} ${analytics(task)} ${recent(task, context)}</aside>
  </div>`
}

function interruptedWarning() {
  return html`<div class="warn" role="note">
    ${icon('bolt')}
    <p>
      <b>${t('This run was cut off.')}</b> ${t('Side effects may already have happened: check before you retry.')}
    </p>
  </div>`
}

function progress({ progress, status }: TaskDetailJson) {
  if (!progress || status !== 'running') return nothing
  return html`<div class="progress">
    <progress max="1" value=${progress.fraction} aria-label=${t('Progress')}></progress>
    <span>${Math.round(progress.fraction * 100)} %</span>
    ${progress.message ? html`<span class="muted truncate">${visibleText(progress.message)}</span>` : nothing}
  </div>`
}

function attempts(task: TaskDetailJson, now: number) {
  if (task.attempts.length === 0) return nothing
  return html`<section>
    <h3>${t('Attempts')} <span class="muted">${t('{at} of {total}', { at: task.attempts.length, total: Math.max(task.max_attempts, task.attempts.length) })}</span></h3>
    <ul class="rows">
      ${task.attempts.map((attempt, index) => attemptRow(attempt, task.attempts[index + 1], now))}
    </ul>
  </section>`
}

function attemptRow(attempt: AttemptJson, next: AttemptJson | undefined, now: number) {
  const { status, word } = outcomeOf(attempt)
  const start = Date.parse(attempt.started_at)
  const end = parseInstant(attempt.ended_at)
  const pause = end !== null && next ? (Date.parse(next.started_at) - end) / 1000 : null
  const what = attempt.error ?? word
  return html`<li data-status=${colourOf(status)}>
    ${statusIcon(status)}
    <b>${t('Attempt {number}', { number: attempt.attempt + 1 })}</b>
    <time class="muted hide-narrow" title=${formatAbsolute(start)} datetime=${attempt.started_at}
      >${formatClock(start, true)}</time
    >
    <span class="took"><bdi>${end === null ? formatElapsed((now - start) / 1000) : formatDuration((end - start) / 1000)}</bdi></span>
    <span class="truncate mono" title=${visibleText(what)}>${excerpt(what, 80)}</span>
    <span class="end">${pause === null ? nothing : t('back-off {time}', { time: formatDuration(pause) })}</span>
  </li>`
}

function facts(task: TaskDetailJson, context: RunOverviewContext) {
  const tags = Object.entries(task.tags)
  return html`<section>
    <h3>${t('Facts')}</h3>
    <dl>
      ${fact(t('Created'), instant(task.created_at))} ${fact(t('Started'), instant(task.start_time))}
      ${fact(t('Ended'), instant(task.end_time))} ${fact(t('Duration'), duration(task, context.now))}
      ${fact(t('Group'), task.group)} ${fact(t('Executor'), task.executor)} ${fact(t('Source'), sourceLabel(task.source))}
      ${fact(t('Priority'), task.priority)} ${fact(t('Instance'), task.instance)}
      ${fact(t('Retries'), t('{at} of {total}', { at: task.retries_used, total: Math.max(0, task.max_attempts - 1) }))}
      ${wide(t('Status'), statusHelp(task.phase))}
      ${task.idempotency_key ? wide(t('Key'), html`<span class="mono">${visibleText(task.idempotency_key)}</span>`) : nothing}
      ${task.flow_id ? wide(t('Flow'), html`<span class="mono">${visibleText(task.flow_id)}</span>`) : nothing}
      ${task.retry_of ? wide(t('Retry of'), runLink(task.retry_of, context)) : nothing}
      ${
        task.blocked_by.length > 0
          ? wide(
              t('Waits for'),
              task.blocked_by.map((id) => html`${runLink(id, context)} `),
            )
          : nothing
      }
      ${
        tags.length > 0
          ? wide(
              t('Tags'),
              html`<span class="tags"
                >${tags.map(([key, value]) => html`<span class="chip-text">${visibleText(`${key}:${value}`)}</span>`)}</span
              >`,
            )
          : nothing
      }
    </dl>
  </section>`
}

function fact(name: string, value: unknown) {
  return html`<dt>${name}</dt>
    <dd>${orMissing(typeof value === 'string' ? visibleText(value) : value)}</dd>`
}

function wide(name: string, value: unknown) {
  return html`<dt>${name}</dt>
    <dd class="wide">${value}</dd>`
}

function instant(iso: string | null) {
  const at = parseInstant(iso)
  if (at === null) return null
  return html`<time datetime=${iso ?? ''} title=${formatAbsolute(at)}>${formatClock(at, true)}</time>`
}

function duration(task: TaskDetailJson, now: number): string | null {
  if (task.duration !== null) return formatDuration(task.duration)
  const start = parseInstant(task.start_time)
  return task.status === 'running' && start !== null ? formatElapsed((now - start) / 1000) : null
}

function runLink(id: string, { link }: RunOverviewContext) {
  const { href, click } = link({ ...runsRoute(), runId: id })
  return html`<a class="mono" href=${href} @click=${click}>${shortId(id)}</a>`
}

function analytics({ analytics: numbers, func_name }: TaskDetailJson) {
  if (numbers.total === 0) return nothing
  const rate = numbers.success_rate
  const entry = (label: string, value: string) =>
    html`<div><b><bdi>${value}</bdi></b><span>${label}</span></div>`
  return html`<section>
    <h3>${visibleText(func_name)} <span class="muted">${t('all runs')}</span></h3>
    <div class="numbers">
      ${entry(t('Runs'), formatCount(numbers.total))}
      ${entry(t('Success rate'), rate === null ? '—' : `${formatPercent(rate)} %`)}
      ${entry(t('Average'), formatDuration(numbers.avg_duration_seconds))}
      ${entry('p95', formatDuration(numbers.p95_duration_seconds))}
      ${entry(t('Shortest'), formatDuration(numbers.min_duration_seconds))}
      ${entry(t('Longest'), formatDuration(numbers.max_duration_seconds))}
    </div>
  </section>`
}

function recent(task: TaskDetailJson, context: RunOverviewContext) {
  if (task.recent_runs.length === 0) return nothing
  return html`<section>
    <h3>${t('Recent runs')} <span class="muted">${t('of {task}', { task: visibleText(task.func_name) })}</span></h3>
    <ul class="rows">
      ${task.recent_runs.map((run) => {
        const current = run.task_id === task.task_id
        const { href, click } = context.link({ ...runsRoute(), runId: run.task_id })
        const age = formatRelative(Date.parse(run.created_at), context.now)
        return html`<li class=${current ? 'current' : ''} data-status=${colourOf(run.phase)}>
          <a href=${href} @click=${click} aria-current=${current ? 'true' : nothing}>
            ${statusIcon(run.phase)}<span class="visually-hidden">${statusLabel(run.phase)}</span>
            <span class="mono">${shortId(run.task_id)}</span>
            <span class="end">${orMissing(formatDuration(run.duration))}</span>
            <span class="age muted">${current ? t('this run') : age}</span>
          </a>
        </li>`
      })}
    </ul>
  </section>`
}
