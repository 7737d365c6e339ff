import type { SeriesBucketJson } from '@taskflow/core/client'
import { html } from 'lit'
import { formatDuration } from '../../format/duration.ts'
import { formatCount } from '../../format/number.ts'
import { statusLabel } from '../../format/phase.ts'
import { formatAbsolute } from '../../format/time.ts'
import { t } from '../../messages/messages.ts'

export const ENDS = ['success', 'failed', 'interrupted', 'cancelled'] as const

export function totalOf(bucket: SeriesBucketJson): number {
  return ENDS.reduce((sum, status) => sum + bucket[status], 0)
}

/** The numbers of a chart, of the steps that have any, newest first. */
export function chartTable(buckets: readonly SeriesBucketJson[]) {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${t('From')}</th>
        ${ENDS.map((status) => html`<th scope="col">${statusLabel(status)}</th>`)}
        <th scope="col">${t('Mean')}</th>
        <th scope="col">p95</th>
        <th scope="col">${t('Wait p50')}</th>
        <th scope="col">${t('Wait p95')}</th>
      </tr>
    </thead>
    <tbody>
      ${buckets
        .filter((bucket) => totalOf(bucket) > 0 || bucket.p95_wait_seconds !== null)
        .toReversed()
        .map(
          (bucket) => html`<tr>
            <th scope="row">${formatAbsolute(Date.parse(bucket.at), 'minute')}</th>
            ${ENDS.map((status) => html`<td>${formatCount(bucket[status])}</td>`)}
            ${[
              bucket.avg_duration_seconds,
              bucket.p95_duration_seconds,
              bucket.p50_wait_seconds,
              bucket.p95_wait_seconds,
            ].map((seconds) => html`<td><bdi>${formatDuration(seconds)}</bdi></td>`)}
          </tr>`,
        )}
    </tbody>
  </table>`
}
