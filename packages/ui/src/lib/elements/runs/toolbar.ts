import type { FunctionJson } from '@taskflow/core/client'
import { html, type TemplateResult } from 'lit'
import type { TaskflowFilterChangeEvent } from '../../events.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import { type RunFilter, timeRanges } from '../../store/filter.ts'
import type { KnownValue } from '../query/suggestions.ts'

/** Query, task and time range, and the way to everything else. */
export function toolbar(options: {
  filter: RunFilter
  functions: readonly FunctionJson[]
  known: (field: string) => readonly KnownValue[]
  /** How many of the filters behind the button are set. */
  more: number
  change: (filter: Partial<RunFilter>) => void
  openFilters: (button: HTMLElement) => void
  openColumns: (button: HTMLElement) => void
  openMenu: (button: HTMLElement) => void
}): TemplateResult {
  const { filter, functions, known, more, change } = options
  const names = functionNames(functions, filter.func)
  const ranges = timeRanges(filter.since)
  const opens = (open: (button: HTMLElement) => void) => (event: Event) =>
    open(event.currentTarget as HTMLElement)
  return html`<div class="toolbar" part="toolbar">
    <taskflow-query
      part="query"
      .value=${filter.q}
      .known=${known}
      @taskflow-filter-change=${(event: TaskflowFilterChangeEvent) => {
        event.stopPropagation()
        change({ q: event.detail.q })
      }}
    ></taskflow-query>
    <span class="select task-select">
      <select
        aria-label=${t('Task')}
        .value=${filter.func}
        @change=${(event: Event) => change({ func: (event.target as HTMLSelectElement).value })}
      >
        <option value="" ?selected=${filter.func === ''}>${t('All tasks')}</option>
        ${names.map(
          (name) =>
            html`<option value=${name} ?selected=${filter.func === name}>${visibleText(name)}</option>`,
        )}
      </select>
      ${icon('chevronDown', 'small')}
    </span>
    <span class="select">
      <select
        aria-label=${t('Created')}
        .value=${filter.since}
        @change=${(event: Event) => change({ since: (event.target as HTMLSelectElement).value })}
      >
        ${ranges.map(
          ({ value, label }) =>
            html`<option value=${value} ?selected=${filter.since === value}>${label}</option>`,
        )}
      </select>
      ${icon('chevronDown', 'small')}
    </span>
    <button
      class="button ${more > 0 ? 'on' : ''}"
      type="button"
      aria-haspopup="dialog"
      data-open="filters"
      @click=${opens(options.openFilters)}
    >
      ${icon('filter')}<span class="word">${t('Filters')}</span>${more > 0 ? html`<span class="count">${more}</span>` : ''}
    </button>
    <button
      class="button icon-only wide-only"
      type="button"
      aria-haspopup="dialog"
      aria-label=${t('Columns')}
      title=${t('Columns')}
      data-open="columns"
      @click=${opens(options.openColumns)}
    >
      ${icon('columns')}
    </button>
    <button
      class="button icon-only"
      type="button"
      aria-haspopup="menu"
      aria-label=${t('More')}
      title=${t('More')}
      data-open="more"
      @click=${opens(options.openMenu)}
    >
      ${icon('dots')}
    </button>
    <slot name="toolbar-end"></slot>
  </div>`
}

/** Registered tasks, and the chosen one even when nothing registers it any more. */
function functionNames(functions: readonly FunctionJson[], chosen: string): string[] {
  const names = new Set(functions.map((one) => one.func_name))
  if (chosen) names.add(chosen)
  return [...names].sort((a, b) => a.localeCompare(b))
}
