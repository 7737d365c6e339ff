import { html, nothing, type TemplateResult } from 'lit'
import { type IconName, icon } from './icons.ts'

/** A page that has nothing to show, and says why. */
export function emptyState(options: {
  icon: IconName
  title: string
  text: unknown
  more?: TemplateResult | typeof nothing
}): TemplateResult {
  return html`<div class="empty">
    <span class="tile">${icon(options.icon)}</span>
    <h2>${options.title}</h2>
    <p>${options.text}</p>
    ${options.more ?? nothing}
  </div>`
}
