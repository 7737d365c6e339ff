import type { LitElement, ReactiveController } from 'lit'
import { CARDS_BELOW, leastWidth, shownColumns } from './columns.ts'

/** Follows the width of the list, which decides on its columns. */
export class ListColumns implements ReactiveController {
  readonly #host: LitElement
  #width = 1200
  #observer: ResizeObserver | undefined

  constructor(host: LitElement) {
    this.#host = host
    host.addController(this)
  }

  hostUpdated(): void {
    const list = this.#host.renderRoot.querySelector('.list')
    if (!list || this.#observer) return
    this.#observer = new ResizeObserver(([entry]) => this.#measure(entry?.contentRect.width ?? 0))
    this.#observer.observe(list)
    this.#measure(list.clientWidth)
  }

  hostDisconnected(): void {
    this.#observer?.disconnect()
    this.#observer = undefined
  }

  /** Rows are cards, which have no room for more than what they are about. */
  get areCards(): boolean {
    return this.#width < CARDS_BELOW
  }

  /** Those that were chosen, or as many as fit; `payloads`: input of runs is sent to this page. */
  shown(chosen: readonly string[] | undefined, payloads: boolean): ReturnType<typeof shownColumns> {
    const columns = shownColumns(this.#width, chosen, payloads)
    const least = chosen && !this.areCards ? leastWidth(columns) : 0
    this.#host.style.setProperty('--_table-width', `${least}px`)
    return columns
  }

  #measure(width: number): void {
    if (width === 0 || width === this.#width) return
    this.#width = width
    this.#host.requestUpdate()
  }
}
