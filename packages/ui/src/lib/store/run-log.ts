import {
  type ClientError,
  isAbort,
  type LogEntryJson,
  type LogLevel,
  type LogStream,
  openStream,
  type TaskflowStream,
} from '@taskflow/core/client'
import type { DashboardStore } from './dashboard-store.ts'
import { Emitter } from './emitter.ts'
import { LogFinder, MOST_LINES } from './log-finder.ts'

/** Lines per page. */
export const LOG_PAGE = 500
/** Pages that are kept: 20 000 lines. */
const KEEP = 40
/** What an attempt threw has a number between those of lines, a multiple of twice this apart. */
const NEXT = 0.00005
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** Which lines are shown. Empty members do not narrow. */
export interface LogView {
  stream: LogStream | ''
  /** This level and above. */
  level: LogLevel | ''
}

/**
 * A run's log, by the page: any line can be asked for by its place without reading those before it,
 * as long as nothing is filtered; filtered pages are found one after the other. What is written
 * while somebody watches is added.
 */
export class RunLog extends Emitter {
  view: LogView = { stream: '', level: '' }
  /** Lines of the view. */
  total = 0
  state: 'loading' | 'ready' | 'error' = 'loading'
  error: ClientError | null = null
  /** Lines arrive by themselves. */
  live = false
  /** Lines per stream, as far as they are known. */
  counts: Partial<Record<LogStream | 'all', number>> = {}
  /** How many attempts have written, as far as lines were read; the last ones are read first. */
  attempts = 1

  /** Looks for something in the lines of the view. */
  readonly finder: LogFinder

  readonly #store: DashboardStore
  readonly #id: string
  #stream: TaskflowStream | null = null
  #abort = new AbortController()
  readonly #pages = new Map<number, (LogEntryJson | undefined)[]>()
  /** Number of the first line of each page of a filtered view that is known. */
  #starts: number[] = [1]
  /** How many lines there were when a page was asked for: an answer that stays short is final. */
  readonly #asked = new Map<number, number>()

  constructor(store: DashboardStore, id: string) {
    super()
    this.#store = store
    this.#id = id
    this.finder = new LogFinder(
      (query, signal) => store.client.logs(id, { ...this.#filter, ...query }, { signal }),
      (cause) => {
        this.error = store.failure(cause)
        this.emit()
      },
      () => this.emit(),
    )
  }

  get pages(): number {
    return Math.max(1, Math.ceil(this.total / LOG_PAGE))
  }

  /** The line at a place of the view; undefined until it was read. */
  at(index: number): LogEntryJson | undefined {
    return this.#pages.get(Math.floor(index / LOG_PAGE))?.[index % LOG_PAGE]
  }

  /** Begins with what is known, or anew after the view changed. */
  async open(count: number, view: LogView = this.view): Promise<void> {
    this.#abort.abort()
    this.#abort = new AbortController()
    this.view = view
    this.#pages.clear()
    this.#asked.clear()
    this.#starts = [1]
    this.state = 'loading'
    this.total = this.#plain ? count : 0
    this.counts.all = Math.max(count, this.counts.all ?? 0)
    await this.#load(this.#plain ? Math.max(0, this.pages - 1) : 0)
    // Afterwards: counting a long log takes longer than reading a page of it.
    void this.#countStreams()
  }

  /** Sees to it that the lines of some places are read. */
  ensure(first: number, last: number): void {
    if (this.state === 'error') return
    const end = Math.min(last, this.total - 1)
    for (let page = Math.floor(first / LOG_PAGE); page * LOG_PAGE <= end; page++) {
      const wanted = Math.min(LOG_PAGE, this.total - page * LOG_PAGE)
      if (this.#isWhole(page, wanted)) continue
      if ((this.#asked.get(page) ?? -1) < this.total) void this.#load(page)
    }
  }

  /** Reads again what is shown. */
  async reload(): Promise<void> {
    this.#asked.clear()
    const pages = [...this.#pages.keys()]
    await this.open(this.counts.all ?? 0)
    for (const page of pages) if (page < this.pages) void this.#load(page)
  }

  /** The place of a line in the view; of the one after it when the view leaves it out. */
  async indexOf(n: number): Promise<number> {
    if (this.#plain) return Math.min(n, this.total) - 1
    let page = 0
    while (page + 1 < this.pages) {
      if (this.#starts[page + 1] === undefined) await this.#load(page + 1)
      const next = this.#starts[page + 1]
      if (next === undefined || next > n) break
      page += 1
    }
    if (!this.#pages.has(page)) await this.#load(page)
    const entries = this.#pages.get(page) ?? []
    const place = entries.findIndex((entry) => (entry?.n ?? 0) >= n)
    return page * LOG_PAGE + (place < 0 ? Math.max(0, entries.length - 1) : place)
  }

  /** Number of the first line of an attempt, zero-based; null when it has none. */
  async firstOf(attempt: number): Promise<number | null> {
    const { signal } = this.#abort
    let [low, high] = [1, this.counts.all ?? this.total]
    try {
      // Attempts follow each other: twenty looks find one among a million lines.
      while (low < high) {
        const middle = Math.floor((low + high) / 2)
        const found = await this.#attemptOf(middle, signal)
        if (found !== null && found < attempt) low = middle + 1
        else high = middle
      }
      return (await this.#attemptOf(low, signal)) === attempt ? low : null
    } catch (cause) {
      if (!isAbort(cause) && !signal.aborted) this.error = this.#store.failure(cause)
      return null
    }
  }

  async #attemptOf(n: number, signal: AbortSignal): Promise<number | null> {
    const page = await this.#store.client.logs(this.#id, { from: n, limit: 1 }, { signal })
    return page.entries[0]?.attempt ?? null
  }

  /** Follows the run's own stream, or stops to. */
  follow(live: boolean): void {
    if (live === (this.#stream !== null)) return
    this.#stream?.close()
    this.#stream = live
      ? openStream({
          ...this.#store.transport,
          taskId: this.#id,
          onMessage: (message) => {
            if (message.type === 'log') this.#receive(message.data)
          },
          onStatus: (status) => {
            this.live = status.state === 'live'
            this.emit()
          },
        })
      : null
    if (!live) this.live = false
    this.emit()
  }

  /** An attempt is over: stderr has what it threw. */
  async settled(): Promise<void> {
    if (this.view.stream === 'stderr') await this.open(this.counts.all ?? 0)
    else await this.#countStreams()
  }

  /** There are at least so many lines: the record of the run says so. */
  atLeast(count: number): void {
    if (count <= (this.counts.all ?? 0)) return
    this.counts.all = count
    if (this.#plain) this.total = Math.max(this.total, count)
    this.emit()
  }

  close(): void {
    this.#abort.abort()
    this.finder.close()
    this.#stream?.close()
    this.#stream = null
  }

  get #plain(): boolean {
    return this.view.stream === '' && this.view.level === ''
  }

  get #filter(): { stream?: LogStream; level?: LogLevel } {
    const { stream, level } = this.view
    return { ...(stream && { stream }), ...(level && { level }) }
  }

  #isWhole(page: number, wanted: number): boolean {
    const entries = this.#pages.get(page)
    if (!entries) return false
    for (let index = 0; index < wanted; index++) if (!entries[index]) return false
    return true
  }

  async #load(page: number): Promise<void> {
    const { signal } = this.#abort
    this.#asked.set(page, this.total)
    try {
      if (this.#plain) await this.#loadPlain(page, signal)
      else await this.#walkTo(page, signal)
      if (signal.aborted) return
      this.state = 'ready'
      this.error = null
    } catch (cause) {
      if (isAbort(cause) || signal.aborted) return
      this.error = this.#store.failure(cause)
      this.state = 'error'
    }
    this.emit()
  }

  async #loadPlain(page: number, signal: AbortSignal): Promise<void> {
    const from = page * LOG_PAGE + 1
    const query = { limit: LOG_PAGE, ...(from > 1 && { from }) }
    const answer = await this.#store.client.logs(this.#id, query, { signal })
    const entries = this.#pages.get(page) ?? []
    for (const entry of answer.entries) {
      if (entry.n >= from && entry.n < from + LOG_PAGE) entries[entry.n - from] = entry
    }
    this.#keep(page, entries)
    this.total = Math.max(this.total, answer.total, answer.entries.at(-1)?.n ?? 0)
    this.counts.all = Math.max(this.total, this.counts.all ?? 0)
  }

  /** Reads filtered pages from the last one whose beginning is known up to `page`. */
  async #walkTo(page: number, signal: AbortSignal): Promise<void> {
    let at = Math.min(page, this.#starts.length - 1)
    while (at <= page) {
      const from = this.#starts[at] ?? 1
      const limit = at === page ? LOG_PAGE : MOST_LINES
      const query = { ...this.#filter, limit, ...(from > 1 && { from }) }
      const answer = await this.#store.client.logs(this.#id, query, { signal })
      this.total = at === 0 ? answer.total : Math.max(this.total, answer.total)
      for (let first = 0; first < answer.entries.length; first += LOG_PAGE, at++) {
        const entries = answer.entries.slice(first, first + LOG_PAGE)
        this.#starts[at] = entries[0]?.n ?? from
        this.#keep(at, entries)
      }
      const last = answer.entries.at(-1)
      if (!last || answer.next === null) return
      this.#starts[at] = last.n + NEXT
    }
  }

  #keep(page: number, entries: (LogEntryJson | undefined)[]): void {
    this.#pages.delete(page)
    this.#pages.set(page, entries)
    for (const entry of entries) if (entry) this.#saw(entry)
    for (const old of this.#pages.keys()) {
      if (this.#pages.size <= KEEP) break
      this.#pages.delete(old)
      this.#asked.delete(old)
    }
  }

  /** Counts for the tabs; not worth an error. */
  async #countStreams(): Promise<void> {
    const { signal } = this.#abort
    const streams: readonly LogStream[] = ['stdout', 'stderr']
    const pages = await Promise.allSettled(
      streams.map((stream) => this.#store.client.logs(this.#id, { stream, limit: 1 }, { signal })),
    )
    for (const [index, stream] of streams.entries()) {
      const page = pages[index]
      if (page?.status === 'fulfilled') this.counts[stream] = page.value.total
    }
    this.emit()
  }

  #receive(entry: LogEntryJson & { task_id: string }): void {
    if (entry.task_id !== this.#id || entry.n <= (this.counts.all ?? 0)) return
    this.counts.all = entry.n
    // What an attempt threw stands between the lines, and nobody tells.
    if (entry.attempt >= this.attempts) void this.settled()
    this.#saw(entry)
    const printed = streamOf(entry)
    this.counts[printed] = (this.counts[printed] ?? 0) + 1
    const { stream, level } = this.view
    const shown =
      (!stream || stream === entry.stream || stream === printed) &&
      (!level || LEVELS.indexOf(entry.level) >= LEVELS.indexOf(level))
    if (shown) {
      this.#append(entry)
      this.finder.receive(entry)
    }
    this.emit()
  }

  #saw({ attempt }: LogEntryJson): void {
    this.attempts = Math.max(this.attempts, attempt + 1)
  }

  #append(entry: LogEntryJson): void {
    const index = this.#plain ? entry.n - 1 : this.total
    this.total = Math.max(this.total, index + 1)
    const page = Math.floor(index / LOG_PAGE)
    const entries = this.#pages.get(page)
    // A page nobody has read yet is read when it comes into view; so are lines that were skipped.
    if (entries) entries[index % LOG_PAGE] = entry
    else if (index % LOG_PAGE === 0) this.#keep(page, [entry])
    if (!this.#plain && index % LOG_PAGE === 0) this.#starts[page] = entry.n
  }
}

/** Where a line stands: what `taskLog` wrote is as good as printed. */
function streamOf({ stream, level }: LogEntryJson): 'stdout' | 'stderr' {
  return stream === 'stderr' || (stream === 'log' && level === 'error') ? 'stderr' : 'stdout'
}
