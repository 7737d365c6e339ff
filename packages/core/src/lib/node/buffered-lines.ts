import type { Clock } from '../clock.ts'
import { Outage } from '../run/outage.ts'
import type { LogFile } from './log-file.ts'

export interface BufferedLinesOptions {
  /** Names it in errors. */
  name: string
  /** Characters that may wait. */
  maxLength: number
  clock: Clock
  /** A line that says how many are missing here. */
  gap: (dropped: number) => string
}

/** Lines on their way into a file: they gather while a write is under way, and while none succeeds. */
export class BufferedLines {
  readonly #file: LogFile
  readonly #options: BufferedLinesOptions
  readonly #outage: Outage
  readonly #lines: string[] = []
  #length = 0
  #dropped = 0
  #writing: Promise<void> | null = null
  #cancelRetry: (() => void) | null = null
  /** What nobody was told of yet. */
  #trouble: unknown

  constructor(file: LogFile, options: BufferedLinesOptions) {
    this.#file = file
    this.#options = options
    this.#outage = new Outage(`${options.name}: lines wait`, (error) => {
      this.#trouble = error
    })
  }

  /** Takes a line. Rejects when writing began to fail, not for every line that waits because of it. */
  add(line: string): void | Promise<void> {
    const { name, maxLength } = this.#options
    if (this.#length + line.length > maxLength) {
      if (this.#dropped++ > 0) return
      return Promise.reject(new Error(`${name}: the buffer is full, lines are dropped`))
    }
    this.#closeGap()
    this.#push(line)
    if (!this.#writing && !this.#cancelRetry) return this.#write()
  }

  /** Writes what waits and closes the file; rejects when that fails, and forgets the lines. */
  async flush(): Promise<void> {
    await this.#writing
    this.#closeGap()
    let cause: unknown
    if (this.#lines.length > 0) {
      await this.#write().catch((error) => {
        cause = error
      })
    }
    this.#cancelRetry?.()
    this.#cancelRetry = null
    await this.#file.close()
    const left = this.#lines.splice(0).length
    this.#length = 0
    if (left > 0) {
      throw new Error(`${this.#options.name}: ${left} lines could not be written`, { cause })
    }
  }

  #push(line: string): void {
    this.#lines.push(line)
    this.#length += line.length
  }

  #closeGap(): void {
    if (this.#dropped === 0) return
    this.#push(this.#options.gap(this.#dropped))
    this.#dropped = 0
  }

  async #write(): Promise<void> {
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#writing = this.#writeAll()
    await this.#writing
    const trouble = this.#trouble
    this.#trouble = undefined
    if (trouble) throw trouble
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#lines.length > 0) {
        const written = await this.#file.append(this.#lines)
        for (const line of this.#lines.splice(0, written)) this.#length -= line.length
        this.#outage.over()
      }
    } catch (error) {
      const waitMs = this.#outage.failed(error, Math.random())
      this.#cancelRetry = this.#options.clock.after(waitMs, () => this.#retry())
    } finally {
      // Here, not where it is awaited: a line that comes in between would have nobody to write it.
      this.#writing = null
    }
  }

  #retry(): void {
    this.#cancelRetry = null
    this.#write().catch((error) => {
      // There is no caller to tell: the next one is told.
      this.#trouble = error
    })
  }
}
