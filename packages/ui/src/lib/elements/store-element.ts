import type { HeadersSource, TransportOptions } from '@taskflow/core/client'
import type { PropertyDeclarations, PropertyValues } from 'lit'
import { TaskflowNavigateEvent } from '../events.ts'
import type { DashboardStore } from '../store/dashboard-store.ts'
import { acquireStore } from '../store/registry.ts'
import { formatRoute, type Route } from '../url/route.ts'
import { LocalizedElement } from './localized-element.ts'

/**
 * An element that shows data of a handler. Elements of one page with the same `base` share one
 * client and one stream.
 */
export abstract class StoreElement extends LocalizedElement {
  static override properties: PropertyDeclarations = {
    base: { type: String },
    credentials: { type: String },
    headers: { attribute: false },
    fetch: { attribute: false },
    linkFor: { attribute: false },
  }

  /** Path or URL of the handler. [`/tasks`] */
  declare base: string
  /** As in `fetch`. [`same-origin`] */
  declare credentials: RequestCredentials | null
  /** Headers for every request, or a function that yields them. */
  declare headers: HeadersSource | null
  /** Sends the requests. [the global `fetch`] */
  declare fetch: typeof globalThis.fetch | null

  /** Address of a place in the dashboard. [below the stand-alone page] */
  declare linkFor: ((route: Route) => string) | null

  #release: (() => void) | undefined
  #store: DashboardStore | undefined

  constructor() {
    super()
    this.base = '/tasks'
    this.credentials = null
    this.headers = null
    this.fetch = null
    this.linkFor = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // Attributes and properties that are set together with the insertion come first.
    if (this.hasUpdated) this.#join()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#part()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.isConnected) return
    if (this.#store && (changed.has('base') || changed.has('credentials'))) this.#part()
    if (!this.#store) this.#join()
  }

  /** The shared store; undefined while the element is not in a page. */
  protected get store(): DashboardStore | undefined {
    return this.#store
  }

  /** Called with the store when the element joins a page; returns how to leave. */
  protected storeConnected(store: DashboardStore): () => void {
    return store.subscribe(() => this.requestUpdate())
  }

  /** The address of a link. */
  protected href(route: Route): string {
    return (
      this.linkFor?.(route) ?? `${this.store?.base ?? this.base}/dashboard${formatRoute(route)}`
    )
  }

  /** Click listener of a link: goes there inside the dashboard unless a new tab was asked for. */
  protected go(route: Route): (event: MouseEvent) => void {
    return (event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
      if (this.navigate(route)) event.preventDefault()
    }
  }

  /** Asks to go to a place. True when somebody went, or kept us from going. */
  protected navigate(route: Route): boolean {
    const event = new TaskflowNavigateEvent(route)
    return !this.dispatchEvent(event) || event.handled
  }

  #join(): void {
    if (this.#store) return
    const options: TransportOptions = {
      base: this.base,
      ...(this.credentials && { credentials: this.credentials }),
      ...(this.headers && { headers: this.headers }),
      ...(this.fetch && { fetch: this.fetch }),
    }
    const { store, release } = acquireStore(options)
    const leave = this.storeConnected(store)
    this.#store = store
    this.#release = () => {
      leave()
      release()
    }
  }

  #part(): void {
    this.#release?.()
    this.#release = undefined
    this.#store = undefined
  }
}
