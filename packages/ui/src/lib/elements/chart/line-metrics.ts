import type { SeriesBucketJson } from '@taskflow/core/client'
import { formatDuration } from '../../format/duration.ts'
import { t } from '../../messages/messages.ts'

/** One line of a chart; `name` is its class. */
export interface ChartLine {
  name: 'p95' | 'mean' | 'p50'
  label: string
  of(bucket: SeriesBucketJson): number | null
}

/** What a chart of lengths of time shows. */
export interface LineMetric {
  title: string
  /** Of which runs. */
  note: string
  keysLabel: string
  lines: readonly ChartLine[]
  /** One step in words. */
  textOf(span: string, bucket: SeriesBucketJson): string
}

/** The lines of a metric; null for bars. */
export function lineMetric(metric: string): LineMetric | null {
  const p95 = (of: ChartLine['of']): ChartLine => ({ name: 'p95', label: 'p95', of })
  switch (metric) {
    case 'latency':
      return {
        title: t('Duration'),
        note: t('of succeeded runs'),
        keysLabel: t('Duration over time: arrow keys read each step'),
        lines: [
          p95((bucket) => bucket.p95_duration_seconds),
          { name: 'mean', label: t('Mean'), of: (bucket) => bucket.avg_duration_seconds },
        ],
        textOf: (span, bucket) =>
          t('{span}: p95 {p95}, mean {mean}', {
            span,
            p95: formatDuration(bucket.p95_duration_seconds),
            mean: formatDuration(bucket.avg_duration_seconds),
          }),
      }
    case 'wait':
      return {
        title: t('Waiting time'),
        note: t('from due to start'),
        keysLabel: t('Waiting time over time: arrow keys read each step'),
        lines: [
          p95((bucket) => bucket.p95_wait_seconds),
          { name: 'p50', label: 'p50', of: (bucket) => bucket.p50_wait_seconds },
        ],
        textOf: (span, bucket) =>
          t('{span}: p95 {p95}, p50 {p50}', {
            span,
            p95: formatDuration(bucket.p95_wait_seconds),
            p50: formatDuration(bucket.p50_wait_seconds),
          }),
      }
    default:
      return null
  }
}
