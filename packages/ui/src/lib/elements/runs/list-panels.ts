import { html, type LitElement, nothing, type TemplateResult } from 'lit'
import { t } from '../../messages/messages.ts'
import { showPopover } from '../../parts/popover.ts'
import { codeFor } from '../overlays.ts'

type Panel = 'filters' | 'columns'
type Extras = typeof import('../../pages/extras.ts')

/** The popover of filters or columns, and the code of the list that is fetched when it is needed. */
export class ListPanels {
  /** The fetched code; undefined until it is there. */
  extras: Extras | undefined
  readonly #host: LitElement
  #shown: Panel | null = null
  #anchor: HTMLElement | undefined

  constructor(host: LitElement) {
    this.#host = host
  }

  /** Fetches the code, once; the list says it when that fails, and the next call tries again. */
  load(): Promise<Extras | undefined> {
    return codeFor(this.#host, this.#fetch())
  }

  async #fetch(): Promise<Extras> {
    if (!this.extras) {
      this.extras = await import('../../pages/extras.ts')
      this.#host.requestUpdate()
    }
    return this.extras
  }

  /** Whoever begins with the list is about to need its panels, and what their fields may hold. */
  readonly onFocus = {
    // Before the field itself, which asks at once.
    capture: true,
    handleEvent: () => void this.#fetch().catch(() => {}),
  }

  /** Opens a panel below its button; without one, below the menu. */
  async open(panel: Panel, button: HTMLElement | null): Promise<void> {
    const host = this.#host
    const anchor =
      button ?? host.renderRoot.querySelector<HTMLElement>('[data-open="more"]') ?? host
    const popover = host.renderRoot.querySelector<HTMLElement>('.panel')
    if (!(await this.load())) return
    this.#show(panel)
    await host.updateComplete
    if (!popover) return
    this.#anchor = anchor
    showPopover(popover, anchor, 'end')
    popover.querySelector<HTMLElement>('select, input, button')?.focus()
  }

  /** Draws the popover, with what the open panel holds. */
  render(content: Record<Panel, (extras: Extras) => TemplateResult>): TemplateResult {
    const draw = (panel: Panel) =>
      this.#shown === panel ? this.extras && content[panel](this.extras) : nothing
    return html`<div
      class="overlay panel"
      popover="auto"
      role="dialog"
      aria-label=${this.#shown === 'columns' ? t('Columns') : t('Filters')}
      @toggle=${this.#onToggle}
      @keydown=${(event: Event) => event.stopPropagation()}
    >
      ${draw('filters')} ${draw('columns')}
    </div>`
  }

  #onToggle = (event: ToggleEvent) => {
    if (event.newState !== 'closed') return
    this.#show(null)
    // The browser does not find back into a shadow root.
    const { activeElement } = this.#host.shadowRoot ?? document
    if (!activeElement || activeElement.closest('.panel')) this.#anchor?.focus()
  }

  #show(panel: Panel | null): void {
    this.#shown = panel
    this.#host.requestUpdate()
  }
}
