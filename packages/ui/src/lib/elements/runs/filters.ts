import { TASK_PHASES } from '@taskflow/core/client'
import { html, type TemplateResult } from 'lit'
import { formatCount } from '../../format/number.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import type { RunFilter } from '../../store/filter.ts'
import { readQuery, termValues, withTerm } from '../../store/query.ts'
import type { KnownValue } from '../query/suggestions.ts'

const FACETS = [
  { field: 'group', label: 'Group' },
  { field: 'executor', label: 'Executor' },
  { field: 'source', label: 'Source' },
  { field: 'instance', label: 'Instance' },
  { field: 'phase', label: 'Phase' },
] as const

const UNITS = [
  ['m', 'minutes'],
  ['h', 'hours'],
  ['d', 'days'],
] as const

const FIXED: Record<string, readonly string[]> = {
  source: ['manual', 'adhoc', 'scheduled'],
  phase: TASK_PHASES,
}

/** Filters that a query has words for, as fields to choose from. */
export function filterPanel(options: {
  filter: RunFilter
  known: (field: string) => readonly KnownValue[]
  change: (filter: Partial<RunFilter>) => void
}): TemplateResult {
  const { filter, known, change } = options
  const [, amount = '', unit = 'h'] = /^(\d+)([mhd])$/.exec(filter.since) ?? []
  const last = (number: string, of: string) => {
    const value = Math.floor(Number(number))
    if (number === '' || value >= 1) change({ since: number === '' ? '' : `${value}${of}` })
  }
  const tags = readQuery(filter.q).terms.filter(({ field }) => field === 'tag')
  return html`<div class="filter-grid">
    ${FACETS.map(({ field, label }) => {
      const chosen = termValues(filter.q, field)[0] ?? ''
      const values = optionsOf(field, chosen, known(field))
      return html`<label for="facet-${field}">${t(label)}</label>
        <span class="select">
          <select
            id="facet-${field}"
            .value=${chosen}
            @change=${(event: Event) => {
              const { value } = event.target as HTMLSelectElement
              change({ q: withTerm(filter.q, field, value ? [value] : []) })
            }}
          >
            <option value="" ?selected=${chosen === ''}>${t('Any')}</option>
            ${values.map(
              ({ value, count }) =>
                html`<option value=${value} ?selected=${value === chosen}>
                  ${visibleText(value)}${count === undefined ? '' : ` (${formatCount(count)})`}
                </option>`,
            )}
          </select>
          ${icon('chevronDown', 'small')}
        </span>`
    })}
    <label for="facet-tag">${t('Tag')}</label>
    <input
      class="field"
      id="facet-tag"
      placeholder=${t('key:value')}
      autocomplete="off"
      spellcheck="false"
      list="known-tags"
      .value=${tags.map(({ key, values }) => `${key}:${values.join(',')}`)[0] ?? ''}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLInputElement
        const colon = value.indexOf(':')
        const cleared = tags.reduce((q, { key }) => withTerm(q, 'tag', [], key), filter.q)
        change({
          q:
            colon > 0 && value.length > colon + 1
              ? withTerm(cleared, 'tag', [value.slice(colon + 1)], value.slice(0, colon))
              : cleared,
        })
      }}
    />
    <datalist id="known-tags">
      ${known('tag').map(({ value }) => html`<option value=${value}></option>`)}
    </datalist>
    <label for="facet-last">${t('In the last')}</label>
    <span class="last">
      <input
        class="field"
        id="facet-last"
        type="number"
        min="1"
        step="1"
        placeholder=${t('any')}
        .value=${amount}
        @change=${(event: Event) => last((event.target as HTMLInputElement).value, unit)}
      />
      <span class="select">
        <select
          aria-label=${t('Unit of the time')}
          .value=${unit}
          @change=${(event: Event) => last(amount, (event.target as HTMLSelectElement).value)}
        >
          ${UNITS.map(
            ([value, label]) =>
              html`<option value=${value} ?selected=${value === unit}>${t(label)}</option>`,
          )}
        </select>
        ${icon('chevronDown', 'small')}
      </span>
    </span>
  </div>`
}

function optionsOf(field: string, chosen: string, known: readonly KnownValue[]): KnownValue[] {
  const values: KnownValue[] = FIXED[field]
    ? FIXED[field].map((value) => known.find((one) => one.value === value) ?? { value })
    : [...known]
  if (chosen && !values.some(({ value }) => value === chosen)) values.push({ value: chosen })
  return values
}
