import { html, nothing, type TemplateResult } from 'lit'

/** One tab. */
export interface TabItem {
  id: string
  label: string
  count?: string | undefined
  /** A tab that is a place has an address. */
  href?: string
}

/** A tab bar: arrows move, Home and End jump, the chosen tab is the one tab stop. */
export function tabs(options: {
  items: readonly TabItem[]
  selected: string
  label: string
  select: (id: string) => void
}): TemplateResult {
  const { items, selected, label, select } = options
  return html`<div class="tabs" part="tabs" role="tablist" aria-label=${label} @keydown=${onKey}>
    ${items.map(
      (item) => html`<button
        class="tab"
        type="button"
        role="tab"
        id="tab-${item.id}"
        aria-selected=${item.id === selected}
        aria-controls=${item.id === selected ? 'panel' : nothing}
        tabindex=${item.id === selected ? 0 : -1}
        @click=${() => select(item.id)}
      >
        ${item.label}${item.count ? html`<span class="count">${item.count}</span>` : nothing}
      </button>`,
    )}
  </div>`
}

function onKey(event: KeyboardEvent) {
  const bar = event.currentTarget as HTMLElement
  const buttons = [...bar.querySelectorAll<HTMLElement>('[role="tab"]')]
  const at = buttons.indexOf(event.target as HTMLElement)
  const to = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: buttons.length - 1,
  }[event.key]
  if (at < 0 || to === undefined) return
  event.preventDefault()
  buttons[(to + buttons.length) % buttons.length]?.focus()
}
