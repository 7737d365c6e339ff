import type { LogLevel, LogStream } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { formatCount } from '../../format/number.ts'
import { type MessageKey, t } from '../../messages/messages.ts'
import { type IconName, icon } from '../../parts/icons.ts'
import type { LogView, RunLog } from '../../store/run-log.ts'

const STREAMS: readonly [LogStream | '', string][] = [
  ['', ''],
  ['log', 'taskLog'],
  ['stdout', 'stdout'],
  ['stderr', 'stderr'],
]
const LEVELS = [
  ['', 'All levels'],
  ['info', 'Info and up'],
  ['warn', 'Warn and up'],
  ['error', 'Errors'],
] as const satisfies readonly [LogLevel | '', MessageKey][]

/** What is on or off. */
export type LogSwitch = 'following' | 'wrap' | 'times' | 'regex' | 'matchCase'

/** What the bar above the lines shows and whom it tells. */
export interface LogToolbar {
  log: RunLog
  /** Zero-based place among the matches; -1 before the first. */
  match: number
  search: string
  regex: boolean
  matchCase: boolean
  following: boolean
  live: boolean
  wrap: boolean
  times: boolean
  setView: (view: Partial<LogView>) => void
  setSearch: (text: string) => void
  step: (by: 1 | -1) => void
  toggle: (what: LogSwitch) => void
  download: () => void
  reload: () => void
  /** Goes to the first line of an attempt, counted from 1. */
  goToAttempt: (attempt: number) => void
  fullScreen: () => void
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
  return html`<div class="toolbar" part="toolbar" role="toolbar" aria-label=${t('Log')}>
    <div class="segments" role="group" aria-label=${t('Stream')}>
      ${STREAMS.map(([stream, label]) => {
        const count = log.counts[stream || 'all']
        // Its lines are on stdout and stderr, too: alone they stand where a page asks for it.
        if (stream === 'log' && log.view.stream !== 'log') return nothing
        return html`<button
          type="button"
          data-stream-tab=${stream || 'all'}
          aria-pressed=${log.view.stream === stream}
          @click=${() => setView({ stream })}
        >
          ${label || t('All')}${count === undefined ? nothing : html` <span class="count ${stream === 'stderr' && count > 0 ? 'bad' : ''}">${formatCount(count)}</span>`}
        </button>`
      })}
    </div>
    ${select(
      t('Level'),
      LEVELS.map(([level, label]) => [level, t(label)]),
      log.view.level,
      (level) => setView({ level: level as LogLevel | '' }),
    )}
    ${log.attempts > 1 ? attempts(bar) : nothing}
    ${search(bar)} ${problem(bar)}
    <slot name="toolbar-end"></slot>
    ${
      bar.live
        ? html`<button
            class="button ${bar.following ? 'on' : ''}"
            type="button"
            data-follow
            aria-pressed=${bar.following}
            title=${t('Stay at the end (f)')}
            @click=${() => bar.toggle('following')}
          >
            ${icon('arrowDown')} ${t('Follow')}
          </button>`
        : nothing
    }
    ${button('wrap', t('Wrap long lines'), () => bar.toggle('wrap'), bar.wrap)}
    ${button('clock', t('Times'), () => bar.toggle('times'), bar.times)}
    ${button('download', t('Download the log'), bar.download)}
    ${button('cycle', t('Read again'), bar.reload)}
    ${document.fullscreenEnabled ? button('expand', t('Full screen'), bar.fullScreen) : nothing}
  </div>`
}

function select(
  label: string,
  options: readonly (readonly [value: string, label: string])[],
  chosen: string,
  choose: (value: string, list: HTMLSelectElement) => void,
) {
  return html`<span class="select">
    <select
      aria-label=${label}
      .value=${chosen}
      @change=${(event: Event) => {
        const list = event.target as HTMLSelectElement
        choose(list.value, list)
      }}
    >
      ${options.map(([value, text]) => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`)}
    </select>
    ${icon('chevronDown', 'small')}
  </span>`
}

/** Leads to an attempt; what is read afterwards may be of another, so it names none. */
function attempts({ log, goToAttempt }: LogToolbar) {
  const numbers = Array.from({ length: log.attempts }, (_, index) => index + 1)
  return select(
    t('Attempt'),
    [
      ['', t('Attempt')],
      ...numbers.map((number) => [String(number), t('Attempt {number}', { number })] as const),
    ],
    '',
    (attempt, list) => {
      list.value = ''
      goToAttempt(Number(attempt))
    },
  )
}

function search({ log, match, search, regex, matchCase, setSearch, step, toggle }: LogToolbar) {
  const { matches } = log.finder
  const total = matches?.total ?? 0
  const said =
    !matches || matches.problem
      ? ''
      : total === 0
        ? matches.more
          ? '…'
          : t('no match')
        : t('{at} of {total}', { at: match + 1, total })
  return html`<div class="search field">
    ${icon('search')}
    <input
      type="search"
      aria-label=${t('Search the log')}
      placeholder=${t('Search the log')}
      autocomplete="off"
      spellcheck="false"
      aria-invalid=${matches?.problem ? 'true' : nothing}
      aria-describedby=${matches?.problem ? 'problem' : nothing}
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
    ${option('Aa', t('Match case'), matchCase, () => toggle('matchCase'))}
    ${option('.*', t('Regular expression'), regex, () => toggle('regex'))}
    <span class="said" role="status">${said}</span>
    <button class="step" type="button" aria-label=${t('Previous match')} title=${t('Previous match (Shift Enter)')} ?disabled=${total === 0} @click=${() => step(-1)}>
      ${icon('arrowUp', 'small')}
    </button>
    <button class="step" type="button" aria-label=${t('Next match')} title=${t('Next match (Enter)')} ?disabled=${total === 0} @click=${() => step(1)}>
      ${icon('arrowDown', 'small')}
    </button>
  </div>`
}

function option(shape: string, label: string, on: boolean, click: () => void) {
  return html`<button
    class="step ${on ? 'on' : ''}"
    type="button"
    aria-label=${label}
    title=${label}
    aria-pressed=${on}
    @click=${click}
  >
    ${shape}
  </button>`
}

/** Why nothing is looked for. */
function problem({ log }: LogToolbar) {
  const { problem } = log.finder.matches ?? {}
  if (!problem) return nothing
  return html`<p class="problem" id="problem" role="alert">
    ${t('This cannot be searched for: {problem}', { problem })}
  </p>`
}
