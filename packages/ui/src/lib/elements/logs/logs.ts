import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import { t } from '../../messages/messages.ts'
import { TaskflowLogFollowEvent, TaskflowLogLineEvent } from '../../part-events.ts'
import { download } from '../../parts/download.ts'
import { toggleFullScreen } from '../../parts/full-screen.ts'
import { icon } from '../../parts/icons.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { readPreferences, writePreferences } from '../../store/preferences.ts'
import { LOG_PAGE, type LogView, RunLog } from '../../store/run-log.ts'
import { controls } from '../../styles/controls.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { hostReset, tokens } from '../../styles/tokens.ts'
import { StoreElement } from '../store-element.ts'
import { copyLines } from './copy-lines.ts'
import { logFoot } from './foot.ts'
import { lineStyles } from './line.styles.ts'
import { type LineOptions, logLine } from './log-line.ts'
import { LogScroll } from './log-scroll.ts'
import { LogSearch } from './log-search.ts'
import { noLines, toEnd, unreadable } from './log-states.ts'
import { logStyles } from './logs.styles.ts'
import { matchTrack } from './match-track.ts'
import { type LogSwitch, logToolbar } from './toolbar.ts'

/**
 * A run's log: live, any page at once, by stream and level, searched as a whole. Follows its end
 * until somebody scrolls up. Only the lines in view are drawn.
 *
 * @fires taskflow-log-follow - it began or ceased to follow the end
 * @fires taskflow-log-search - it was searched
 * @fires taskflow-log-line - a line number was chosen, its link copied
 * @slot toolbar-end - after the search
 * @csspart toolbar - streams, level, search and the rest
 * @csspart line - one line
 * @csspart match - what a search found
 * @csspart gutter - its number
 * @cssprop --taskflow-log-height - height of the lines where the host gives none [420px]
 */
export class TaskflowLogsElement extends StoreElement {
  static override styles = [tokens, hostReset, controls, statusStyles, logStyles, lineStyles]
  static override properties: PropertyDeclarations = {
    runId: { type: String, attribute: 'run-id' },
    count: { type: Number },
    live: { type: Boolean },
    line: { type: Number },
    lastLine: { type: Number, attribute: 'last-line' },
    maxAttempts: { type: Number, attribute: 'max-attempts' },
    linkTo: { attribute: false },
    stream: { type: String },
    attempt: { type: Number },
    follow: { type: Boolean },
    following: { state: true },
    wrap: { type: Boolean, reflect: true },
    timestamps: { type: String },
    times: { state: true },
    page: { state: true },
    query: { type: String },
    regex: { type: Boolean },
    matchCase: { type: Boolean, attribute: 'match-case' },
  }

  /** Id of the run. */
  declare runId: string
  /** How many lines there are, as far as the run's record says. */
  declare count: number
  /** The run is not over: follow its output. */
  declare live: boolean
  /** A line to show and mark; 0 for none. */
  declare line: number
  /** Where a range that begins at `line` ends; 0 for one line. */
  declare lastLine: number
  /** How many attempts the run may take. [1] */
  declare maxAttempts: number
  /** Address of a line. */
  declare linkTo: ((line: number, lastLine?: number) => string) | null
  /** `stdout` or `stderr`, with what `taskLog` wrote there; `log`: only that. [all] */
  declare stream: string
  /** Goes to the first line of this attempt, counted from 1. [none] */
  declare attempt: number | null
  /** Follows the output of the run as it comes, as `live` does. */
  declare follow: boolean
  declare following: boolean
  /** Breaks long lines, one page at a time. */
  declare wrap: boolean
  /** `off` leaves the times out, `on` shows them. [as chosen on this device] */
  declare timestamps: string
  declare times: boolean
  /** Zero-based, while lines wrap. */
  declare page: number
  /** What is searched for. */
  declare query: string
  /**
   * What is searched for is a regular expression, without lookaround and back references; it sees the
   * first 8,192 characters of a line.
   */
  declare regex: boolean
  /** The search tells upper case from lower. */
  declare matchCase: boolean

  #log: RunLog | undefined
  #leave: (() => void) | undefined
  readonly #scroll = new LogScroll(this, () => this.#log)
  readonly #search = new LogSearch(
    this,
    () => this.#log,
    (line) => this.#goTo(line),
  )
  readonly #opened = new Set<number>()

  constructor() {
    super()
    this.runId = ''
    this.count = 0
    this.live = false
    this.line = 0
    this.lastLine = 0
    this.maxAttempts = 1
    this.linkTo = null
    this.stream = ''
    this.attempt = null
    this.follow = false
    this.timestamps = ''
    this.following = true
    this.wrap = false
    this.times = true
    this.page = 0
    this.query = ''
    this.regex = false
    this.matchCase = false
  }

  protected override storeConnected(store: DashboardStore): () => void {
    const leave = super.storeConnected(store)
    const { log = {} } = readPreferences(store.base)
    this.wrap = log.wrap ?? this.wrap
    this.times = this.timestamps ? this.timestamps !== 'off' : (log.times ?? true)
    this.#open(store)
    return () => {
      leave()
      this.#close()
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    const { store } = this
    if (store && changed.has('runId') && changed.get('runId') !== undefined) {
      this.#close()
      this.#open(store)
    }
    if (changed.has('line') && this.line > 0 && changed.get('line') !== undefined) {
      void this.#goTo(this.line)
    }
    if (store && this.hasUpdated) this.#follow(changed)
    this.#log?.follow(this.#live)
    if (changed.has('count')) this.#log?.atLeast(this.count)
    // The end of a run: what was written between the last event and its end.
    if (changed.get('live') === true && !this.#live) {
      this.#log?.atLeast(this.count)
      void this.#log?.settled()
    }
  }

  /** The run is not over, as far as anybody said. */
  get #live(): boolean {
    return this.live || this.follow
  }

  /** What the page asks for after the log was opened. */
  #follow(changed: PropertyValues<this>): void {
    const log = this.#log
    if (!log) return
    if (changed.has('stream') && this.stream !== log.view.stream) {
      void this.#setView({ stream: this.stream as LogView['stream'] })
    }
    if (changed.has('query') || changed.has('regex') || changed.has('matchCase')) {
      if (this.#search.isStale) this.#search.type(this.query)
    }
    if (changed.has('attempt')) void this.#goToAttempt()
    if (changed.has('timestamps') && this.timestamps) this.times = this.timestamps !== 'off'
  }

  async #goToAttempt(attempt = this.attempt): Promise<void> {
    const log = this.#log
    if (!log || !attempt) return
    const n = await log.firstOf(attempt - 1)
    if (n !== null) await this.#goTo(n)
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.get('following') !== undefined) {
      this.dispatchEvent(new TaskflowLogFollowEvent(this.following))
    }
    this.#scroll.settle()
  }

  protected override render() {
    const log = this.#log
    if (!log) return nothing
    if (log.error && log.total === 0) return unreadable(log, log.error.detail)
    return html`
      ${logToolbar({
        log,
        match: this.#search.match,
        search: this.query,
        regex: this.regex,
        matchCase: this.matchCase,
        following: this.following,
        live: this.#live,
        wrap: this.wrap,
        times: this.times,
        setView: (view) => void this.#setView(view),
        setSearch: this.#search.type,
        step: this.#search.step,
        toggle: this.#toggle,
        download: () => void this.#download(),
        reload: () => void log.reload(),
        goToAttempt: (attempt) => void this.#goToAttempt(attempt),
        fullScreen: () => void toggleFullScreen(this),
      })}
      <div class="frame">
        <div
          class="lines ${this.times ? '' : 'timeless'}"
          role="log"
          aria-live="off"
          aria-label=${t('Log, {count} line|Log, {count} lines', { count: log.total })}
          tabindex="0"
          @scroll=${this.#onScroll}
          @keydown=${this.handleKey}
        >
          ${this.#lines(log)}
          ${this.#live ? html`<p class="waiting">${icon('arc', 'spins small')} ${t('waiting for output')}</p>` : nothing}
        </div>
        ${matchTrack(log)}
        ${this.following || !this.#live ? nothing : toEnd(this.#scroll.unread, () => this.#toggle('following'))}
      </div>
      ${logFoot(log, this.#scroll.shown(log), this.#scroll.goToPage)}
    `
  }

  #lines(log: RunLog) {
    if (log.total === 0) return noLines(log)
    const [first, end] = this.#scroll.drawn(log)
    log.ensure(first, end - 1)
    const options: LineOptions = {
      marks: (n, plain) => log.finder.spansOf(n, plain),
      current: this.#search.matches?.numbers[this.#search.match] ?? 0,
      marked: [this.line, Math.max(this.line, this.lastLine)],
      maxAttempts: this.maxAttempts,
      opened: this.#opened,
      href: (n) => this.linkTo?.(n) ?? `#${n}`,
      onNumber: this.#onNumber,
      onOpen: (n) => {
        this.#opened.add(n)
        this.requestUpdate()
      },
    }
    const rows = []
    for (let index = first; index < end; index++) {
      rows.push(logLine(log.at(index), index > 0 ? log.at(index - 1) : undefined, options))
    }
    return html`<div class="content"><div class="window">${rows}</div></div>`
  }

  #open(store: DashboardStore): void {
    const log = new RunLog(store, this.runId)
    this.#log = log
    this.#scroll.reset()
    this.#opened.clear()
    this.#search.leave()
    this.following = this.line === 0
    this.#leave = log.subscribe(() => this.requestUpdate())
    const view = { ...log.view, stream: this.stream as LogView['stream'] }
    void log.open(this.count, view).then(() => {
      this.page = log.pages - 1
      if (this.line > 0) void this.#goTo(this.line)
      else void this.#goToAttempt()
      if (this.query) void this.#search.find()
    })
  }

  #close(): void {
    this.#leave?.()
    this.#log?.close()
    this.#log = undefined
  }

  async #setView(view: Partial<LogView>): Promise<void> {
    const log = this.#log
    if (!log) return
    if (view.stream !== undefined) this.stream = view.stream
    this.following = this.#live
    this.#search.leave()
    const { query } = this
    await log.open(log.counts.all ?? this.count, { ...log.view, ...view })
    this.page = this.#live ? log.pages - 1 : 0
    if (!this.#live) this.#scroll.goTo(0)
    if (query) await this.#search.find()
    this.requestUpdate()
  }

  async #goTo(n: number): Promise<void> {
    const log = this.#log
    if (!log) return
    this.following = false
    this.#scroll.goTo(await log.indexOf(n))
  }

  #toggle = (what: LogSwitch) => {
    const top = this.#log ? this.#scroll.shown(this.#log)[0] : 0
    this[what] = !this[what]
    if (what === 'regex' || what === 'matchCase') return
    if (what === 'following') {
      this.#scroll.unread = 0
      if (this.following && this.#log) this.page = this.#log.pages - 1
      return
    }
    writePreferences(this.storeBase, { log: { wrap: this.wrap, times: this.times } })
    if (what !== 'wrap') return
    this.page = Math.floor(top / LOG_PAGE)
    if (!this.following) this.#scroll.goTo(top)
    this.#scroll.unplace()
  }

  async #download(): Promise<void> {
    const { store, runId } = this
    if (!store) return
    await download(store, `/${encodeURIComponent(runId)}/logs`, { format: 'text' }, `${runId}.log`)
  }

  #onNumber = (event: MouseEvent, n: number) => {
    const lines = copyLines(event, this.line, n, this.linkTo)
    if (!lines) return
    this.following = false
    this.dispatchEvent(new TaskflowLogLineEvent(...lines))
  }

  #onScroll = (event: Event) => {
    this.#scroll.scrolled(event.currentTarget as HTMLElement, this.#live)
  }

  /** Keys of the log: matches, follow, the end. */
  readonly handleKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'n' || event.key === 'N') void this.#search.step(event.key === 'n' ? 1 : -1)
    else if (event.key === 'f' && this.#live) this.#toggle('following')
    else if (event.key === 'End' && this.#live) this.following = true
    else return
    if (event.key !== 'End') event.preventDefault()
  }
}
