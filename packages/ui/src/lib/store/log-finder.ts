import { isAbort, type LogEntryJson, type LogPage, type LogQuery } from '@taskflow/core/client'
import { linearRegex, type Matcher, type Span } from '../format/linear-regex.ts'
import { stripColours } from '../format/visible-text.ts'

/** What one answer may hold. */
export const MOST_LINES = 5000
/** A page stays as quick as it is while it looks through lines. */
const SLICE_MS = 12

/** What is looked for in a log. */
export interface LogNeedle {
  text: string
  /** The text is a regular expression. */
  regex: boolean
  matchCase: boolean
}

/** The lines in which something was found, by number. */
export interface LogMatches extends LogNeedle {
  numbers: number[]
  total: number
  /** There are more than `numbers` has. */
  more: boolean
  /** Why it cannot be looked for. */
  problem: string
}

type Read = (query: LogQuery, signal: AbortSignal) => Promise<LogPage>

/** Plain text is looked for by the server; patterns, and case, are looked for here, page by page. */
export class LogFinder {
  matches: LogMatches | null = null
  /** All lines were looked through, or the server was asked to. */
  finished: Promise<void> | undefined
  readonly #read: Read
  readonly #failed: (cause: unknown) => void
  readonly #changed: () => void
  #abort = new AbortController()
  #next: string | null = null
  /** Where what was found stands in its line; without, the server found it. */
  #spans: Map<number, Span[]> | null = null
  #matcher: Matcher | null = null

  /** `read` reads lines of the view. */
  constructor(read: Read, failed: (cause: unknown) => void, changed: () => void) {
    this.#read = read
    this.#failed = failed
    this.#changed = changed
  }

  /** Looks in all lines; resolves with the first of those found. An empty text forgets it. */
  async search(needle: LogNeedle): Promise<void> {
    this.close()
    this.#abort = new AbortController()
    this.#next = null
    this.#spans = this.#matcher = null
    this.finished = undefined
    const { text, regex, matchCase } = needle
    this.matches = text ? { ...needle, numbers: [], total: 0, more: true, problem: '' } : null
    if (!this.matches) return this.#changed()
    try {
      const source = regex ? text : text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      this.#matcher = linearRegex(source, !matchCase)
    } catch (cause) {
      // The server finds a plain text however long it is.
      if (!regex && !matchCase) return this.more()
      this.matches = { ...this.matches, more: false, problem: (cause as Error).message }
      return this.#changed()
    }
    if (!regex && !matchCase) return this.more()
    this.#spans = new Map()
    await new Promise<void>((resolve) => {
      this.finished = this.#scan(resolve).finally(resolve)
    })
  }

  /** Reads on in what the server found. */
  async more(): Promise<void> {
    const found = this.matches
    if (!found?.more || this.#spans) return
    const page = await this.#page({ search: found.text })
    if (!page || this.matches !== found) return
    this.#add(page.entries, page.total)
    this.#changed()
  }

  /** A line that was written since. */
  receive(entry: LogEntryJson): void {
    const found = this.matches
    if (!found || found.problem) return
    // The rest of the log is still being looked through: it ends with this line.
    if (found.more && this.#spans) return
    if (!this.#matches(entry)) return
    const numbers = found.more ? found.numbers : [...found.numbers, entry.n]
    this.matches = { ...found, numbers, total: found.total + 1 }
  }

  /** Where to mark a line; what the server found is looked for again, in what is shown of it. */
  spansOf(n: number, shown: string): readonly Span[] {
    return (this.#spans ? this.#spans.get(n) : this.#matcher?.(shown)) ?? []
  }

  close(): void {
    this.#abort.abort()
  }

  async #scan(foundFirst: () => void): Promise<void> {
    const { signal } = this.#abort
    let since = performance.now()
    for (;;) {
      // All of them: the server would look at colours, too, which nobody sees.
      const page = await this.#page({})
      if (!page || signal.aborted) return
      const found: LogEntryJson[] = []
      for (const entry of page.entries) {
        if (this.#matches(entry)) found.push(entry)
        if (performance.now() - since < SLICE_MS) continue
        await new Promise((resolve) => setTimeout(resolve))
        if (signal.aborted) return
        since = performance.now()
      }
      this.#add(found)
      this.#changed()
      if (found.length > 0) foundFirst()
      if (!this.matches?.more) return
    }
  }

  #matches({ n, text }: LogEntryJson): boolean {
    const spans = this.#matcher?.(stripColours(text))
    if (spans) this.#spans?.set(n, spans)
    return spans != null
  }

  #add(entries: readonly LogEntryJson[], total = 0): void {
    const found = this.matches
    if (!found) return
    const numbers = [...found.numbers, ...entries.map(({ n }) => n)]
    const most = Math.max(found.total, total, numbers.length)
    this.matches = { ...found, numbers, total: most, more: this.#next !== null }
  }

  /** The page after the last one; undefined when it could not be read, or is not wanted any more. */
  async #page(query: LogQuery): Promise<LogPage | undefined> {
    const { signal } = this.#abort
    const cursor = this.#next === null ? {} : { cursor: this.#next }
    try {
      const page = await this.#read({ ...query, limit: MOST_LINES, ...cursor }, signal)
      this.#next = page.next
      return page
    } catch (cause) {
      if (!isAbort(cause) && !signal.aborted) this.#failed(cause)
      return undefined
    }
  }
}
