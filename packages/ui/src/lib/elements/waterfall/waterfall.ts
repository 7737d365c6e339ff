import { html, nothing, type PropertyDeclarations } from 'lit'
import { formatDuration } from '../../format/duration.ts'
import { t } from '../../messages/messages.ts'
import { TaskflowSpanSelectEvent } from '../../part-events.ts'
import { statusIcon } from '../../parts/icons.ts'
import { colourOf } from '../../parts/status.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { hostReset, tokens } from '../../styles/tokens.ts'
import { RunFollower } from '../run-follower.ts'
import { StoreElement } from '../store-element.ts'
import { Ticker } from '../ticker.ts'
import { scaleOf, shareText, spansOf, type WaterfallSpan } from './spans.ts'
import { waterfallStyles } from './waterfall.styles.ts'

/**
 * Waits, attempts and back-offs of a run under each other, on one axis of time.
 *
 * @fires taskflow-span-select - one of them was chosen
 * @csspart row - one stretch of time
 * @csspart bar - its bar
 * @csspart axis - start and end of the time shown
 */
export class TaskflowWaterfallElement extends StoreElement {
  static override styles = [tokens, hostReset, statusStyles, waterfallStyles]
  static override properties: PropertyDeclarations = {
    runId: { type: String, attribute: 'run-id' },
    spans: { attribute: false },
    scale: { type: String },
  }

  /** Id of the run, which is then read and followed. [none] */
  declare runId: string
  /** What to show instead of a run that is read. [none] */
  declare spans: readonly WaterfallSpan[] | null
  /** `linear`, or `log` to see short stretches beside long ones. [`linear`] */
  declare scale: 'linear' | 'log'

  readonly #run = new RunFollower(this, () => this.store)

  constructor() {
    super()
    this.runId = ''
    this.spans = null
    this.scale = 'linear'
    new Ticker(this)
  }

  protected override get needsStore(): boolean {
    return this.spans === null && this.runId !== ''
  }

  protected override render() {
    const task = this.#run.detail?.task
    const spans = this.spans ?? (task ? spansOf(task, this.store?.now() ?? Date.now()) : [])
    const first = spans[0]
    if (!first) return nothing
    const share = scaleOf(spans, this.scale)
    const last = Math.max(...spans.map(({ to }) => to), first.from + 1)
    const length = html`<bdi>${formatDuration((last - first.from) / 1000)}</bdi>`
    return html`<section class="waterfall" aria-label=${t('Time')}>
      <header>
        <h3>${t('Time')}</h3>
        <span class="muted">${length}${shareText(spans)}</span>
      </header>
      <ol>
        ${spans.map((span) => this.#row(span, share))}
      </ol>
      <div class="axis" part="axis" aria-hidden="true">
        <span></span><span><span>0</span><span>${length}</span></span><span></span>
      </div>
    </section>`
  }

  #row(span: WaterfallSpan, share: (at: number) => number) {
    const { label, note, status, kind, from, to } = span
    return html`<li data-status=${colourOf(status)} data-kind=${kind}>
      <button
        class="row"
        part="row"
        type="button"
        @click=${() => this.dispatchEvent(new TaskflowSpanSelectEvent(span))}
      >
        <span class="label truncate"
          >${statusIcon(status, 'small')}<b>${label}</b><span class="muted truncate">${note}</span></span
        >
        <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
          <rect part="bar" x=${share(from)} y="0" height="14" width=${Math.max(0.4, share(to) - share(from))} />
        </svg>
        <span class="took"><bdi>${formatDuration((to - from) / 1000)}</bdi></span>
      </button>
    </li>`
  }
}
