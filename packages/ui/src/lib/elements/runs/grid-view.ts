/** The rows as they stand in the page: which has the focus, and whether somebody reads them. */
export class GridView {
  readonly #host: HTMLElement
  #hovered = false

  constructor(host: HTMLElement) {
    this.#host = host
  }

  /** Somebody looks at the rows: do not push them down. */
  get isRead(): boolean {
    return (this.#scroller?.scrollTop ?? 0) > 0 || this.#hovered || this.hasFocus
  }

  /** The focus is on a row, or inside one. */
  get hasFocus(): boolean {
    return this.#focused?.closest('tbody') != null
  }

  /** The run whose row has the focus. */
  get focusedId(): string | undefined {
    return this.#focused?.closest<HTMLElement>('tbody tr')?.dataset.id
  }

  /** The row of a run; null when it is not on the page. */
  row(id: string): HTMLElement | null {
    return this.#find(`tr[data-id="${CSS.escape(id)}"]`)
  }

  /** Focuses the row that Tab reaches. */
  focusRow(): void {
    this.#find('tbody tr[tabindex="0"]')?.focus()
  }

  scrollToTop(): void {
    this.#scroller?.scrollTo({ top: 0 })
  }

  /** For the pointer entering and leaving what scrolls. */
  readonly onHover = (event: PointerEvent): void => {
    this.#hovered = event.type === 'pointerenter' && event.pointerType === 'mouse'
  }

  get #scroller(): HTMLElement | null {
    return this.#find('.scroller')
  }

  get #focused(): Element | null | undefined {
    return this.#host.shadowRoot?.activeElement
  }

  #find(selector: string): HTMLElement | null {
    return this.#host.shadowRoot?.querySelector<HTMLElement>(selector) ?? null
  }
}
