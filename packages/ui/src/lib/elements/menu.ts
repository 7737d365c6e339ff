import { css, html, nothing, type PropertyDeclarations } from 'lit'
import { t } from '../messages/messages.ts'
import { type IconName, icon } from '../parts/icons.ts'
import { type PopoverAlign, showPopover } from '../parts/popover.ts'
import { controls } from '../styles/controls.ts'
import { overlayStyles } from '../styles/overlay.ts'
import { statusStyles } from '../styles/status-css.ts'
import { tokens } from '../styles/tokens.ts'
import { LocalizedElement } from './localized-element.ts'

/** One entry of a menu; null is a line between entries. */
export type MenuItem = {
  label: string
  icon?: IconName
  /** The key that does the same elsewhere. */
  key?: string
  danger?: boolean
  disabled?: boolean
  /** Why it is disabled, or what it does. */
  hint?: string
  run: () => void
} | null

/**
 * A menu that is opened at something: one serves all rows of a table. Arrows move, letters jump,
 * Escape leads back to where it was opened from.
 *
 * @csspart menu - the popover
 * @csspart item - one entry
 */
export class TaskflowMenuElement extends LocalizedElement {
  static override styles = [
    tokens,
    controls,
    statusStyles,
    overlayStyles,
    css`
      :host {
        display: contents;
      }
      .overlay {
        min-inline-size: 184px;
      }
      button {
        display: flex;
        align-items: center;
        gap: 10px;
        inline-size: 100%;
        min-block-size: 30px;
        padding: 4px 8px;
        border: 0;
        border-radius: 6px;
        background: none;
        text-align: start;
        white-space: nowrap;
        cursor: pointer;
      }
      button > span {
        flex: 1;
      }
      button .icon {
        color: var(--_muted);
      }
      button:hover,
      button:focus-visible {
        background: var(--_hover);
        outline-offset: -2px;
      }
      button[data-danger],
      button[data-danger] .icon {
        color: var(--_failed-fg);
      }
      button[aria-disabled='true'],
      button[aria-disabled='true'] .icon {
        color: var(--_faint);
        cursor: default;
      }
      hr {
        margin: 6px -6px;
        border: 0;
        border-block-start: 1px solid var(--_border);
      }
    `,
  ]
  static override properties: PropertyDeclarations = {
    items: { state: true },
    label: { type: String },
  }

  declare items: readonly MenuItem[]
  /** What the menu is about, for screen readers. [`Actions`] */
  declare label: string

  #anchor: HTMLElement | undefined

  constructor() {
    super()
    this.items = []
    this.label = ''
  }

  /** Shows entries at `anchor`; shown there already, it closes. */
  async openAt(anchor: HTMLElement, items: readonly MenuItem[], align: PopoverAlign = 'end') {
    const popover = this.#popover()
    if (popover?.matches(':popover-open') && this.#anchor === anchor) return this.close()
    this.#anchor = anchor
    this.items = items
    await this.updateComplete
    const menu = this.#popover()
    if (!menu || !anchor.isConnected) return
    showPopover(menu, anchor, align)
    anchor.setAttribute('aria-expanded', 'true')
    this.#buttons()[0]?.focus()
  }

  close(): void {
    this.#popover()?.hidePopover()
  }

  protected override render() {
    return html`<div
      class="overlay"
      part="menu"
      popover="auto"
      role="menu"
      aria-label=${this.label || t('Actions')}
      @keydown=${this.#onKey}
      @toggle=${this.#onToggle}
    >
      ${this.items.map((item) =>
        item === null
          ? html`<hr role="separator" />`
          : html`<button
              type="button"
              role="menuitem"
              part="item"
              tabindex="-1"
              ?data-danger=${item.danger}
              aria-disabled=${item.disabled ? 'true' : nothing}
              title=${item.hint ?? nothing}
              @click=${(event: Event) => this.#choose(event, item)}
            >
              ${item.icon ? icon(item.icon) : nothing}<span>${item.label}</span
              >${item.key ? html`<kbd class="kbd" aria-hidden="true">${item.key}</kbd>` : nothing}
            </button>`,
      )}
    </div>`
  }

  #choose(event: Event, item: NonNullable<MenuItem>): void {
    event.stopPropagation()
    if (item.disabled) return
    this.close()
    item.run()
  }

  #onToggle = (event: ToggleEvent) => {
    if (event.newState === 'open') return
    this.#anchor?.setAttribute('aria-expanded', 'false')
    if (this.shadowRoot?.activeElement || document.activeElement === document.body) {
      this.#anchor?.focus()
    }
  }

  #onKey = (event: KeyboardEvent) => {
    // Keys of a menu are not keys of the page around it.
    event.stopPropagation()
    const buttons = this.#buttons()
    const at = buttons.indexOf(this.shadowRoot?.activeElement as HTMLElement)
    const { key } = event
    if (key === 'Tab') return this.close()
    if (key === 'Escape') {
      event.preventDefault()
      this.close()
      this.#anchor?.focus()
      return
    }
    const to =
      { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[key] ??
      (key.length === 1 && key !== ' ' ? nextWith(buttons, at, key) : null)
    if (to === null) return
    event.preventDefault()
    buttons[(to + buttons.length) % buttons.length]?.focus()
  }

  #buttons(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[role="menuitem"]')]
  }

  #popover(): HTMLElement | null {
    return this.renderRoot.querySelector('[popover]')
  }
}

function nextWith(buttons: readonly HTMLElement[], at: number, letter: string): number | null {
  const starts = (button: HTMLElement | undefined) =>
    button?.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase())
  for (let step = 1; step <= buttons.length; step++) {
    const index = (at + step) % buttons.length
    if (starts(buttons[index])) return index
  }
  return null
}
