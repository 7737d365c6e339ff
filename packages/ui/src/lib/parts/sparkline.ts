import { html, nothing } from 'lit'

/** A line without axes, in the current colour; missing values leave gaps. Nothing without values. */
export function sparkline(data: readonly (number | null)[], label = '') {
  const known = data.filter((value) => value !== null)
  if (known.length === 0) return nothing
  const [low, high] = [Math.min(0, ...known), Math.max(...known, 0)]
  const step = 100 / Math.max(1, data.length - 1)
  const y = (value: number) => 22 - (20 * (value - low)) / (high - low || 1)
  let pen = 'M'
  const path = data.map((value, index) => {
    const command = value === null ? '' : `${pen}${round(index * step)} ${round(y(value))}`
    // Alone between gaps, it is a dot.
    const dot = value !== null && pen === 'M' ? 'h.01' : ''
    pen = value === null ? 'M' : 'L'
    return command + dot
  })
  return html`<svg
    class="sparkline"
    part="sparkline"
    viewBox="0 0 100 24"
    preserveAspectRatio="none"
    role=${label ? 'img' : nothing}
    aria-label=${label || nothing}
    aria-hidden=${label ? nothing : 'true'}
  ><path d=${path.join('')} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round" vector-effect="non-scaling-stroke" /></svg>`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
