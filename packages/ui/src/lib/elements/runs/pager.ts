import { html, type TemplateResult } from 'lit'
import { formatTotal } from '../../format/number.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import type { RunList } from '../../store/run-list.ts'

const SIZES = [30, 50, 100, 200]

/** Which rows these are, how many there may be, and the way to the others. */
export function pager(
  list: RunList,
  setLimit: (limit: number) => void,
  turn: (to: 'next' | 'previous') => void,
): TemplateResult {
  const { page, rows, request } = list
  const first = page * request.limit + 1
  const last = first + rows.length - 1
  const total = Math.max(list.total, last)
  return html`<div class="pager" part="pager">
    <span class="range" role="status"
      >${
        rows.length === 0
          ? t('No runs')
          : t('{first} to {last} of {total}', {
              first,
              last,
              total: formatTotal(total, list.totalExact),
            })
      }</span
    >
    <label class="rows"
      ><span>${t('Rows')}</span>
      <span class="select">
        <select
          aria-label=${t('Rows per page')}
          @change=${(event: Event) => setLimit(Number((event.target as HTMLSelectElement).value))}
        >
          ${SIZES.map(
            (size) =>
              html`<option value=${size} ?selected=${size === request.limit}>${size}</option>`,
          )}
        </select>
        ${icon('chevronDown', 'small')}
      </span>
    </label>
    <button
      class="button icon-only"
      type="button"
      aria-label=${t('Previous page')}
      ?disabled=${page === 0}
      @click=${() => turn('previous')}
    >
      ${icon('chevronLeft')}
    </button>
    <button
      class="button icon-only"
      type="button"
      aria-label=${t('Next page')}
      ?disabled=${list.next === null}
      @click=${() => turn('next')}
    >
      ${icon('chevronRight')}
    </button>
  </div>`
}
