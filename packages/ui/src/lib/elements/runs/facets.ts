import type { MetricsJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { formatCount } from '../../format/number.ts'
import { type StatusName, statusLabel } from '../../format/phase.ts'
import { t } from '../../messages/messages.ts'
import { statusIcon } from '../../parts/icons.ts'
import { colourOf } from '../../parts/status.ts'

const FACETS: readonly { name: StatusName; count: (metrics: MetricsJson) => number }[] = [
  { name: 'running', count: (metrics) => metrics.running },
  { name: 'pending', count: (metrics) => metrics.pending },
  { name: 'retrying', count: (metrics) => metrics.retrying },
  { name: 'success', count: (metrics) => metrics.success },
  { name: 'failed', count: (metrics) => metrics.failed },
  { name: 'interrupted', count: (metrics) => metrics.interrupted },
  { name: 'cancelled', count: (metrics) => metrics.cancelled },
  { name: 'scheduled', count: (metrics) => metrics.scheduled },
  { name: 'blocked', count: (metrics) => metrics.blocked },
]

/** Chips that narrow by status; their numbers count all runs, whatever else is filtered. */
export function facetChips(options: {
  metrics: MetricsJson | null
  selected: readonly StatusName[]
  change: (selected: StatusName[]) => void
}): TemplateResult {
  const { metrics, selected, change } = options
  function toggle(name: StatusName) {
    change(selected.includes(name) ? selected.filter((one) => one !== name) : [...selected, name])
  }
  return html`<div class="facets-bar"><div class="facets" role="group" aria-label=${t('Status')}>
    <button
      class="facet"
      type="button"
      part="chip"
      aria-pressed=${selected.length === 0}
      @click=${() => change([])}
    >
      ${t('All')} ${metrics ? html`<span class="count">${formatCount(metrics.total)}</span>` : nothing}
    </button>
    ${FACETS.map(({ name, count }) => {
      const number = metrics ? count(metrics) : null
      return html`<button
        class="facet ${number === 0 ? 'zero' : ''}"
        type="button"
        part="chip"
        data-facet=${name}
        data-status=${colourOf(name)}
        aria-pressed=${selected.includes(name)}
        @click=${() => toggle(name)}
      >
        ${statusIcon(name, number === 0 ? 'still small' : 'small')} ${statusLabel(name)}
        ${number === null ? nothing : html`<span class="count">${formatCount(number)}</span>`}
      </button>`
    })}
  </div></div>`
}
