import type { SeriesBucketJson } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations, type PropertyValues, svg } from 'lit'
import { formatDuration, formatLength } from '../../format/duration.ts'
import { formatCount } from '../../format/number.ts'
import { statusCount, statusLabel } from '../../format/phase.ts'
import { t } from '../../messages/messages.ts'
import { TaskflowRangeSelectEvent } from '../../part-events.ts'
import { segments } from '../../parts/controls.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import type { Resource } from '../../store/resource.ts'
import { openSeries } from '../../store/shared-series.ts'
import { controls } from '../../styles/controls.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { hostReset, tokens } from '../../styles/tokens.ts'
import { StoreElement } from '../store-element.ts'
import { chartStyles } from './chart.styles.ts'
import { chartTable, ENDS, totalOf } from './chart-table.ts'
import { axisTime, labelEvery, spanText } from './chart-time.ts'
import { type LineMetric, lineMetric } from './line-metrics.ts'
import { CHART_RANGES, chartRange } from './range.ts'
import { lengthTicksOf, niceMax, ticksOf } from './scale.ts'

/** Room for the words of the upright axis; large counts get more. */
const LEFT = 44
const BOTTOM = 20
const TOP = 10
const HEIGHT = 176

/**
 * How runs ended over time, as bars, or how long they took or waited, as lines. Every step can be read
 * by pointer, by arrow keys, and as a table.
 *
 * @fires taskflow-range-select - another window of time was chosen
 * @csspart plot - what is drawn
 * @csspart bar - one bar
 * @csspart axis - the words and lines of the axes
 * @csspart legend - what the colours mean
 */
export class TaskflowChartElement extends StoreElement {
  static override styles = [tokens, hostReset, controls, statusStyles, chartStyles]
  static override properties: PropertyDeclarations = {
    metric: { type: String },
    range: { type: String },
    task: { type: String },
    width: { state: true },
    at: { state: true },
  }

  /**
   * `throughput`: how runs ended, `latency`: how long they took, `wait`: how long they waited from due
   * to start. [`throughput`]
   */
  declare metric: 'throughput' | 'latency' | 'wait'
  /** `1h`, `24h` or `7d`. [`1h`] */
  declare range: string
  /** Only runs of this task. [all] */
  declare task: string
  declare width: number
  /** Which step is read out. */
  declare at: number | null

  #series: Resource<SeriesBucketJson[]> | undefined
  #end: (() => void) | undefined
  #observer: ResizeObserver | undefined
  /** Where the plot begins. */
  #left = LEFT

  constructor() {
    super()
    this.metric = 'throughput'
    this.range = '1h'
    this.task = ''
    this.width = 0
    this.at = null
  }

  protected override storeConnected(store: DashboardStore): () => void {
    const end = super.storeConnected(store)
    this.#read(store)
    return () => {
      end()
      this.#end?.()
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const joined = this.store
    super.willUpdate(changed)
    const other = changed.has('range') || changed.has('task')
    if (joined && this.store === joined && other) this.#read(joined)
  }

  protected override updated(): void {
    const plot = this.renderRoot.querySelector('.plot')
    if (!plot || this.#observer) return
    this.#observer = new ResizeObserver(([entry]) => {
      this.width = Math.round(entry?.contentRect.width ?? 0)
    })
    this.#observer.observe(plot)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#observer?.disconnect()
    this.#observer = undefined
  }

  #read(store: DashboardStore): void {
    this.#end?.()
    const { value: window, step, everyMs } = chartRange(this.range)
    const wanted = { window, step, task: this.task, everyMs }
    const { series, close } = openSeries(store, wanted, () => this.requestUpdate())
    this.#series = series
    this.at = null
    this.#end = close
  }

  protected override render() {
    const series = this.#series
    if (!series) return nothing
    const buckets = series.value ?? []
    const metric = lineMetric(this.metric)
    return html`<section class="chart">
      <header>
        <h2>${metric?.title ?? t('Throughput')}</h2>
        <span class="muted">${metric?.note ?? stepText(this.range)}</span>
        <span class="legend" part="legend">${metric ? lineLegend(metric) : this.#barLegend(buckets)}</span>
        ${segments({
          label: t('Window'),
          value: chartRange(this.range).value,
          items: CHART_RANGES.map(({ value, spanMs }) => ({
            value,
            label: formatLength(spanMs / 1000),
          })),
          select: (value) => {
            this.range = value
            this.dispatchEvent(new TaskflowRangeSelectEvent(value))
          },
        })}
      </header>
      <div
        class="plot"
        part="plot"
        role="slider"
        tabindex="0"
        aria-label=${metric?.keysLabel ?? t('Throughput over time: arrow keys read each step')}
        aria-valuemin="1"
        aria-valuemax=${Math.max(1, buckets.length)}
        aria-valuenow=${(this.at ?? buckets.length - 1) + 1}
        aria-valuetext=${this.#textOf(buckets[this.at ?? buckets.length - 1])}
        @keydown=${this.#onKey}
        @pointermove=${this.#onPointer}
        @pointerleave=${this.#leave}
        @blur=${this.#leave}
      >
        ${this.width > 0 && buckets.length > 0 ? this.#draw(buckets, metric) : nothing}
        ${series.value === null ? html`<p class="hint">${series.error ? series.error.detail : ''}</p>` : nothing}
        ${this.#readout(buckets, metric)}
      </div>
      <details>
        <summary>${t('As a table')}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label=${t('Numbers of the chart')}>${chartTable(buckets)}</div>
      </details>
    </section>`
  }

  #draw(buckets: readonly SeriesBucketJson[], metric: LineMetric | null) {
    const bars = metric === null
    const highest = (bucket: SeriesBucketJson) =>
      metric ? Math.max(...metric.lines.map(({ of }) => of(bucket) ?? 0)) : totalOf(bucket)
    const max = niceMax(Math.max(...buckets.map(highest)), bars ? 4 : 0.004)
    const ticks = bars ? ticksOf(max) : lengthTicksOf(max)
    const labels = ticks.map((tick) =>
      bars ? formatCount(tick) : tick === 0 ? '0' : formatDuration(tick),
    )
    this.#left = Math.max(LEFT, 14 + 7 * Math.max(...labels.map(({ length }) => length)))
    const width = this.width
    const inner = width - this.#left - 8
    const high = HEIGHT - TOP - BOTTOM
    const y = (value: number) => TOP + high * (1 - value / max)
    const pitch = inner / buckets.length
    const every = labelEvery(chartRange(this.range).stepMs, buckets.length / (inner / 96))
    const active =
      this.at === null
        ? nothing
        : svg`<rect class="active" x=${this.#left + this.at * pitch} y=${TOP} width=${pitch} height=${high} />`
    return html`<svg viewBox="0 0 ${width} ${HEIGHT}" width=${width} height=${HEIGHT} aria-hidden="true">
      ${ticks.map(
        (
          tick,
          index,
        ) => svg`<line class="grid" part="axis" x1=${this.#left} x2=${width - 8} y1=${y(tick)} y2=${y(tick)} />
          <text class="label" part="axis" x=${this.#left - 8} y=${y(tick) + 4} text-anchor="end">${labels[index]}</text>`,
      )}
      ${buckets.map((bucket, index) =>
        Date.parse(bucket.at) % every === 0 && index * pitch > 24 && index * pitch < inner - 16
          ? svg`<text class="label" part="axis" x=${this.#left + (index + 0.5) * pitch} y=${HEIGHT - 4} text-anchor="middle">${axisTime(bucket.at, this.range)}</text>`
          : nothing,
      )}
      ${active}
      ${metric ? this.#lines(buckets, metric, pitch, y) : buckets.map((bucket, index) => this.#bar(bucket, index, pitch, y, index === buckets.length - 1))}
    </svg>`
  }

  #bar(
    bucket: SeriesBucketJson,
    index: number,
    pitch: number,
    y: (value: number) => number,
    last: boolean,
  ) {
    const x = this.#left + index * pitch + Math.min(1.5, pitch * 0.15)
    const width = Math.max(1, pitch - Math.min(3, pitch * 0.3))
    let sum = 0
    return ENDS.map((status) => {
      const count = bucket[status]
      if (count === 0) return nothing
      const from = y(sum)
      sum += count
      const gap = sum > count ? 1.5 : 0
      const height = Math.max(1.5, from - y(sum) - gap)
      return svg`<rect class="bar" part="bar" ?data-open=${last} data-status=${status} x=${x} y=${from - gap - height} width=${width} height=${height} rx=${Math.min(2, width / 3)} />`
    })
  }

  #lines(
    buckets: readonly SeriesBucketJson[],
    { lines }: LineMetric,
    pitch: number,
    y: (value: number) => number,
  ) {
    const path = (of: (bucket: SeriesBucketJson) => number | null) => {
      let pen = false
      return buckets
        .map((bucket, index) => {
          const value = of(bucket)
          const command =
            value === null
              ? ''
              : `${pen ? 'L' : 'M'}${this.#left + (index + 0.5) * pitch} ${y(value)}`
          // Alone between steps without runs, it is a dot.
          const dot = value !== null && !pen ? 'h.01' : ''
          pen = value !== null
          return command + dot
        })
        .join('')
    }
    return lines
      .toReversed()
      .map(({ name, of }) => svg`<path class="line ${name}" d=${path(of)} />`)
  }

  #readout(buckets: readonly SeriesBucketJson[], metric: LineMetric | null) {
    const bucket = this.at === null ? undefined : buckets[this.at]
    if (!bucket || this.at === null) return nothing
    const late = this.at >= buckets.length / 2
    return html`<div class="readout ${late ? 'at-start' : 'at-end'}" aria-hidden="true">
      <span class="muted">${spanText(bucket.at, chartRange(this.range).stepMs)}</span>
      ${
        metric
          ? metric.lines.map(
              ({ name, label, of }) =>
                html`<span class="line-item"><i class=${name}></i>${label}<b><bdi>${formatDuration(of(bucket))}</bdi></b></span>`,
            )
          : ENDS.filter((status) => bucket[status] > 0 || status === 'success').map(
              (status) =>
                html`<span class="line-item"
                  ><i data-status=${status}></i>${statusLabel(status)}<b>${formatCount(bucket[status])}</b></span
                >`,
            )
      }
    </div>`
  }

  #barLegend(buckets: readonly SeriesBucketJson[]) {
    const seen = ENDS.filter(
      (status) =>
        status === 'success' || status === 'failed' || buckets.some((one) => one[status] > 0),
    )
    return seen.map(
      (status) => html`<span><i data-status=${status}></i>${statusLabel(status)}</span>`,
    )
  }

  #textOf(bucket: SeriesBucketJson | undefined): string {
    if (!bucket) return t('No data')
    const span = spanText(bucket.at, chartRange(this.range).stepMs)
    const metric = lineMetric(this.metric)
    if (metric) return metric.textOf(span, bucket)
    const parts = ENDS.filter((status) => bucket[status] > 0).map((status) =>
      statusCount(status, bucket[status]),
    )
    return `${span}: ${parts.join(', ') || t('{count} run|{count} runs', { count: 0 })}`
  }

  #onKey = (event: KeyboardEvent) => {
    const last = (this.#series?.value?.length ?? 0) - 1
    if (last < 0) return
    const at = this.at ?? last
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    this.at = Math.min(last, Math.max(0, to))
  }

  #onPointer = (event: PointerEvent) => {
    const count = this.#series?.value?.length ?? 0
    const box = (event.currentTarget as Element).getBoundingClientRect()
    const at = Math.floor(
      ((event.clientX - box.left - this.#left) / (this.width - this.#left - 8)) * count,
    )
    this.at = at >= 0 && at < count ? at : null
  }

  #leave = () => {
    this.at = null
  }
}

function lineLegend({ lines }: LineMetric) {
  return lines.map(({ name, label }) => html`<span><i class=${name}></i>${label}</span>`)
}

function stepText(range: string): string {
  const { stepMs } = chartRange(range)
  return stepMs === 60_000
    ? t('runs per minute')
    : t('runs per {time}', { time: formatLength(stepMs / 1000) })
}
