import { describeError } from './describe-error.ts'

/** Reports a trouble when it starts, not at every try. */
export class Outage {
  readonly #what: string
  readonly #report: (error: unknown) => void
  #tries = 0

  constructor(what: string, report: (error: unknown) => void) {
    this.#what = what
    this.#report = report
  }

  /** Another try failed; returns how long to wait for the next, with jitter (100 ms to 5 s). */
  failed(error: unknown, random: number): number {
    if (this.#tries++ === 0) {
      this.#report(new Error(`${this.#what}: ${describeError(error).error}`, { cause: error }))
    }
    const ceiling = Math.min(100 * 2 ** (this.#tries - 1), 5_000)
    return ceiling / 2 + (ceiling / 2) * random
  }

  /** It works again. */
  over(): void {
    this.#tries = 0
  }

  get lasting(): boolean {
    return this.#tries > 0
  }
}
