import type { ClientError } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { formatClock } from '../format/time.ts'
import { t } from '../messages/messages.ts'
import { emptyState } from './notices.ts'

interface Readable {
  value: unknown
  error: ClientError | null
  loading: boolean
  load(): Promise<void>
}

/** What stands in the place of a page's content until it is there; null when it is. */
export function contentState(resource: Readable, what: string, rows = 6): TemplateResult | null {
  const { value, error } = resource
  if (value !== null) return null
  if (!error) return skeleton(rows)
  if (error.status === 403) {
    return emptyState({
      icon: 'lock',
      title: t('{what}: you may not see this', { what }),
      text: error.detail,
    })
  }
  if (error.status === 401) return skeleton(rows)
  return emptyState({
    icon: error.status === 0 ? 'offline' : 'warning',
    title: t('{what}: could not be read', { what }),
    text: error.detail,
    more: retryButton(resource),
  })
}

/** What is said where filters leave nothing, with a way back. */
export function noneFits(
  title: string,
  clear: () => void,
  text = t('None fits the filters above.'),
): TemplateResult {
  return emptyState({
    icon: 'search',
    title,
    text,
    more: html`<button class="button" type="button" @click=${clear}>${t('Clear the filters')}</button>`,
  })
}

/** Says above old content that it could not be read again. */
export function staleNotice(resource: Readable, freshAt: number | null) {
  const { value, error } = resource
  if (value === null || !error || error.status === 401) return nothing
  const since =
    freshAt === null ? '' : t('You see data as of {time}.', { time: formatClock(freshAt) })
  return html`<p class="banner warning inset" role="status">
    <span class="grow">${error.detail} ${since}</span> ${retryButton(resource)}
  </p>`
}

function retryButton(resource: Readable): TemplateResult {
  return html`<button
    class="button"
    type="button"
    ?disabled=${resource.loading}
    @click=${() => void resource.load()}
  >
    ${resource.loading ? t('Trying…') : t('Try again')}
  </button>`
}

function skeleton(rows: number): TemplateResult {
  return html`<div class="skeleton rows" role="status">
    <span class="visually-hidden">${t('Loading')}</span>
    ${Array.from({ length: rows }, () => html`<div aria-hidden="true"><span></span><span></span><span></span></div>`)}
  </div>`
}
