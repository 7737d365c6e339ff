import type { LogLevel, LogStream } from '../../record.ts'
import { describeError } from '../../run/describe-error.ts'
import type { AttemptLimits } from '../../run/executor.ts'
import type { Output } from './wire.ts'

/** Twice what the log keeps of a line: secrets are masked before it cuts. */
const MAX_TEXT = 131_072
/** Lines in a message. */
const MAX_BATCH = 1_000
/** So many writes go out by themselves, at once: a loop that never yields is followed too. */
const MAX_ALONE = 20
/** After this long, one more. */
const PAUSE_MS = 10

/**
 * Sends what an attempt writes in the worker, and gathers what comes in bursts: one message a tick,
 * and some while a tick lasts. What is beyond the limits of the log stays here and is only counted.
 */
export class Outbox {
  readonly #limits: AttemptLimits
  readonly #send: (output: Output) => void
  #output: Output | null = null
  #lines = 0
  #chars = 0
  #alone = MAX_ALONE
  #countedAt = performance.now()
  #armed = false
  #closed = false

  constructor(limits: AttemptLimits, send: (output: Output) => void) {
    this.#limits = limits
    this.#send = send
  }

  write(stream: LogStream, level: LogLevel, message: unknown): void {
    if (this.#closed) return
    const output = this.#open()
    if (this.#lines >= this.#limits.maxLogLines || this.#chars >= this.#limits.maxLogBytes) {
      output.dropped++
      return
    }
    const text = textOf(message)
    output.lines.push([stream, level, text])
    this.#lines++
    this.#chars += text.length
    this.#soon(output)
  }

  progress(fraction: unknown, message: unknown): void {
    if (this.#closed) return
    const output = this.#open()
    const bounded = Math.min(Math.max(Number(fraction) || 0, 0), 1)
    output.progress = [bounded, message == null ? undefined : textOf(message)]
    this.#soon(output)
  }

  /** Sends what there is. */
  flush(): void {
    const output = this.#output
    this.#output = null
    if (output === null) return
    this.#send(output)
  }

  /** The attempt is over: hands out what is left, and takes nothing more. */
  close(): Output | null {
    this.#closed = true
    const output = this.#output
    this.#output = null
    return output
  }

  #open(): Output {
    this.#output ??= { lines: [], dropped: 0, progress: null }
    // Also for lines that are only counted: they must reach the record some time.
    if (!this.#armed) {
      this.#armed = true
      setImmediate(() => {
        this.#armed = false
        this.flush()
      })
    }
    return this.#output
  }

  #soon(output: Output): void {
    const now = performance.now()
    this.#alone = Math.min(MAX_ALONE, this.#alone + (now - this.#countedAt) / PAUSE_MS)
    this.#countedAt = now
    if (this.#alone >= 1) this.#alone--
    else if (output.lines.length < MAX_BATCH) return
    this.flush()
  }
}

function textOf(message: unknown): string {
  const text = typeof message === 'string' ? message : describeError(message).error
  return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text
}
