import type { LogLevel, LogStream } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { formatCount, formatTotal } from '../../format/number.ts'
import { type IconName, icon } from '../../parts/icons.ts'
import type { LogView, RunLog } from '../../store/run-log.ts'

const STREAMS: readonly [LogStream | '', string][] = [
  ['', 'All'],
  ['log', 'log'],
  ['stdout', 'stdout'],
  ['stderr', 'stderr'],
]
const LEVELS: readonly [LogLevel | '', string][] = [
  ['', 'All levels'],
  ['info', 'Info and up'],
  ['warn', 'Warn and up'],
  ['error', 'Errors'],
]

/** What the bar above the lines shows and whom it tells. */
export interface LogToolbar {
  log: RunLog
  /** Zero-based place among the matches; -1 before the first. */
  match: number
  search: string
  following: boolean
  live: boolean
  wrap: boolean
  times: boolean
  setView: (view: Partial<LogView>) => void
  setSearch: (text: string) => void
  step: (by: 1 | -1) => void
  toggle: (what: 'following' | 'wrap' | 'times') => void
  download: () => void
  reload: () => void
}

/** Streams, level, search, follow, and how lines are drawn. */
export function logToolbar(bar: LogToolbar) {
  const { log, setView } = bar
  const button = (shape: IconName, label: string, run: () => void, on?: boolean) => html`<button
    class="button icon-only ${on ? 'on' : ''}"
    type="button"
    aria-label=${label}
    title=${label}
    aria-pressed=${on ?? nothing}
    @click=${run}
  >
    ${icon(shape)}
  </button>`
  return html`<div class="toolbar" part="toolbar" role="toolbar" aria-label="Log">
    <div class="segments" role="group" aria-label="Stream">
      ${STREAMS.map(([stream, label]) => {
        const count = log.counts[stream || 'all']
        // taskLog alone is what most runs have: then its lines are all there are.
        if (stream === 'log' && !log.counts.stdout && !log.counts.stderr) return nothing
        return html`<button
          type="button"
          data-stream-tab=${stream || 'all'}
          aria-pressed=${log.view.stream === stream}
          @click=${() => setView({ stream })}
        >
          ${label}${count === undefined ? nothing : html` <span class="count ${stream === 'stderr' && count > 0 ? 'bad' : ''}">${formatCount(count)}</span>`}
        </button>`
      })}
    </div>
    <span class="select">
      <select
        aria-label="Level"
        .value=${log.view.level}
        @change=${(event: Event) => setView({ level: (event.target as HTMLSelectElement).value as LogLevel | '' })}
      >
        ${LEVELS.map(([level, label]) => html`<option value=${level} ?selected=${level === log.view.level}>${label}</option>`)}
      </select>
      ${icon('chevronDown', 'small')}
    </span>
    ${search(bar)}
    <slot name="toolbar-end"></slot>
    ${
      bar.live
        ? html`<button
            class="button ${bar.following ? 'on' : ''}"
            type="button"
            data-follow
            aria-pressed=${bar.following}
            title="Stay at the end (f)"
            @click=${() => bar.toggle('following')}
          >
            ${icon('arrowDown')} Follow
          </button>`
        : nothing
    }
    ${button('wrap', 'Wrap long lines', () => bar.toggle('wrap'), bar.wrap)}
    ${button('clock', 'Times', () => bar.toggle('times'), bar.times)}
    ${button('download', 'Download the log', bar.download)}
    ${button('cycle', 'Read again', bar.reload)}
  </div>`
}

function search({ log, match, search, setSearch, step }: LogToolbar) {
  const { matches } = log
  const total = matches?.total ?? 0
  const said =
    matches === null
      ? ''
      : total === 0
        ? matches.more
          ? '…'
          : 'no match'
        : `${match + 1} of ${formatTotal(total, true)}`
  return html`<div class="search field">
    ${icon('search')}
    <input
      type="search"
      aria-label="Search the log"
      placeholder="Search the log"
      autocomplete="off"
      spellcheck="false"
      .value=${search}
      @input=${(event: Event) => setSearch((event.target as HTMLInputElement).value)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter') step(event.shiftKey ? -1 : 1)
        else if (event.key === 'Escape' && search) setSearch('')
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    />
    <span class="said" role="status">${said}</span>
    <button class="step" type="button" aria-label="Previous match" title="Previous match (Shift Enter)" ?disabled=${total === 0} @click=${() => step(-1)}>
      ${icon('arrowUp', 'small')}
    </button>
    <button class="step" type="button" aria-label="Next match" title="Next match (Enter)" ?disabled=${total === 0} @click=${() => step(1)}>
      ${icon('arrowDown', 'small')}
    </button>
  </div>`
}
