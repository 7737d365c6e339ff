import type { FunctionJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { t } from '../../messages/messages.ts'
import { emptyRuns } from '../../parts/empty-runs.ts'
import { icon } from '../../parts/icons.ts'
import { emptyState } from '../../parts/notices.ts'
import { filterProblem, isEmptyFilter, type RunFilter } from '../../store/filter.ts'
import type { RunList } from '../../store/run-list.ts'
import { describeFilter } from './describe-filter.ts'

/** What is said while there are no rows: none yet, none any more, or none that match. */
export function insteadOfRows(
  list: RunList,
  options: { filter: RunFilter; functions: readonly FunctionJson[]; clearFilter: () => void },
): TemplateResult {
  const { filter, functions, clearFilter } = options
  if (list.state === 'error' && list.error?.status !== 401) return unreadable(list)
  if (filterProblem(filter) !== null) return badFilter(clearFilter)
  if (list.state !== 'ready') return skeleton()
  if (isEmptyFilter(filter)) return html`<slot name="empty">${emptyRuns(functions)}</slot>`
  return noMatch(filter, clearFilter)
}

/** The final geometry of the list; styles show it after 150 ms only. */
function skeleton(): TemplateResult {
  return html`<div class="skeleton rows" aria-hidden="true">
    ${Array.from(
      { length: 10 },
      () => html`<div><span></span><span></span><span></span><span></span></div>`,
    )}
  </div>`
}

/** How many runs came since, and the way to them; nothing while none did. */
export function newcomers(count: number, show: () => void): TemplateResult | typeof nothing {
  if (count === 0) return nothing
  return html`<button class="pill" type="button" @click=${show}>
    ${icon('arrowUp', 'small')} ${t('{count} new run|{count} new runs', { count })}
  </button>`
}

/** The list could not be read, and there is no older one to show. */
function unreadable(list: RunList): TemplateResult {
  return emptyState({
    icon: 'warning',
    title: t('The list could not be read'),
    text: list.error?.detail ?? '',
    more: tryAgain(list),
  })
}

/** The list could not be read again; the rows below are old. */
export function errorBanner(list: RunList): TemplateResult {
  return html`<p class="banner failed" role="alert">
    ${icon('cross')}<span class="grow">${list.error?.detail}</span>${tryAgain(list)}
  </p>`
}

/** The filter that came by the address cannot be read: the field says what is wrong with it. */
function badFilter(clear: () => void): TemplateResult {
  return emptyState({
    icon: 'search',
    title: t('This filter cannot be read'),
    text: t('Correct it above, or start without one.'),
    more: html`<button class="button" type="button" @click=${clear}>${t('Clear filters')}</button>`,
  })
}

/** Nothing matches: says what was asked for, and takes it back with one click. */
function noMatch(filter: RunFilter, clear: () => void): TemplateResult {
  return emptyState({
    icon: 'search',
    title: t('No run matches'),
    text: describeFilter(filter),
    more: html`<button class="button" type="button" @click=${clear}>${t('Clear filters')}</button>`,
  })
}

function tryAgain(list: RunList): TemplateResult {
  return html`<button class="button" type="button" @click=${() => list.refresh()}>${t('Try again')}</button>`
}
