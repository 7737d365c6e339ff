import type { MetricsJson, OverviewJson, SeriesBucketJson } from '@taskflow/core/client'
import { formatDuration, splitDuration } from '../../format/duration.ts'
import { formatCount, formatPercent } from '../../format/number.ts'
import type { StatusName } from '../../format/phase.ts'
import { type Route, runsRoute } from '../../url/route.ts'

/** The numbers there are. */
export const METRIC_NAMES = [
  'running',
  'pending',
  'success',
  'failed',
  'success-rate',
  'p95',
] as const
export type MetricName = (typeof METRIC_NAMES)[number]

export interface Card {
  name: MetricName
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

/** The six cards. */
export function cardsOf(metrics: MetricsJson, overview: OverviewJson | null): Card[] {
  const rate = metrics.success_rate
  const p95 = splitDuration(metrics.p95_duration_seconds)
  const slots = slotsOf(overview)
  const ended = metrics.success + metrics.failed + metrics.interrupted
  return [
    {
      name: 'running',
      label: 'Running',
      mark: 'running',
      ...count(metrics.running),
      unit: slots === null ? '' : `of ${formatCount(slots)}`,
      note:
        slots === null
          ? instances(overview)
          : `${Math.round((100 * metrics.running) / slots)} % of capacity`,
      route: runsRoute({ status: ['running'] }),
    },
    {
      name: 'pending',
      label: 'Pending',
      mark: 'pending',
      ...count(metrics.pending),
      unit: '',
      note: pendingNote(metrics),
      route: runsRoute({ status: ['pending'] }),
    },
    {
      name: 'success',
      label: 'Succeeded',
      mark: 'success',
      ...count(metrics.success),
      unit: '',
      note:
        metrics.throughput_per_minute > 0
          ? `${round(metrics.throughput_per_minute)} runs a minute`
          : 'none in the last full minute',
      route: runsRoute({ status: ['success'] }),
    },
    {
      name: 'failed',
      label: 'Failed',
      mark: 'failed',
      ...count(metrics.failed),
      unit: '',
      alarm: metrics.failed > 0,
      note: failedNote(metrics),
      route: runsRoute({ status: ['failed'] }),
    },
    {
      name: 'success-rate',
      label: 'Success rate',
      mark: 'info',
      value: rate === null ? '—' : formatPercent(rate),
      unit: rate === null ? '' : '%',
      zero: rate === null,
      note: ended === 0 ? 'nothing has ended yet' : `of ${formatCount(ended)} ended`,
      route: runsRoute({ status: ['success', 'failed', 'interrupted'] }),
    },
    {
      name: 'p95',
      label: 'p95 duration',
      mark: 'clock',
      ...p95,
      zero: metrics.p95_duration_seconds === null,
      note:
        metrics.p50_duration_seconds === null
          ? 'nothing has ended yet'
          : `median ${formatDuration(metrics.p50_duration_seconds)}`,
      route: { ...runsRoute({ status: ['success'] }), sort: { by: 'duration', order: 'desc' } },
    },
  ]
}

/** The cards before the numbers are there. */
export const waitingCards: Card[] = (
  [
    ['running', 'Running', 'running'],
    ['pending', 'Pending', 'pending'],
    ['success', 'Succeeded', 'success'],
    ['failed', 'Failed', 'failed'],
    ['success-rate', 'Success rate', 'info'],
    ['p95', 'p95 duration', 'clock'],
  ] as const
).map(([name, label, mark]) => ({
  name,
  label,
  mark,
  value: '',
  unit: '',
  note: '',
  route: runsRoute(),
}))

function count(value: number): { value: string; zero: boolean } {
  return { value: formatCount(value), zero: value === 0 }
}

/** `concurrency` is of one instance: the whole is known only when it is the only one. */
function slotsOf(overview: OverviewJson | null): number | null {
  if (!overview || overview.instances.length > 1 || overview.concurrency < 1) return null
  return overview.concurrency
}

function instances(overview: OverviewJson | null): string {
  return overview ? `on ${formatCount(overview.instances.length)} instances` : ''
}

function pendingNote(metrics: MetricsJson): string {
  if (metrics.oldest_queued_seconds !== null) {
    return `oldest waits ${formatDuration(Math.round(metrics.oldest_queued_seconds))}`
  }
  const parts = [
    [metrics.retrying, 'retrying'],
    [metrics.scheduled, 'scheduled'],
    [metrics.blocked, 'blocked'],
  ] as const
  const some = parts.filter(([value]) => value > 0).map(([value, word]) => `${value} ${word}`)
  return some.length > 0 ? some.join(', ') : 'nothing waits'
}

function failedNote(metrics: MetricsJson): string {
  const parts = [
    metrics.interrupted > 0 ? `${formatCount(metrics.interrupted)} interrupted` : '',
    metrics.cancelled > 0 ? `${formatCount(metrics.cancelled)} cancelled` : '',
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(', ') : 'none interrupted'
}

function round(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : formatCount(value)
}

/** How a number went over time, for its line; null where nothing tells. */
export function trendOf(
  name: MetricName,
  buckets: readonly SeriesBucketJson[],
): (number | null)[] | null {
  switch (name) {
    case 'success':
      return buckets.map(({ success }) => success)
    case 'failed':
      return buckets.map(({ failed, interrupted }) => failed + interrupted)
    case 'success-rate':
      return buckets.map((bucket) => rateOf([bucket]))
    case 'p95':
      return buckets.map(({ p95_duration_seconds }) => p95_duration_seconds)
    default:
      return null
  }
}

/** What the window added, e.g. `+12 in 1 h`; empty where nothing tells. */
export function deltaText(
  name: MetricName,
  buckets: readonly SeriesBucketJson[],
  window: string,
): string {
  const span = window.replace(/(\d+)([hd])/, '$1 $2')
  const sum = trendOf(name, buckets)?.reduce<number>((all, value) => all + (value ?? 0), 0) ?? 0
  if (name === 'success' || name === 'failed') return `+${formatCount(sum)} in ${span}`
  const rate = name === 'success-rate' ? rateOf(buckets) : null
  return rate === null ? '' : `${formatPercent(rate)} % in ${span}`
}

function rateOf(buckets: readonly SeriesBucketJson[]): number | null {
  let [good, all] = [0, 0]
  for (const { success, failed, interrupted } of buckets) {
    good += success
    all += success + failed + interrupted
  }
  return all === 0 ? null : good / all
}
