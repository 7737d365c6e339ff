import {
  TaskflowFilterChangeEvent,
  TaskflowNavigateEvent,
  TaskflowRunSelectEvent,
} from '../../events.ts'
import { isPlainClick } from '../../parts/plain-click.ts'
import type { RunFilter } from '../../store/filter.ts'
import type { Route } from '../../url/route.ts'

/** What of a place a list may change. */
type Change = Partial<Pick<Route, 'filter' | 'sort' | 'runId' | 'tab' | 'full' | 'at'>>

/** An element whose properties are the place. */
interface Host extends HTMLElement, Pick<Route, 'filter' | 'sort' | 'runId' | 'tab'> {
  at: number
  /** A run opens as a page of its own. */
  detail: string
}

/** Where the list is: filter, order, page and open run. Going elsewhere is announced first. */
export class ListPlace {
  readonly #host: Host
  readonly #href: (route: Route) => string

  constructor(host: Host, href: (route: Route) => string) {
    this.#host = host
    this.#href = href
  }

  /** Changes the place: in the element at once, and for the dashboard by an event. */
  go(change: Change): void {
    const { full = false, ...own } = change
    if (!this.#host.dispatchEvent(new TaskflowNavigateEvent({ ...this.#route, ...change }))) return
    if (!full) Object.assign(this.#host, own)
  }

  /** Somebody chose a run: announced, and opened where runs open here. */
  openRun(runId: string, more: { tab?: string } = {}): void {
    if (!this.#host.dispatchEvent(new TaskflowRunSelectEvent(runId))) return
    this.go({ runId, ...more, ...(this.#host.detail === 'page' && { tab: '', full: true }) })
  }

  /** The run alone, as a page. */
  openPage(runId: string): void {
    this.go({ runId, tab: '', full: true })
  }

  /** Narrows the list, from its first page. */
  readonly filter = (change: Partial<RunFilter>): void => {
    const filter = { ...this.#host.filter, ...change }
    this.go({ filter, at: 1 })
    this.#host.dispatchEvent(new TaskflowFilterChangeEvent(filter.q, filter))
  }

  /** Address and click listener of a link. */
  link(change: Change): { href: string; click: (event: MouseEvent) => void } {
    return {
      href: this.#href({ ...this.#route, ...change }),
      click: (event) => {
        event.stopPropagation()
        if (!isPlainClick(event)) return
        event.preventDefault()
        this.go(change)
      },
    }
  }

  /** A link inside the detail: to another run here, to anything else by who listens further up. */
  readonly onInnerNavigate = (event: TaskflowNavigateEvent): void => {
    if (event.target === this.#host) return
    const { route } = event.detail
    if (!route.runId) return
    event.stopPropagation()
    event.handled = true
    this.go({ runId: route.runId, tab: route.tab, full: route.full ?? false })
  }

  get #route(): Route {
    const { filter, sort, runId, tab, at } = this.#host
    return { page: 'runs', filter, sort, runId, tab, at }
  }
}
