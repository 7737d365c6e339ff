import type { LogLevel, LogStream, TaskProgress } from '../record.ts'
import type { NewLogEntry } from '../storage/contract.ts'

const MAX_LINE = 65_536

/** Lines of one attempt that the storage does not have yet. */
export class AttemptLog {
  readonly #attempt: number
  readonly #maxLines: number
  readonly #maxBytes: number
  #entries: NewLogEntry[] = []
  #progress: TaskProgress | undefined
  #written: number
  #bytes = 0
  #dropped = 0
  /** A flush that is under way. */
  #flushing: Promise<void> | null = null

  constructor(options: { attempt: number; written: number; maxLines: number; maxBytes: number }) {
    this.#attempt = options.attempt
    this.#written = options.written
    this.#maxLines = options.maxLines
    this.#maxBytes = options.maxBytes
  }

  /** False when the task's log is full and the line was dropped. */
  add(stream: LogStream, level: LogLevel, text: string, at: number): boolean {
    if (this.#written >= this.#maxLines || this.#bytes >= this.#maxBytes) {
      this.#dropped++
      return false
    }
    const line = text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text
    this.#entries.push({ at, stream, level, text: line, attempt: this.#attempt })
    this.#written++
    this.#bytes += line.length
    return true
  }

  /** Lines that somebody else did not even hand over. */
  drop(lines: number): void {
    this.#dropped += lines
  }

  progress(progress: TaskProgress): void {
    this.#progress = progress
  }

  /** Hands unsaved lines to `save`, unless there are none or a flush is under way. */
  flush(save: (entries: NewLogEntry[], progress: TaskProgress | undefined) => Promise<void>): void {
    if (this.#flushing || (this.#entries.length === 0 && !this.#progress)) return
    const entries = this.#entries
    const progress = this.#progress
    this.#entries = []
    this.#progress = undefined
    this.#flushing = save(entries, progress)
      .catch(() => {
        // Not known to be stored: shown twice is better than lost.
        this.#entries = [...entries, ...this.#entries]
        this.#progress ??= progress
      })
      .finally(() => {
        this.#flushing = null
      })
  }

  /** Resolves when a flush under way has ended; null while there is none. */
  get flushing(): Promise<void> | null {
    return this.#flushing
  }

  /** What is left for the settlement, while no flush is under way. */
  rest(at: number): NewLogEntry[] {
    if (this.#dropped > 0) {
      const text = `… ${this.#dropped} more lines were not kept: the log is full`
      this.#entries.push({ at, stream: 'log', level: 'warn', text, attempt: this.#attempt })
      this.#dropped = 0
    }
    return this.#entries
  }
}
