import { html, nothing, type TemplateResult } from 'lit'
import { visibleText } from '../format/visible-text.ts'
import { t } from '../messages/messages.ts'
import { icon } from './icons.ts'

/** A field that narrows a list as somebody types. */
export function searchField(options: {
  label: string
  value: string
  input: (value: string) => void
}): TemplateResult {
  return html`<span class="search"
    >${icon('search')}<input
      class="field"
      type="search"
      data-search
      aria-label=${options.label}
      placeholder=${options.label}
      .value=${options.value}
      @input=${(event: Event) => options.input((event.target as HTMLInputElement).value)}
  /></span>`
}

/** One of a few, as a list. */
export function choice(options: {
  label: string
  value: string
  items: readonly { value: string; label: string }[]
  select: (value: string) => void
}): TemplateResult {
  return html`<span class="select"
    ><select
      aria-label=${options.label}
      @change=${(event: Event) => options.select((event.target as HTMLSelectElement).value)}
    >
      ${options.items.map(
        (item) =>
          html`<option value=${item.value} ?selected=${item.value === options.value}>${item.label}</option>`,
      )}</select
    >${icon('chevronDown')}</span
  >`
}

/** One of the tasks, or all. */
export function taskChoice(options: {
  functions: readonly { func_name: string }[]
  value: string
  select: (value: string) => void
}): TemplateResult {
  const items = options.functions.map(({ func_name: value }) => ({
    value,
    label: visibleText(value),
  }))
  const all = { value: '', label: t('All tasks') }
  return choice({ ...options, label: t('Task'), items: [all, ...items] })
}

/** One of a few, side by side. */
export function segments(options: {
  label: string
  value: string
  items: readonly { value: string; label: string }[]
  select: (value: string) => void
}): TemplateResult {
  return html`<div class="segments" role="group" aria-label=${options.label}>
    ${options.items.map(
      (item) =>
        html`<button
          type="button"
          aria-pressed=${item.value === options.value}
          @click=${() => options.select(item.value)}
        >
          ${item.label}
        </button>`,
    )}
  </div>`
}

/** Several facts about one thing; those without a value are left out. */
export function facts(
  rows: readonly (readonly [label: string, value: unknown] | null)[],
): TemplateResult | typeof nothing {
  const shown = rows.filter((row) => row !== null)
  if (shown.length === 0) return nothing
  return html`<dl class="facts">
    ${shown.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}
  </dl>`
}

/** Several numbers side by side. */
export function numbers(
  cells: readonly (readonly [label: string, value: unknown, classes?: string])[],
): TemplateResult {
  return html`<div class="numbers">
    ${cells.map(
      ([label, value, classes = '']) =>
        html`<div><span class="label">${label}</span><span class="value ${classes}"><bdi>${value}</bdi></span></div>`,
    )}
  </div>`
}
