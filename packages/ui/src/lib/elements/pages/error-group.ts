import { html, nothing, type TemplateResult } from 'lit'
import { formatCount } from '../../format/number.ts'
import { formatAbsolute, formatRelative } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import { runTable } from '../../parts/run-table.ts'
import { type ErrorGroup, endOf, shortFrame } from '../../store/dead-letters.ts'
import { pageRoute, type Route, runsRoute } from '../../url/route.ts'

const SHOWN_RUNS = 10
const STEPS = 24

/** One group of errors, which opens to its runs. */
export function errorGroup(options: {
  group: ErrorGroup
  /** The first of several: the one to begin with. */
  large: boolean
  open: boolean
  now: number
  link: (route: Route, content: unknown, classes?: string) => TemplateResult
  toggle: () => void
  /** Null when it may not be retried. */
  retry: (() => void) | null
  busy: boolean
}): TemplateResult {
  const { group, large, open, now, link, toggle, retry, busy } = options
  const { fingerprint, name, message, frame, tasks, funcs, firstAt, lastAt } = group
  const [first, last] = [Date.parse(firstAt), Date.parse(lastAt)]
  const label = visibleText(name ?? message)
  return html`<li part="row" data-group=${fingerprint}>
    <div class="group">
      <button
        class="button plain icon-only toggle"
        type="button"
        aria-expanded=${open}
        aria-label=${t('Runs with {error}', { error: label })}
        @click=${toggle}
      >
        ${icon('chevronRight')}
      </button>
      <span class="count ${large ? 'bad' : ''}">${formatCount(tasks.length)}</span>
      <span class="what">
        <span class="says" title=${visibleText(tasks[0]?.error ?? message)}
          >${name ? html`<b>${visibleText(name)}</b>` : nothing} <span class="mono">${visibleText(message)}</span></span
        >
        <span class="pills"
          >${frame === null ? nothing : html`<span class="mono muted frame" title=${visibleText(frame)}>${visibleText(shortFrame(frame))}</span>`}${funcs.slice(0, 4).map((func) => link(pageRoute('tasks', func), visibleText(func), 'chip-text'))}${
            funcs.length > 4
              ? html`<span class="muted">${t('and {count} more', { count: funcs.length - 4 })}</span>`
              : nothing
          }</span
        >
      </span>
      ${spark(group, now)}
      <span class="seen">
        <time title=${formatAbsolute(last)}>${formatRelative(last, now)}</time>
        ${tasks.length > 1 ? html`<span class="muted" title=${formatAbsolute(first)}>${t('first {time}', { time: formatRelative(first, now) })}</span>` : nothing}
      </span>
      ${
        retry
          ? html`<button class="button ${large ? 'primary' : ''}" type="button" ?disabled=${busy} @click=${retry}>
              ${t('Retry {count} run|Retry {count} runs', { count: tasks.length })}
            </button>`
          : nothing
      }
    </div>
    ${open ? html`<div class="inner">${runsOf(group, now, link)}</div>` : nothing}
  </li>`
}

function runsOf(
  { name, tasks, funcs }: ErrorGroup,
  now: number,
  link: (route: Route, content: unknown, classes?: string) => TemplateResult,
) {
  const [func = ''] = funcs
  return html`${runTable({
    tasks: tasks.slice(0, SHOWN_RUNS),
    now,
    named: funcs.length > 1,
    alike: true,
    link,
  })}
  ${
    tasks.length > SHOWN_RUNS
      ? html`<div class="more">
          ${link(
            runsRoute({
              status: ['failed'],
              ...(funcs.length === 1 && { func }),
              ...(name && { q: `error:"${name}"` }),
            }),
            t('Show all in the runs'),
          )}
        </div>`
      : nothing
  }`
}

/** How many ended so in each hour of the last day. */
function spark({ tasks }: ErrorGroup, now: number) {
  const counts = Array.from({ length: STEPS }, () => 0)
  for (const task of tasks) {
    const hours = Math.floor((now - Date.parse(endOf(task))) / 3_600_000)
    const at = STEPS - 1 - Math.max(0, hours)
    if (at >= 0) counts[at] = (counts[at] ?? 0) + 1
  }
  const max = Math.max(1, ...counts)
  const line = counts
    .map(
      (value, index) =>
        `${index === 0 ? 'M' : 'L'}${(index * 120) / (STEPS - 1)} ${26 - (value / max) * 24}`,
    )
    .join('')
  return html`<svg class="spark" viewBox="0 0 120 28" role="img" aria-label=${t('Last 24 hours, by hour: {numbers}', { numbers: counts.join(', ') })}>
    <path d=${line} />
  </svg>`
}
