import { html, svg, type TemplateResult } from 'lit'
import type { StatusName } from '../format/phase.ts'

/*
 * 16 px grid, round caps, current colour. Presentation attributes instead of styles: they work
 * under a Content-Security-Policy without inline styles.
 */
export const statusShapes = {
  ring: svg`<circle cx="8" cy="8" r="5" />`,
  clock: svg`<circle cx="8" cy="8" r="5.75" /><path d="M8 5v3.2l2 1.3" />`,
  bars: svg`<path d="M5.75 3.5v9M10.25 3.5v9" />`,
  arc: svg`<circle cx="8" cy="8" r="5" opacity=".28" /><path d="M8 3a5 5 0 0 1 5 5" />`,
  cycle: svg`<path d="M13 8a5 5 0 1 1-1.6-3.7" /><path d="M13.2 2.4v3h-3" />`,
  check: svg`<path d="M3 8.6l3.3 3.2L13 4.6" />`,
  cross: svg`<path d="M4 4l8 8M12 4l-8 8" />`,
  bolt: svg`<path d="M9 1.8L3.6 9H7.6L6.8 14.2 12.4 7H8.3z" />`,
  slashed: svg`<circle cx="8" cy="8" r="5.5" /><path d="M4.2 11.8l7.6-7.6" />`,
} satisfies Record<string, TemplateResult<2>>

/** An icon that says nothing to screen readers: the word beside it does. */
export function drawIcon(shape: TemplateResult<2>, classes: string): TemplateResult {
  return html`<svg class="icon ${classes}" viewBox="0 0 16 16" aria-hidden="true">
    ${shape}
  </svg>`
}

const SHAPES: Record<StatusName, keyof typeof statusShapes> = {
  pending: 'ring',
  queued: 'ring',
  scheduled: 'clock',
  blocked: 'bars',
  running: 'arc',
  retrying: 'cycle',
  success: 'check',
  failed: 'cross',
  interrupted: 'bolt',
  cancelled: 'slashed',
}

/** The shape of a status: one each, so that colour is never the only sign. */
export function statusIcon(name: StatusName, classes = ''): TemplateResult {
  return drawIcon(statusShapes[SHAPES[name]], name === 'running' ? `spins ${classes}` : classes)
}
