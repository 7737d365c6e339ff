import type { LitElement, ReactiveController } from 'lit'
import { LOG_PAGE, type RunLog } from '../../store/run-log.ts'
import { LINE_PX, lastScrollTop, scrollTopFor, sliceAt } from './viewport.ts'

interface Host extends LitElement {
  /** It stays at the end. */
  following: boolean
  /** Lines have no fixed height: a page is drawn at a time. */
  wrap: boolean
  /** Zero-based, while lines wrap. */
  page: number
}

/** First place and the one it ends at; of lines in the view, counted from 0. */
type Places = [number, number]

/** Where in its log an element is: which lines are drawn and in view, and how it gets to others. */
export class LogScroll implements ReactiveController {
  /** Lines that came since the end was left. */
  unread = 0
  readonly #host: Host
  readonly #logOf: () => RunLog | undefined
  #seen = 0
  #top = 0
  #height = 400
  #wanted: number | null = null
  #observer: ResizeObserver | undefined

  constructor(host: Host, logOf: () => RunLog | undefined) {
    this.#host = host
    this.#logOf = logOf
    host.addController(this)
  }

  hostDisconnected(): void {
    this.#observer?.disconnect()
    this.#observer = undefined
  }

  /** It is another log, of which nothing was seen. */
  reset(): void {
    this.#seen = 0
    this.unread = 0
  }

  /** Shows the line at a place, once it is drawn. */
  goTo(index: number): void {
    if (this.#host.wrap) this.#host.page = Math.floor(index / LOG_PAGE)
    this.#wanted = index
    this.#host.requestUpdate()
  }

  /** Leaves the end for a page, the nearest there is. */
  readonly goToPage = (page: number): void => {
    const log = this.#logOf()
    if (!log || !Number.isFinite(page)) return
    const to = Math.min(log.pages - 1, Math.max(0, Math.floor(page)))
    this.#host.following = false
    this.#host.page = to
    this.goTo(to * LOG_PAGE)
  }

  /** Those that are drawn, and the one after: those around the view, or a page of lines that wrap. */
  drawn(log: RunLog): Places {
    const { wrap, page: wanted } = this.#host
    if (wrap) {
      const page = Math.min(wanted, log.pages - 1)
      return [page * LOG_PAGE, Math.min(log.total, (page + 1) * LOG_PAGE)]
    }
    const { first, end } = sliceAt(log.total, this.#topOf(log), this.#height)
    return [first, end]
  }

  /** The first and the last in view. */
  shown(log: RunLog): Places {
    if (this.#host.wrap) {
      const [first, end] = this.drawn(log)
      return [first, Math.max(first, end - 1)]
    }
    const { first, offset } = sliceAt(log.total, this.#top, this.#height)
    const top = first + Math.max(0, Math.floor((this.#top - offset) / LINE_PX))
    const last = top + Math.max(1, Math.floor(this.#height / LINE_PX)) - 1
    return [Math.max(0, Math.min(top, log.total - 1)), Math.max(0, Math.min(last, log.total - 1))]
  }

  /** Puts what was drawn in its place, and scrolls: after each update. */
  settle(): void {
    const box = this.#find('.lines')
    const log = this.#logOf()
    if (!box || !log) return
    this.#observe(box)
    const { following, wrap } = this.#host
    const slice = sliceAt(log.total, following ? this.#topOf(log) : box.scrollTop, this.#height)
    if (!wrap) this.#place(`${slice.height}px`, `${slice.offset}px`)
    if (this.#wanted !== null) this.#scrollTo(log, box, this.#wanted)
    else if (following) box.scrollTop = box.scrollHeight
    else if (log.total > this.#seen) this.unread += log.total - this.#seen
    this.#seen = log.total
    if (box.scrollTop !== this.#top) {
      this.#top = box.scrollTop
      this.#host.requestUpdate()
    }
  }

  /** Lines that wrap are where the browser puts them. */
  unplace(): void {
    this.#place(null, null)
  }

  /** For the scroll event: up leaves the end, and who comes to it, `live`, follows again. */
  scrolled(box: HTMLElement, live: boolean): void {
    const host = this.#host
    const up = box.scrollTop < this.#top
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24
    const lastPage = !host.wrap || host.page >= (this.#logOf()?.pages ?? 1) - 1
    if (atEnd && lastPage) {
      this.unread = 0
      if (live) host.following = true
    } else if (up) host.following = false
    this.#top = box.scrollTop
    if (!host.wrap) host.requestUpdate()
  }

  #observe(box: HTMLElement): void {
    if (this.#observer) return
    this.#observer = new ResizeObserver(() => {
      this.#height = box.clientHeight || this.#height
      this.#host.requestUpdate()
    })
    this.#observer.observe(box)
  }

  /** By the CSSOM: style attributes would not pass a Content-Security-Policy. */
  #place(height: string | null, offset: string | null): void {
    this.#find('.content')?.style.setProperty('block-size', height)
    this.#find('.window')?.style.setProperty('inset-block-start', offset)
  }

  #scrollTo(log: RunLog, box: HTMLElement, index: number): void {
    this.#wanted = null
    if (!this.#host.wrap) {
      box.scrollTop =
        index % LOG_PAGE === 0 && index < log.total - 1
          ? scrollTopFor(index + this.#height / LINE_PX / 2 - 1, log.total, this.#height)
          : scrollTopFor(index, log.total, this.#height)
      return
    }
    this.#find(`[data-n="${log.at(index)?.n ?? 0}"]`)?.scrollIntoView({ block: 'center' })
  }

  /** The scroll position; who follows is at the end before the browser has scrolled there. */
  #topOf(log: RunLog): number {
    return this.#host.following ? lastScrollTop(log.total, this.#height) : this.#top
  }

  #find(selector: string): HTMLElement | null {
    return this.#host.renderRoot.querySelector<HTMLElement>(selector)
  }
}
