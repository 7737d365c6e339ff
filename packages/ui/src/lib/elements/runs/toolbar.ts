import type { FunctionJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { visibleText } from '../../format/visible-text.ts'
import { icon } from '../../parts/icons.ts'
import { type RunFilter, TIME_RANGES } from '../../store/filter.ts'

/** Search, function and time range. */
export function toolbar(options: {
  filter: RunFilter
  functions: readonly FunctionJson[]
  change: (filter: Partial<RunFilter>) => void
  search: (text: string) => void
}): TemplateResult {
  const { filter, functions, change, search } = options
  const names = functionNames(functions, filter.func)
  const ranges = TIME_RANGES.some((range) => range.value === filter.since)
    ? TIME_RANGES
    : [...TIME_RANGES, { value: filter.since, label: `Last ${filter.since}` }]
  return html`<div class="toolbar" part="toolbar">
    <label class="search field">
      ${icon('search')}
      <span class="visually-hidden">Search by id or task name</span>
      <input
        type="search"
        placeholder="Find by id or task name"
        autocomplete="off"
        spellcheck="false"
        part="query"
        .value=${filter.search}
        @input=${(event: InputEvent) => search((event.target as HTMLInputElement).value)}
        @keydown=${onSearchKey}
      />
      <span class="kbd" aria-hidden="true">/</span>
    </label>
    <span class="select">
      <select
        aria-label="Task"
        @change=${(event: Event) => change({ func: (event.target as HTMLSelectElement).value })}
      >
        <option value="" ?selected=${filter.func === ''}>All tasks</option>
        ${names.map(
          (name) =>
            html`<option value=${name} ?selected=${filter.func === name}>${visibleText(name)}</option>`,
        )}
      </select>
      ${icon('chevronDown', 'small')}
    </span>
    <span class="select">
      <select
        aria-label="Created"
        @change=${(event: Event) => change({ since: (event.target as HTMLSelectElement).value })}
      >
        ${ranges.map(
          ({ value, label }) =>
            html`<option value=${value} ?selected=${filter.since === value}>${label}</option>`,
        )}
      </select>
      ${icon('chevronDown', 'small')}
    </span>
    <slot name="toolbar-end">${nothing}</slot>
  </div>`
}

/** Registered tasks, and the chosen one even when nothing registers it any more. */
function functionNames(functions: readonly FunctionJson[], chosen: string): string[] {
  const names = new Set(functions.map((one) => one.func_name))
  if (chosen) names.add(chosen)
  return [...names].sort((a, b) => a.localeCompare(b))
}

/** Escape empties the field first; only an empty field lets it through to what is open below. */
function onSearchKey(event: KeyboardEvent) {
  const field = event.currentTarget as HTMLInputElement
  if (event.key !== 'Escape') return
  event.stopPropagation()
  if (field.value === '') field.blur()
  else {
    field.value = ''
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }
}
