import type { TaskJson } from '@taskflow/core/client'
import { html, nothing, svg, type TemplateResult } from 'lit'
import { type StatusName, statusCount } from '../format/phase.ts'
import { t } from '../messages/messages.ts'
import { colourOf } from './status.ts'

const BAR = 4
const PITCH = 6
const HEIGHT = 18

/** The last runs as bars, oldest first: failures stand out by height, too. */
export function historyStrip(tasks: readonly TaskJson[], most = 32): TemplateResult {
  const shown = tasks.slice(0, most).toReversed()
  const offset = (most - shown.length) * PITCH
  return html`<svg
    class="strip"
    viewBox="0 0 ${most * PITCH} ${HEIGHT}"
    role="img"
    aria-label=${describeRuns(shown)}
  >
    ${shown.map(({ phase }, index) => {
      const tall = phase === 'failed' || phase === 'interrupted'
      const height = tall ? HEIGHT : 10
      return svg`<rect class="fill" data-status=${colourOf(phase)} x=${offset + index * PITCH} y=${HEIGHT - height} width=${BAR} height=${height} rx="1" />`
    })}
  </svg>`
}

/** `32 runs: 30 succeeded, 2 failed` */
function describeRuns(tasks: readonly TaskJson[]): string {
  if (tasks.length === 0) return t('No runs')
  const counts = new Map<StatusName, number>()
  for (const { phase } of tasks) counts.set(phase, (counts.get(phase) ?? 0) + 1)
  const parts = [...counts].map(([phase, n]) => statusCount(phase, n))
  return t('Last {count} run: {list}|Last {count} runs: {list}', {
    count: tasks.length,
    list: parts.join(', '),
  })
}

/** One part of a whole. */
export interface Share {
  status: StatusName
  count: number
}

/** Shares of a whole as one bar; words beside it say the numbers. */
export function mixBar(shares: readonly Share[]): TemplateResult | typeof nothing {
  const total = shares.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return nothing
  const shown = shares.filter(({ count }) => count > 0)
  // A single failure among thousands is still to be seen.
  const widths = shown.map(({ count }) => Math.max(1.5, (count / total) * 100))
  const sum = widths.reduce((all, width) => all + width, 0)
  let x = 0
  return html`<svg class="mix" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    ${shown.map(({ status }, index) => {
      const width = ((widths[index] ?? 0) / sum) * 100
      const at = x
      x += width
      const gap = index < shown.length - 1 ? 0.7 : 0
      return svg`<rect data-status=${colourOf(status)} fill="var(--_solid)" x=${at} y="0" width=${Math.max(0.5, width - gap)} height="6" />`
    })}
  </svg>`
}
