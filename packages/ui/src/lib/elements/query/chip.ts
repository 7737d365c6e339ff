import { formatQuery, type QueryTerm } from '@taskflow/core/client'
import { html, type TemplateResult } from 'lit'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'

/** One finished term of a query. */
export function chip(
  term: QueryTerm,
  actions: { edit: () => void; remove: () => void },
): TemplateResult {
  const text = visibleText(formatQuery([term]))
  const colon = text.indexOf(':') + 1
  return html`<span class="chip" part="chip"
    ><button
      type="button"
      class="edit"
      title=${t('Edit')}
      @click=${actions.edit}
    >${text.slice(0, colon)}<b>${text.slice(colon)}</b></button
    ><button
      type="button"
      class="remove"
      aria-label=${t('Remove {name}', { name: text })}
      @click=${actions.remove}
    >
      ${icon('cross', 'small')}
    </button></span
  >`
}
