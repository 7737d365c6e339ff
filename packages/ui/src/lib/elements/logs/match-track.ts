import { html, nothing, svg, type TemplateResult } from 'lit'
import type { RunLog } from '../../store/run-log.ts'

const MARKS = 300

/** Where the matches are, beside the scroll bar; nothing in a view that leaves lines out. */
export function matchTrack({
  finder: { matches },
  total,
  view,
}: RunLog): TemplateResult | typeof nothing {
  if (!matches || matches.numbers.length === 0 || view.stream || view.level) return nothing
  const places = new Set(matches.numbers.map((n) => Math.round((n / total) * MARKS)))
  return html`<svg class="track" viewBox="0 0 6 ${MARKS}" preserveAspectRatio="none" aria-hidden="true">
    ${[...places].map((y) => svg`<path d="M0 ${y}h6" vector-effect="non-scaling-stroke" />`)}
  </svg>`
}
