import type { MetricsJson, SeriesBucketJson } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import { t } from '../../messages/messages.ts'
import { TaskflowMetricSelectEvent } from '../../part-events.ts'
import { icon, statusIcon } from '../../parts/icons.ts'
import { sparkline } from '../../parts/sparkline.ts'
import { colourOf } from '../../parts/status.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { Resource } from '../../store/resource.ts'
import { openSeries } from '../../store/shared-series.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { hostReset, tokens } from '../../styles/tokens.ts'
import { chartRange } from '../chart/range.ts'
import { endAll } from '../end-all.ts'
import { StoreElement } from '../store-element.ts'
import { type Card, cardsOf, deltaText, METRIC_NAMES, trendOf, waitingCards } from './cards.ts'
import { metricsStyles } from './metrics.styles.ts'

/**
 * The six numbers people look at first. Each is a link to the runs it counts.
 *
 * @fires taskflow-metric-select - a card was chosen; cancelable
 * @fires taskflow-navigate - its link was followed; cancelable
 * @csspart card - one card
 * @csspart label - what it counts
 * @csspart value - the number
 * @csspart delta - what the window of time added to it
 * @csspart sparkline - how it went in that window
 */
export class TaskflowMetricsElement extends StoreElement {
  static override styles = [tokens, hostReset, statusStyles, metricsStyles]
  static override properties: PropertyDeclarations = {
    items: { type: String },
    range: { type: String },
    filter: { type: String },
  }

  /**
   * Which, by name and in order: `running`, `pending`, `success`, `failed`, `success-rate`, `p95`.
   * [all]
   */
  declare items: string
  /** Adds how they went in this window: `1h`, `24h` or `7d`. [nothing] */
  declare range: string
  /** `task:<name>` counts the runs of one task. [all] */
  declare filter: string

  #series: Resource<SeriesBucketJson[]> | undefined
  #metrics: Resource<MetricsJson> | undefined
  #end: (() => void) | undefined

  constructor() {
    super()
    this.items = ''
    this.range = ''
    this.filter = ''
  }

  protected override storeConnected(store: DashboardStore): () => void {
    const leave = super.storeConnected(store)
    this.#read(store)
    return () => {
      leave()
      this.#end?.()
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = this.store
    super.willUpdate(changed)
    const other = changed.has('range') || changed.has('filter')
    if (before && before === this.store && other) this.#read(before)
  }

  /** Reads what the shared numbers do not tell. */
  #read(store: DashboardStore): void {
    this.#end?.()
    const task = taskOf(this.filter)
    const only = task && { func_name: task }
    const ends: (() => void)[] = []
    const open = <Value>(read: (signal: AbortSignal) => Promise<Value>, everyMs?: number) => {
      const resource = new Resource(store, read, everyMs)
      ends.push(
        resource.subscribe(() => this.requestUpdate()),
        resource.open(),
      )
      return resource
    }
    const { value: window, step, everyMs } = chartRange(this.range)
    this.#series = undefined
    if (this.range) {
      const wanted = { window, step, task: task ?? '', everyMs }
      const { series, close } = openSeries(store, wanted, () => this.requestUpdate())
      this.#series = series
      ends.push(close)
    }
    this.#metrics = only ? open((signal) => store.client.metrics(only, { signal })) : undefined
    this.#end = endAll(ends)
  }

  protected override render() {
    const { store } = this
    if (!store) return nothing
    if (this.filter && taskOf(this.filter) === null) {
      return html`<p class="note" role="alert">${t('The filter has to be task:<name>.')}</p>`
    }
    const metrics = this.#metrics ? this.#metrics.value : store.metrics
    const cards = metrics ? cardsOf(metrics, store.overview) : waitingCards()
    const names = this.items ? this.items.split(/[\s,]+/) : METRIC_NAMES
    const shown = names.flatMap((name) => cards.find((card) => card.name === name) ?? [])
    return html`<div class="cards" role="list" aria-label=${t('Numbers')}>
      ${shown.map((card) => this.#card(card, metrics === null))}
    </div>`
  }

  #card(card: Card, waits: boolean) {
    const plain = card.mark === 'info' || card.mark === 'clock'
    const mark =
      card.mark === 'info' || card.mark === 'clock'
        ? icon(card.mark)
        : statusIcon(card.mark, card.zero ? 'still' : '')
    const task = taskOf(this.filter)
    const route = task
      ? { ...card.route, filter: { ...card.route.filter, func: task } }
      : card.route
    return html`<div role="listitem">
      <a
        class="card ${waits ? 'waits' : ''}"
        part="card"
        href=${this.href(route)}
        data-status=${plain ? nothing : colourOf(card.alarm === false ? 'pending' : (card.mark as Parameters<typeof colourOf>[0]))}
        @click=${(event: MouseEvent) => {
          const chosen = new TaskflowMetricSelectEvent(card.name, route)
          if (this.dispatchEvent(chosen)) this.go(route)(event)
          else event.preventDefault()
        }}
      >
        <span class="label" part="label">${mark}${card.label}</span>
        <span class="value ${card.alarm ? 'alarm' : ''} ${card.zero ? 'zero' : ''}" part="value"
          ><bdi>${card.value}${card.unit ? html`<small> ${card.unit}</small>` : nothing}</bdi></span
        >
        <span class="note" title=${card.note}>${card.note}</span>
        ${this.#trend(card)}
      </a>
    </div>`
  }

  #trend({ name }: Card) {
    const buckets = this.#series?.value
    if (!this.range) return nothing
    const delta = buckets ? deltaText(name, buckets, chartRange(this.range).spanMs) : ''
    const trend = buckets && trendOf(name, buckets)
    return html`<span class="foot"
      >${trend ? sparkline(trend) : nothing}<span class="delta" part="delta">${delta}</span></span
    >`
  }
}

/** The task that a filter narrows to; null for none, and for any other filter. */
function taskOf(filter: string): string | null {
  return /^\s*task:(\S+)\s*$/.exec(filter)?.[1] ?? null
}
