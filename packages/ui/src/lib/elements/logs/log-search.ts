import type { LitElement, ReactiveController } from 'lit'
import { TaskflowLogSearchEvent } from '../../part-events.ts'
import type { RunLog } from '../../store/run-log.ts'

const PAUSE_MS = 200

/** The search in a log: what is looked for, and at which of the matches somebody is. */
export class LogSearch implements ReactiveController {
  /** Zero-based place among the matches; -1 before the first. */
  match = -1
  readonly #host: LitElement & { query: string }
  readonly #logOf: () => RunLog | undefined
  readonly #goTo: (line: number) => Promise<void>
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `goTo` shows a line by its number. */
  constructor(
    host: LitElement & { query: string },
    logOf: () => RunLog | undefined,
    goTo: (line: number) => Promise<void>,
  ) {
    this.#host = host
    this.#logOf = logOf
    this.#goTo = goTo
    host.addController(this)
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
  }

  /** Somebody types: looks for it when they pause. */
  readonly type = (text: string): void => {
    this.#host.query = text
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.find(text), PAUSE_MS)
  }

  /** Looks for a text, and goes to the first line that has it. */
  async find(text: string): Promise<void> {
    const log = this.#logOf()
    if (!log) return
    await log.search(text)
    if (this.#host.query !== text) return
    this.#host.dispatchEvent(new TaskflowLogSearchEvent(text, log.matches?.total ?? 0))
    this.leave()
    if (log.matches && log.matches.numbers.length > 0) await this.step(1)
  }

  /** Goes to the next match or the one before, and from either end to the other. */
  readonly step = async (by: 1 | -1): Promise<void> => {
    const log = this.#logOf()
    if (!log?.matches) return
    const { query } = this.#host
    // The pause after typing is over for who presses Enter.
    if (log.matches.text !== query) return this.find(query)
    if (this.match + by >= log.matches.numbers.length) await log.moreMatches()
    const { numbers } = log.matches
    if (numbers.length === 0) return
    this.#show((this.match + by + numbers.length) % numbers.length)
    const n = numbers[this.match]
    if (n !== undefined) await this.#goTo(n)
  }

  /** Before the first match. */
  leave(): void {
    this.#show(-1)
  }

  #show(match: number): void {
    this.match = match
    this.#host.requestUpdate()
  }
}
