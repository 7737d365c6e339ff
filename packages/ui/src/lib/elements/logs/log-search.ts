import type { LitElement, ReactiveController } from 'lit'
import { TaskflowLogSearchEvent } from '../../part-events.ts'
import type { LogMatches, LogNeedle } from '../../store/log-finder.ts'
import type { RunLog } from '../../store/run-log.ts'

const PAUSE_MS = 200

interface Host extends LitElement {
  query: string
  regex: boolean
  matchCase: boolean
}

/** The search in a log: what is looked for, and at which of the matches somebody is. */
export class LogSearch implements ReactiveController {
  /** Zero-based place among the matches; -1 before the first. */
  match = -1
  readonly #host: Host
  readonly #logOf: () => RunLog | undefined
  readonly #goTo: (line: number) => Promise<void>
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `goTo` shows a line by its number. */
  constructor(host: Host, logOf: () => RunLog | undefined, goTo: (line: number) => Promise<void>) {
    this.#host = host
    this.#logOf = logOf
    this.#goTo = goTo
    host.addController(this)
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
  }

  get matches(): LogMatches | null {
    return this.#logOf()?.finder.matches ?? null
  }

  /** Somebody types: looks for it when they pause. */
  readonly type = (text: string): void => {
    this.#host.query = text
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.find(), PAUSE_MS)
  }

  /** Looks for what the element asks for, and goes to the first line that has it. */
  async find(): Promise<void> {
    const log = this.#logOf()
    if (!log) return
    const needle = this.#needle()
    this.#show(-1)
    await log.finder.search(needle)
    if (!isSame(needle, this.#needle())) return
    if (this.matches && this.matches.numbers.length > 0) await this.step(1)
    await log.finder.finished
    if (!isSame(needle, this.#needle())) return
    this.#host.dispatchEvent(new TaskflowLogSearchEvent(needle.text, this.matches?.total ?? 0))
  }

  /** Goes to the next match or the one before, and from either end to the other. */
  readonly step = async (by: 1 | -1): Promise<void> => {
    const finder = this.#logOf()?.finder
    if (!finder?.matches) return
    // The pause after typing is over for who presses Enter.
    if (!isSame(finder.matches, this.#needle())) return this.find()
    if (this.match + by >= finder.matches.numbers.length) await finder.more()
    const { numbers } = finder.matches
    if (numbers.length === 0) return
    this.#show((this.match + by + numbers.length) % numbers.length)
    const n = numbers[this.match]
    if (n !== undefined) await this.#goTo(n)
  }

  /** Before the first match. */
  leave(): void {
    this.#show(-1)
  }

  /** It was asked for something else than what was looked for. */
  get isStale(): boolean {
    return !isSame(this.matches ?? { ...this.#needle(), text: '' }, this.#needle())
  }

  #needle(): LogNeedle {
    const { query: text, regex, matchCase } = this.#host
    return { text, regex, matchCase }
  }

  #show(match: number): void {
    this.match = match
    this.#host.requestUpdate()
  }
}

function isSame(a: LogNeedle, b: LogNeedle): boolean {
  return a.text === b.text && a.regex === b.regex && a.matchCase === b.matchCase
}
