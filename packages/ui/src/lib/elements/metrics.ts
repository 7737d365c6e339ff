import type { MetricsJson, OverviewJson } from '@taskflow/core/client'
import { css, html, nothing } from 'lit'
import { formatDuration, splitDuration } from '../format/duration.ts'
import { formatCount, formatPercent } from '../format/number.ts'
import { type StatusName, statusCount } from '../format/phase.ts'
import { numberFormat } from '../messages/formats.ts'
import { t } from '../messages/messages.ts'
import { icon, statusIcon } from '../parts/icons.ts'
import { colourOf } from '../parts/status.ts'
import { statusStyles } from '../styles/status-css.ts'
import { hostReset, tokens } from '../styles/tokens.ts'
import { type Route, runsRoute } from '../url/route.ts'
import { StoreElement } from './store-element.ts'

interface Card {
  label: string
  mark: StatusName | 'info' | 'clock'
  value: string
  unit: string
  note: string
  /** Only a failure is allowed to shout. */
  alarm?: boolean
  zero?: boolean
  route: Route
}

/**
 * The six numbers people look at first. Each is a link to the runs it counts.
 *
 * @fires taskflow-navigate - a card was followed; cancelable
 * @csspart card - one card
 * @csspart label - what it counts
 * @csspart value - the number
 */
export class TaskflowMetricsElement extends StoreElement {
  static override styles = [
    tokens,
    hostReset,
    statusStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .cards {
        display: grid;
        grid-template-columns: repeat(6, minmax(0, 1fr));
        gap: 12px;
      }
      .card {
        display: flex;
        flex-direction: column;
        block-size: 100%;
        min-inline-size: 0;
        padding: 12px;
        border: 1px solid var(--_border);
        border-radius: 8px;
        background: var(--_surface);
        color: var(--_text);
        text-decoration: none;
        transition: border-color var(--_duration) ease-out;
      }
      a.card:hover {
        border-color: var(--_border-strong);
      }
      .card:focus-visible {
        outline: 2px solid var(--_focus);
        outline-offset: 2px;
      }
      .label {
        display: flex;
        align-items: center;
        gap: 6px;
        color: var(--_muted);
        font-size: 12px;
        line-height: 16px;
      }
      .label .icon {
        inline-size: 14px;
        block-size: 14px;
        color: var(--_fg, var(--_muted));
      }
      .value {
        display: flex;
        align-items: baseline;
        block-size: 32px;
        gap: 4px;
        margin-block: 6px 4px;
        font-size: 24px;
        line-height: 32px;
        font-weight: 600;
        letter-spacing: -0.01em;
        white-space: nowrap;
      }
      .value small {
        color: var(--_text);
        font-size: 13px;
        line-height: 20px;
        font-weight: 400;
        letter-spacing: normal;
      }
      .label .icon.still {
        animation: none;
      }
      .value.alarm {
        color: var(--_failed-fg);
      }
      .value.zero {
        color: var(--_faint);
      }
      .note {
        overflow: hidden;
        color: var(--_muted);
        font-size: 12px;
        line-height: 16px;
        min-block-size: 16px;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .card.waits .value,
      .card.waits .note {
        opacity: 0;
        animation: appear 0s 150ms forwards;
      }
      .card.waits .value::before,
      .card.waits .note::before {
        content: '';
        inline-size: 72px;
        block-size: 20px;
        border-radius: 4px;
        background: var(--_border);
      }
      .card.waits .note::before {
        display: block;
        inline-size: 96px;
        block-size: 10px;
        margin-block: 3px;
      }
      @keyframes appear {
        to {
          opacity: 0.6;
        }
      }
      @container (max-width: 899px) {
        .cards {
          grid-template-columns: repeat(3, minmax(0, 1fr));
        }
      }
      @container (max-width: 559px) {
        .cards {
          grid-template-columns: repeat(2, minmax(0, 1fr));
          gap: 8px;
        }
      }
    `,
  ]
  protected override render() {
    const { store } = this
    if (!store) return nothing
    const cards = store.metrics ? cardsOf(store.metrics, store.overview) : waitingCards()
    return html`<div class="cards" role="list" aria-label=${t('Numbers')}>
      ${cards.map((card) => this.#card(card, store.metrics === null))}
    </div>`
  }

  #card(card: Card, waits: boolean) {
    const mark =
      card.mark === 'info' || card.mark === 'clock'
        ? icon(card.mark)
        : statusIcon(card.mark, card.zero ? 'still' : '')
    return html`<div role="listitem">
      <a
        class="card ${waits ? 'waits' : ''}"
        part="card"
        href=${this.href(card.route)}
        data-status=${card.mark === 'info' || card.mark === 'clock' ? nothing : colourOf(card.mark)}
        @click=${this.go(card.route)}
      >
        <span class="label" part="label">${mark}${card.label}</span>
        <span class="value ${card.alarm ? 'alarm' : ''} ${card.zero ? 'zero' : ''}" part="value"
          >${card.value}${card.unit ? html` <small>${card.unit}</small>` : nothing}</span
        >
        <span class="note" title=${card.note}>${card.note}</span>
      </a>
    </div>`
  }
}

function cardsOf(metrics: MetricsJson, overview: OverviewJson | null): Card[] {
  const rate = metrics.success_rate
  const p95 = splitDuration(metrics.p95_duration_seconds)
  const slots = slotsOf(overview)
  const ended = metrics.success + metrics.failed + metrics.interrupted
  return [
    {
      label: t('Running'),
      mark: 'running',
      ...count(metrics.running),
      unit: slots === null ? '' : t('of {number}', { number: slots }),
      note:
        slots === null
          ? instances(overview)
          : t('{percent} % of capacity', { percent: Math.round((100 * metrics.running) / slots) }),
      route: runsRoute({ status: ['running'] }),
    },
    {
      label: t('Pending'),
      mark: 'pending',
      ...count(metrics.pending),
      unit: '',
      note: pendingNote(metrics),
      route: runsRoute({ status: ['pending'] }),
    },
    {
      label: t('Succeeded'),
      mark: 'success',
      ...count(metrics.success),
      unit: '',
      note:
        metrics.throughput_per_minute > 0
          ? t('{number} runs a minute', { number: round(metrics.throughput_per_minute) })
          : t('none in the last full minute'),
      route: runsRoute({ status: ['success'] }),
    },
    {
      label: t('Failed'),
      mark: 'failed',
      ...count(metrics.failed),
      unit: '',
      alarm: metrics.failed > 0,
      note: failedNote(metrics),
      route: runsRoute({ status: ['failed'] }),
    },
    {
      label: t('Success rate'),
      mark: 'info',
      value: rate === null ? '—' : formatPercent(rate),
      unit: rate === null ? '' : '%',
      zero: rate === null,
      note: ended === 0 ? t('nothing has ended yet') : t('of {number} ended', { number: ended }),
      route: runsRoute({ status: ['success', 'failed', 'interrupted'] }),
    },
    {
      label: t('p95 duration'),
      mark: 'clock',
      ...p95,
      zero: metrics.p95_duration_seconds === null,
      note:
        metrics.p50_duration_seconds === null
          ? t('nothing has ended yet')
          : t('median {time}', { time: formatDuration(metrics.p50_duration_seconds) }),
      route: { ...runsRoute({ status: ['success'] }), sort: { by: 'duration', order: 'desc' } },
    },
  ]
}

const WAITING = [
  ['Running', 'running'],
  ['Pending', 'pending'],
  ['Succeeded', 'success'],
  ['Failed', 'failed'],
  ['Success rate', 'info'],
  ['p95 duration', 'clock'],
] as const

function waitingCards(): Card[] {
  const rest = { value: '', unit: '', note: '', route: runsRoute() }
  return WAITING.map(([label, mark]) => ({ label: t(label), mark, ...rest }))
}

function count(value: number): { value: string; zero: boolean } {
  return { value: formatCount(value), zero: value === 0 }
}

/** `concurrency` is of one instance: the whole is known only when it is the only one. */
function slotsOf(overview: OverviewJson | null): number | null {
  if (!overview || overview.instances.length > 1 || overview.concurrency < 1) return null
  return overview.concurrency
}

function instances(overview: OverviewJson | null): string {
  return overview
    ? t('on {count} instance|on {count} instances', { count: overview.instances.length })
    : ''
}

function pendingNote(metrics: MetricsJson): string {
  if (metrics.oldest_queued_seconds !== null) {
    return t('oldest waits {time}', {
      time: formatDuration(Math.round(metrics.oldest_queued_seconds)),
    })
  }
  const some = (['retrying', 'scheduled', 'blocked'] as const)
    .filter((name) => metrics[name] > 0)
    .map((name) => statusCount(name, metrics[name]))
  return some.length > 0 ? some.join(', ') : t('nothing waits')
}

function failedNote(metrics: MetricsJson): string {
  const parts = (['interrupted', 'cancelled'] as const)
    .filter((name) => metrics[name] > 0)
    .map((name) => statusCount(name, metrics[name]))
  return parts.length > 0 ? parts.join(', ') : t('none interrupted')
}

function round(value: number): string {
  return numberFormat(value < 10 ? 1 : 0).format(value)
}
