import { html, type TemplateResult } from 'lit'
import { t } from '../messages/messages.ts'
import { icon } from './icons.ts'

/** The way to where somebody is; the heading after it is the last step. */
export function crumbs(steps: readonly TemplateResult[]): TemplateResult {
  return html`<nav class="crumbs" aria-label=${t('Breadcrumb')}>
    ${steps.map((step) => html`${step}${icon('chevronRight')}`)}
  </nav>`
}
