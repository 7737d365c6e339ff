import type { MetricsJson, OverviewJson, SeriesBucketJson } from '@taskflow/core/client'
import { formatDuration, formatLength, splitDuration } from '../../format/duration.ts'
import { formatCount, formatPercent } from '../../format/number.ts'
import { type StatusName, statusCount } from '../../format/phase.ts'
import { numberFormat } from '../../messages/formats.ts'
import { t } from '../../messages/messages.ts'
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
  const rests: CardRest[] = [
    {
      ...count(metrics.running),
      unit: slots === null ? '' : t('of {number}', { number: slots }),
      note:
        slots === null
          ? instances(overview)
          : t('{percent} % of capacity', { percent: Math.round((100 * metrics.running) / slots) }),
      route: runsRoute({ status: ['running'] }),
    },
    {
      ...count(metrics.pending),
      unit: '',
      note: pendingNote(metrics),
      route: runsRoute({ status: ['pending'] }),
    },
    {
      ...count(metrics.success),
      unit: '',
      note:
        metrics.throughput_per_minute > 0
          ? t('{number} per minute', { number: round(metrics.throughput_per_minute) })
          : t('none in the last full minute'),
      route: runsRoute({ status: ['success'] }),
    },
    {
      ...count(metrics.failed),
      unit: '',
      alarm: metrics.failed > 0,
      note: failedNote(metrics),
      route: runsRoute({ status: ['failed'] }),
    },
    {
      value: rate === null ? '—' : formatPercent(rate),
      unit: rate === null ? '' : '%',
      zero: rate === null,
      note: ended === 0 ? t('nothing has ended yet') : t('of {number} ended', { number: ended }),
      route: runsRoute({ status: ['success', 'failed', 'interrupted'] }),
    },
    {
      ...p95,
      zero: metrics.p95_duration_seconds === null,
      note:
        metrics.p50_duration_seconds === null
          ? t('nothing has ended yet')
          : t('median {time}', { time: formatDuration(metrics.p50_duration_seconds) }),
      route: { ...runsRoute({ status: ['success'] }), sort: { by: 'duration', order: 'desc' } },
    },
  ]
  return withHeads((index) => rests[index])
}

const HEADS = [
  ['running', 'Running', 'running'],
  ['pending', 'Pending', 'pending'],
  ['success', 'Succeeded', 'success'],
  ['failed', 'Failed', 'failed'],
  ['success-rate', 'Success rate', 'info'],
  ['p95', 'p95 duration', 'clock'],
] as const

type CardRest = Omit<Card, 'name' | 'label' | 'mark'>

function withHeads(restOf: (index: number) => CardRest | undefined): Card[] {
  return HEADS.flatMap(([name, label, mark], index) => {
    const rest = restOf(index)
    return rest ? [{ name, label: t(label), mark, ...rest }] : []
  })
}

/** The cards before the numbers are there. */
export function waitingCards(): Card[] {
  return withHeads(() => ({ value: '', unit: '', note: '', route: runsRoute() }))
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

/** What the window added, e.g. `+12 in 1h`; empty where nothing tells. */
export function deltaText(
  name: MetricName,
  buckets: readonly SeriesBucketJson[],
  spanMs: number,
): string {
  const span = formatLength(spanMs / 1000)
  const sum = trendOf(name, buckets)?.reduce<number>((all, value) => all + (value ?? 0), 0) ?? 0
  if (name === 'success' || name === 'failed') {
    return t('+{number} in {time}', { number: sum, time: span })
  }
  const rate = name === 'success-rate' ? rateOf(buckets) : null
  return rate === null
    ? ''
    : t('{percent} % in {time}', { percent: formatPercent(rate), time: span })
}

function rateOf(buckets: readonly SeriesBucketJson[]): number | null {
  let [good, all] = [0, 0]
  for (const { success, failed, interrupted } of buckets) {
    good += success
    all += success + failed + interrupted
  }
  return all === 0 ? null : good / all
}
