import { type HeadersSource, normaliseBase, type TaskflowClient } from '@taskflow/core/client'
import type { PropertyDeclarations, PropertyValues } from 'lit'
import { TaskflowNavigateEvent } from '../events.ts'
import { isPlainClick } from '../parts/plain-click.ts'
import type { DashboardStore } from '../store/dashboard-store.ts'
import { acquireStore } from '../store/registry.ts'
import type { ConnectionOptions } from '../store/shared-transport.ts'
import { formatRoute, type Route } from '../url/route.ts'
import { csrfHeaders } from './connection/csrf.ts'
import { defaultBase } from './connection/default-base.ts'
import { connectedParent } from './connection/parents.ts'
import { LocalizedElement } from './localized-element.ts'

/** What makes it another connection; the rest changes how the same one sends. */
const IDENTITY = ['base', 'credentials', 'client'] as const
const SENDING = ['headers', 'fetch', 'csrfMeta', 'csrfHeader', 'pollInterval'] as const

/**
 * An element that shows data of a handler. Elements of one page with the same `base` share one
 * client and one stream; one that stands inside of another, and has no other `base`, takes over its
 * connection and the way it writes times.
 */
export abstract class StoreElement extends LocalizedElement {
  static override properties: PropertyDeclarations = {
    base: { type: String },
    credentials: { type: String },
    csrfMeta: { type: String, attribute: 'csrf-meta' },
    csrfHeader: { type: String, attribute: 'csrf-header' },
    pollInterval: { type: Number, attribute: 'poll-interval' },
    headers: { attribute: false },
    fetch: { attribute: false },
    client: { attribute: false },
    linkFor: { attribute: false },
  }

  /** Path or URL of the handler. [that of the element outside, else of the script, else `/tasks`] */
  declare base: string
  /** As in `fetch`. [`same-origin`] */
  declare credentials: RequestCredentials | null
  /** Name of the `<meta>` with a CSRF token, sent with what changes something. [none] */
  declare csrfMeta: string
  /** The header that carries it. [`X-CSRF-Token`] */
  declare csrfHeader: string
  /** Seconds between two looks while the live stream does not get through. [the server's] */
  declare pollInterval: number | null
  /** Headers for every request, or a function that yields them. */
  declare headers: HeadersSource | null
  /** Sends the requests. [the global `fetch`] */
  declare fetch: typeof globalThis.fetch | null
  /** Sends the requests of pages and actions; the stream goes by `fetch`. [made for the base] */
  declare client: TaskflowClient | null
  /** Address of a place in the dashboard. [below the stand-alone page] */
  declare linkFor: ((route: Route) => string) | null

  /** For elements inside, which may be of another copy of the library. */
  readonly isTaskflowStore = true

  #release: (() => void) | undefined
  #store: DashboardStore | undefined
  /** Elements inside that share the connection, and what tells them that it changed. */
  readonly #sharers = new Set<(isOther: boolean) => void>()
  #csrf: { key: string; headers: () => Record<string, string> } | undefined

  constructor() {
    super()
    this.base = ''
    this.credentials = null
    this.csrfMeta = ''
    this.csrfHeader = 'X-CSRF-Token'
    this.pollInterval = null
    this.headers = null
    this.fetch = null
    this.client = null
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
    if (this.#store && IDENTITY.some((name) => changed.has(name))) this.#rejoin()
    else if (this.#store && SENDING.some((name) => changed.has(name))) {
      this.#store.configure(this.connection)
    }
    if (changed.has('timeZone') || changed.has('hourCycle')) {
      this.#tell(false)
    }
    if (!this.#store) this.#join()
  }

  /** The shared store; undefined while the element is not in a page. */
  protected get store(): DashboardStore | undefined {
    return this.#store
  }

  /** Whether it needs one; false for elements that were given what they show. */
  protected get needsStore(): boolean {
    return true
  }

  /** Called with the store when the element joins a page; returns how to leave. */
  protected storeConnected(store: DashboardStore): () => void {
    return store.subscribe(() => this.requestUpdate())
  }

  /** The login page, which leads back to this one. */
  protected loginUrl(): string {
    const next = location.pathname + location.search + location.hash
    return `${this.storeBase}/auth/login?next=${encodeURIComponent(next)}`
  }

  /** The base, without a trailing slash. */
  protected get storeBase(): string {
    return this.#store?.base ?? normaliseBase(this.connection.base)
  }

  /** The address of a link. */
  protected href(route: Route): string {
    return this.linkFor?.(route) ?? `${this.storeBase}/dashboard${formatRoute(route)}`
  }

  /** Click listener of a link: goes there inside the dashboard unless a new tab was asked for. */
  protected go(route: Route): (event: MouseEvent) => void {
    return (event) => {
      if (!isPlainClick(event)) return
      if (this.navigate(route)) event.preventDefault()
    }
  }

  /** Asks to go to a place. True when somebody went, or kept us from going. */
  protected navigate(route: Route): boolean {
    const event = new TaskflowNavigateEvent(route)
    return !this.dispatchEvent(event) || event.handled
  }

  /** How this element reaches its handler, by itself or as the one outside does. */
  get connection(): ConnectionOptions {
    const outer = this.#outer()
    if (outer) return outer.connection
    const base = this.base || defaultBase()
    return {
      base,
      credentials: this.credentials ?? undefined,
      headers: this.headers ?? undefined,
      fetch: this.fetch ?? undefined,
      client: this.client ?? undefined,
      changeHeaders: this.csrfMeta ? this.#csrfHeaders(base) : undefined,
      pollMs: this.pollInterval ? this.pollInterval * 1000 : undefined,
    }
  }

  /** Calls back when what elements inside take over has changed; `isOther`: the handler, too. */
  shareConnection(changed: (isOther: boolean) => void): () => void {
    this.#sharers.add(changed)
    return () => this.#sharers.delete(changed)
  }

  /** The element outside whose connection this one takes over. */
  #outer(): StoreElement | null {
    const parent = connectedParent(this)
    if (parent === null || typeof parent === 'string' || this.client) return null
    if (!this.base) return parent
    const same = normaliseBase(parent.connection.base) === normaliseBase(this.base)
    return same ? parent : null
  }

  /** One function for the same names: another one would count as a change. */
  #csrfHeaders(base: string): () => Record<string, string> {
    const key = JSON.stringify([this.csrfMeta, this.csrfHeader, base])
    if (this.#csrf?.key !== key) {
      this.#csrf = { key, headers: csrfHeaders(this.csrfMeta, this.csrfHeader, base) }
    }
    return this.#csrf.headers
  }

  #join(): void {
    if (this.#store || !this.needsStore) return
    const parent = connectedParent(this)
    if (typeof parent === 'string' && !this.base) {
      void customElements.whenDefined(parent).then(() => this.requestUpdate())
      return
    }
    const outer = this.#outer()
    const unshare = outer?.shareConnection((isOther) => {
      if (isOther) this.#rejoin()
      else this.#tell(false)
      this.requestUpdate()
    })
    const { store, release } = acquireStore(this.connection)
    const leave = this.storeConnected(store)
    this.#store = store
    this.#release = () => {
      leave()
      release()
      unshare?.()
    }
  }

  #rejoin(): void {
    this.#part()
    this.#join()
    this.#tell(true)
  }

  #tell(isOther: boolean): void {
    for (const tell of [...this.#sharers]) tell(isOther)
  }

  #part(): void {
    this.#release?.()
    this.#release = undefined
    this.#store = undefined
  }
}
