import { css, html, nothing, type PropertyDeclarations } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { t } from '../messages/messages.ts'
import { icon } from '../parts/icons.ts'
import { controls } from '../styles/controls.ts'
import { statusStyles } from '../styles/status-css.ts'
import { tokens } from '../styles/tokens.ts'
import { LocalizedElement } from './localized-element.ts'

/** A short message on how an action went. */
export interface Toast {
  kind: 'success' | 'failed'
  title: string
  text?: string
  link?: { label: string; href: string; click: (event: MouseEvent) => void }
}

const SHOWN_MS = 6000
const MOST = 3

/**
 * Messages in the corner, above everything else. Good news leaves by itself, errors stay.
 *
 * @csspart toast - one message
 */
export class TaskflowToastsElement extends LocalizedElement {
  static override styles = [
    tokens,
    controls,
    statusStyles,
    css`
      :host {
        display: contents;
      }
      .stack {
        position: fixed;
        inset: auto 16px 16px auto;
        display: none;
        flex-direction: column;
        gap: 8px;
        inline-size: min(420px, calc(100vw - 32px));
        max-block-size: none;
        margin: 0;
        padding: 0;
        border: 0;
        overflow: visible;
        background: none;
        color: inherit;
      }
      .stack:popover-open {
        display: flex;
      }
      .toast {
        display: flex;
        align-items: flex-start;
        gap: 10px;
        padding: 10px 8px 10px 12px;
        border: 1px solid var(--_border);
        border-radius: 12px;
        background: var(--_raised);
        box-shadow: var(--_shadow);
        animation: rise 180ms ease-out;
      }
      .toast[data-status='failed'] {
        border-color: var(--_line);
      }
      .toast > .icon {
        margin-block-start: 2px;
        color: var(--_fg);
      }
      .main {
        flex: 1;
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      b {
        font-weight: 500;
      }
      .button {
        margin-block: -4px;
      }
      @keyframes rise {
        from {
          opacity: 0;
          transform: translateY(8px);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .toast {
          animation: none;
        }
      }
    `,
  ]
  static override properties: PropertyDeclarations = { toasts: { state: true } }

  declare toasts: readonly (Toast & { id: number })[]

  #nextId = 1
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()

  constructor() {
    super()
    this.toasts = []
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  /** Shows a message. */
  show(toast: Toast): void {
    const id = this.#nextId++
    this.toasts = [...this.toasts, { ...toast, id }].slice(-MOST)
    if (toast.kind === 'success')
      this.#timers.set(
        id,
        setTimeout(() => this.#dismiss(id), SHOWN_MS),
      )
  }

  protected override updated(): void {
    const stack = this.renderRoot.querySelector<HTMLElement>('.stack')
    if (!stack?.isConnected) return
    const open = stack.matches(':popover-open')
    if (this.toasts.length === 0) {
      if (open) stack.hidePopover()
      return
    }
    // Shown anew it stands above a dialog that was opened since.
    if (open) stack.hidePopover()
    stack.showPopover()
  }

  protected override render() {
    return html`<div class="stack" popover="manual">
      ${repeat(
        this.toasts,
        ({ id }) => id,
        ({ id, kind, title, text, link }) => html`<div
          class="toast"
          part="toast"
          data-status=${kind}
          role=${kind === 'failed' ? 'alert' : 'status'}
        >
          ${icon(kind === 'failed' ? 'cross' : 'check')}
          <div class="main"><b>${title}</b>${text ? html`<div class="muted">${text}</div>` : nothing}</div>
          ${link ? html`<a href=${link.href} @click=${link.click}>${link.label}</a>` : nothing}
          <button
            class="button plain icon-only"
            type="button"
            aria-label=${t('Dismiss')}
            @click=${() => this.#dismiss(id)}
          >
            ${icon('cross', 'small')}
          </button>
        </div>`,
      )}
    </div>`
  }

  #dismiss(id: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.toasts = this.toasts.filter((toast) => toast.id !== id)
  }
}
