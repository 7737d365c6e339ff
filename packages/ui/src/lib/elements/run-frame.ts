import { html, nothing, type TemplateResult } from 'lit'
import { visibleText } from '../format/visible-text.ts'
import { t } from '../messages/messages.ts'
import { icon } from '../parts/icons.ts'
import { type Route, runsRoute } from '../url/route.ts'

/** The way from the list to a run that is a page of its own. */
export function crumbs(options: {
  runId: string
  func: string | undefined
  back: Route | null
  link: (route: Route) => { href: string; click: (event: MouseEvent) => void }
}): TemplateResult {
  const { runId, func, back, link } = options
  const step = (route: Route, text: string) => {
    const { href, click } = link(route)
    return html`<a class="truncate" href=${href} @click=${click}>${text}</a>
      ${icon('chevronRight', 'small')}`
  }
  return html`<nav class="crumbs" aria-label=${t('Where this is')}>
    ${step(back ?? runsRoute(), t('Runs'))}
    ${func ? step(runsRoute({ func }), visibleText(func)) : nothing}
    <span class="mono truncate">${runId}</span>
  </nav>`
}

export function closeButton(close: () => void): TemplateResult {
  return html`<button
    class="button plain icon-only"
    type="button"
    aria-label=${t('Close')}
    title=${t('Close (Esc)')}
    @click=${close}
  >
    ${icon('cross')}
  </button>`
}

/** Instead of a run that is being read. */
export function skeleton(): TemplateResult {
  return html`<div class="skeleton" aria-hidden="true">
    <span class="wide"></span><span class="strip"></span><span></span><span></span><span></span>
  </div>`
}

/** Opens the menu of what else can be done, at itself. */
export function moreButton(open: (button: HTMLElement) => void): TemplateResult {
  return html`<button
    class="button icon-only"
    type="button"
    aria-haspopup="menu"
    aria-label=${t('More actions')}
    title=${t('More actions')}
    data-open="run-menu"
    @click=${(event: Event) => open(event.currentTarget as HTMLElement)}
  >
    ${icon('dots')}
  </button>`
}
