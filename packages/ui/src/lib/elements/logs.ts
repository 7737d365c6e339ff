import type { LogEntryJson } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatCount, plural } from '../format/number.ts'
import { formatAbsolute, formatClock } from '../format/time.ts'
import { stripColours, visibleText } from '../format/visible-text.ts'
import { icon } from '../parts/icons.ts'
import type { DashboardStore } from '../store/dashboard-store.ts'
import { RunLog } from '../store/run-log.ts'
import { controls } from '../styles/controls.ts'
import { statusStyles } from '../styles/status-css.ts'
import { hostReset, tokens } from '../styles/tokens.ts'
import { logStyles } from './logs.styles.ts'
import { StoreElement } from './store-element.ts'

/**
 * The last lines of a run's log; while the run lives, new lines arrive by themselves and the view
 * follows them until somebody scrolls up.
 *
 * @csspart line - one line
 * @csspart gutter - its number
 */
export class TaskflowLogsElement extends StoreElement {
  static override styles = [tokens, hostReset, controls, statusStyles, logStyles]
  static override properties: PropertyDeclarations = {
    runId: { type: String, attribute: 'run-id' },
    count: { type: Number },
    live: { type: Boolean },
    following: { state: true },
  }

  /** Id of the run. */
  declare runId: string
  /** How many lines there are, to read the last page of them. */
  declare count: number
  /** The run is not over: follow its output. */
  declare live: boolean
  declare following: boolean

  #log: RunLog | undefined
  #leave: (() => void) | undefined
  #unread = 0
  #shown = 0

  constructor() {
    super()
    this.runId = ''
    this.count = 0
    this.live = false
    this.following = true
  }

  protected override storeConnected(store: DashboardStore): () => void {
    const leave = super.storeConnected(store)
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
    const wasLive = changed.get('live') === true
    this.#log?.follow(this.live)
    // The end of a run: what was written between the last event and its end.
    if (wasLive && !this.live) void this.#log?.load(this.count)
  }

  protected override updated(): void {
    const count = this.#log?.entries.length ?? 0
    if (this.following) this.#toEnd()
    else if (count > this.#shown) this.#unread += count - this.#shown
    this.#shown = count
  }

  protected override render() {
    const log = this.#log
    if (!log) return nothing
    if (log.state === 'loading') return html`<p class="hint">Reading the log…</p>`
    if (log.error && log.entries.length === 0) {
      return html`<p class="hint" role="alert">${log.error.detail}</p>`
    }
    const earlier = (log.entries[0]?.n ?? 1) - 1
    return html`
      <div
        class="lines"
        role="log"
        aria-live="off"
        aria-label="Log, ${plural(log.total, 'line')}"
        tabindex="0"
        @scroll=${this.#onScroll}
      >
        ${
          earlier > 0
            ? html`<p class="hint">${plural(earlier, 'earlier line')} not shown.</p>`
            : nothing
        }
        ${repeat(
          log.entries,
          (entry) => entry.n,
          (entry, index) => line(entry, log.entries[index - 1]),
        )}
        ${this.live ? html`<p class="waiting">${icon('arc', 'spins small')} waiting for output</p>` : nothing}
      </div>
      <div class="foot">
        <span>${range(log.entries, log.total)}</span>
        ${
          !this.following
            ? html`<button class="link" type="button" @click=${this.#follow}>
                ${this.#unread > 0 ? `${plural(this.#unread, 'new line')}` : 'To the end'}
              </button>`
            : nothing
        }
        ${log.live ? html`<span class="streaming"><span class="dot" data-status="running"></span>streaming</span>` : nothing}
      </div>
    `
  }

  #open(store: DashboardStore): void {
    const log = new RunLog(store, this.runId)
    this.#log = log
    this.#shown = 0
    this.#unread = 0
    this.following = true
    this.#leave = log.subscribe(() => this.requestUpdate())
    void log.load(this.count)
  }

  #close(): void {
    this.#leave?.()
    this.#log?.close()
    this.#log = undefined
  }

  #follow = () => {
    this.#unread = 0
    this.following = true
  }

  #onScroll = (event: Event) => {
    const box = event.currentTarget as HTMLElement
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24
    if (atEnd) this.#unread = 0
    this.following = atEnd
  }

  #toEnd(): void {
    const box = this.renderRoot.querySelector('.lines')
    if (box) box.scrollTop = box.scrollHeight
  }
}

function line(entry: LogEntryJson, previous: LogEntryJson | undefined) {
  const at = Date.parse(entry.at)
  const retry = previous && previous.attempt !== entry.attempt
  return html`${
    retry
      ? html`<p class="retry" role="separator">
          ${icon('cycle', 'small')}<span>Retry ${entry.attempt}, attempt ${entry.attempt + 1}</span>
        </p>`
      : nothing
  }<div class="line" part="line" data-level=${entry.level} data-stream=${entry.stream}>
      <span class="number" part="gutter" aria-hidden="true">${entry.n}</span>
      <time datetime=${entry.at} title=${formatAbsolute(at)}>${formatClock(at, true)}</time>
      <span class="level">${entry.level}</span>
      <span class="text">${visibleText(stripColours(entry.text))}</span>
    </div>`
}

function range(entries: readonly LogEntryJson[], total: number): string {
  const [first, last] = [entries[0], entries.at(-1)]
  if (!first || !last) return 'No lines yet'
  return `Lines ${formatCount(first.n)} to ${formatCount(last.n)} of ${formatCount(total)}`
}
