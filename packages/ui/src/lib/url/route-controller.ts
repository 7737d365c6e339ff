import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { HOME, type Route } from './route.ts'
import { routeFromUrl, type UrlSyncMode, urlForRoute } from './url-sync.ts'

/** Keeps the place of its host in step with the address bar. */
export class RouteController implements ReactiveController {
  /** Null: the address is none of the dashboard's. */
  route: Route | null = HOME
  #mode: UrlSyncMode = 'none'
  #root = ''
  readonly #host: ReactiveControllerHost

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    addEventListener('popstate', this.#read)
    addEventListener('hashchange', this.#read)
  }

  hostDisconnected(): void {
    removeEventListener('popstate', this.#read)
    removeEventListener('hashchange', this.#read)
  }

  /** Where the place is kept; `root` is the path of the overview in `path` mode. */
  configure(mode: UrlSyncMode, root: string): void {
    if (mode === this.#mode && root === this.#root) return
    this.#mode = mode
    this.#root = root
    if (mode !== 'none') this.route = this.#current()
  }

  /** Goes to a place: a new history entry for another page or run, none for filters and tabs. */
  go(route: Route): void {
    const before = this.route
    this.route = route
    if (this.#mode !== 'none') {
      const address = this.href(route)
      const moved =
        before?.page !== route.page ||
        before?.runId !== route.runId ||
        before?.full !== route.full ||
        before?.item !== route.item
      if (moved) history.pushState(null, '', address)
      else history.replaceState(history.state, '', address)
    }
    this.#host.requestUpdate()
  }

  /** The address of a place. */
  href(route: Route): string {
    return urlForRoute(new URL(location.href), this.#mode, this.#root, route)
  }

  #read = () => {
    if (this.#mode === 'none') return
    this.route = this.#current()
    this.#host.requestUpdate()
  }

  #current(): Route | null {
    return routeFromUrl(new URL(location.href), this.#mode, this.#root)
  }
}
