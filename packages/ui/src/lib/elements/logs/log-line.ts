import type { LogEntryJson } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import type { Span } from '../../format/linear-regex.ts'
import { formatAbsolute, formatClock } from '../../format/time.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import { LONG_LINE, logText } from './log-text.ts'

/** How lines are drawn. */
export interface LineOptions {
  /** What to mark in a line. */
  marks: (n: number, plain: string) => readonly Span[]
  /** Number of the line of the match one is at. */
  current: number
  /** Numbers of the first and last line that a link points at. */
  marked: readonly [number, number]
  maxAttempts: number
  opened: ReadonlySet<number>
  href: (n: number) => string
  onNumber: (event: MouseEvent, n: number) => void
  onOpen: (n: number) => void
}

/** One line; a place that is not read yet keeps its height. */
export function logLine(
  entry: LogEntryJson | undefined,
  previous: LogEntryJson | undefined,
  options: LineOptions,
) {
  if (!entry) return html`<div class="line absent"><span class="number"></span></div>`
  const { n, at, level, stream, text, attempt } = entry
  const instant = Date.parse(at)
  const retry = previous !== undefined && previous.attempt !== attempt
  const whole = text.length <= LONG_LINE || options.opened.has(n)
  const most = Math.max(options.maxAttempts, attempt + 1)
  return html`<div
    class="line ${retry ? 'first' : ''} ${n === options.current ? 'at' : ''} ${n >= options.marked[0] && n <= options.marked[1] ? 'marked' : ''}"
    part="line"
    data-n=${n}
    data-level=${level}
    data-stream=${stream}
  >
    ${
      retry
        ? html`<span class="retry" role="separator"
            >${icon('cycle', 'small')}<span>${t('Retry {retry}, attempt {attempt} of {most}', { retry: attempt, attempt: attempt + 1, most })}</span></span
          >`
        : nothing
    }
    ${
      Number.isInteger(n)
        ? html`<a
            class="number"
            part="gutter"
            href=${options.href(n)}
            tabindex="-1"
            aria-label=${t('Link to line {number}', { number: n })}
            @click=${(event: MouseEvent) => options.onNumber(event, n)}
            >${n}</a
          >`
        : // What an attempt threw is no line of the log.
          html`<span class="number"></span>`
    }
    <time datetime=${at} title=${formatAbsolute(instant)}>${formatClock(instant, true)}</time>
    <span class="level">${level}</span>
    <span class="text"
      >${logText(whole ? text : text.slice(0, LONG_LINE), (plain) => options.marks(n, plain), n === options.current)}${
        whole
          ? nothing
          : html`<button class="link" type="button" @click=${() => options.onOpen(n)}>
              … ${t('Show all {count} character|Show all {count} characters', { count: text.length })}
            </button>`
      }</span
    >
  </div>`
}
