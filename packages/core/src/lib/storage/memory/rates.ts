import type { FunctionLimit } from '../contract.ts'

export type Rate = NonNullable<FunctionLimit['rateLimit']>

interface Bucket {
  /** Starts that have not flowed back yet; a fraction. */
  used: number
  at: number
}

/** Forgives what fractions of starts add up to. */
const CLOSE = 1e-6

/** How many starts each function's rate has left. */
export class Rates {
  readonly #buckets = new Map<string, Bucket>()

  /** When the rate lets the next start through: not before `now`. */
  freeAt(funcName: string, rate: Rate, now: number): number {
    const missing = this.#used(funcName, rate, now) + 1 - rate.count
    return missing <= CLOSE ? now : now + Math.ceil((missing * rate.perMs) / rate.count - CLOSE)
  }

  count(funcName: string, rate: Rate, now: number): void {
    this.#buckets.set(funcName, { used: this.#used(funcName, rate, now) + 1, at: now })
  }

  #used(funcName: string, rate: Rate, now: number): number {
    const bucket = this.#buckets.get(funcName)
    if (!bucket) return 0
    // A clock that was set back gives nothing back, and takes nothing.
    const flowed = (Math.max(0, now - bucket.at) * rate.count) / rate.perMs
    return Math.min(rate.count, Math.max(0, bucket.used - flowed))
  }
}
