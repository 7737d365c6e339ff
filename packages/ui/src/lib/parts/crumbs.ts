import { html, type TemplateResult } from 'lit'
import { icon } from './icons.ts'

/** The way to where somebody is; the heading after it is the last step. */
export function crumbs(steps: readonly TemplateResult[]): TemplateResult {
  return html`<nav class="crumbs" aria-label="Breadcrumb">
    ${steps.map((step) => html`${step}${icon('chevronRight')}`)}
  </nav>`
}
