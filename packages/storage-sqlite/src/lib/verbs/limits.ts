import type { FunctionLimit } from '@taskflow/core'
import type { Session } from '../session.ts'
import { toText } from '../text.ts'
import type { Head } from './claim.ts'

/** Forgives what fractions of starts add up to. */
const CLOSE = 1e-6

interface Use {
  limit: FunctionLimit
  running: number
  /** Starts that have not flowed back into the bucket yet; a fraction. */
  used: number
  counted: boolean
}

/** What the limits of functions leave open in one turn, over all instances. */
export class Limits {
  readonly #session: Session
  readonly #now: number
  readonly #uses = new Map<string, Use>()

  constructor(session: Session, limits: readonly FunctionLimit[], now: number) {
    this.#session = session
    this.#now = now
    for (const limit of limits) {
      const running = limit.concurrency === undefined ? 0 : this.#running(limit.funcName)
      const used = limit.rateLimit === undefined ? 0 : this.#used(limit.funcName, limit.rateLimit)
      this.#uses.set(limit.funcName, { limit, running, used, counted: false })
    }
  }

  /** When the next start is allowed: now, later, or null while as many run as may. */
  freeAt(func: string): number | null {
    const use = this.#uses.get(func)
    if (use === undefined) return this.#now
    const { concurrency, rateLimit } = use.limit
    if (concurrency !== undefined && use.running >= concurrency) return null
    if (rateLimit === undefined) return this.#now
    const missing = use.used + 1 - rateLimit.count
    if (missing <= CLOSE) return this.#now
    return this.#now + Math.ceil((missing * rateLimit.perMs) / rateLimit.count - CLOSE)
  }

  /** When the first task of a head is due and allowed. */
  runAt(head: Head): number | null {
    const freeAt = this.freeAt(head.func)
    if (freeAt === null || freeAt <= this.#now) return freeAt === null ? null : head.firstRunAt
    return Math.max(head.firstRunAt, freeAt)
  }

  /** Counts one start; false for a function without limits. */
  count(func: string): boolean {
    const use = this.#uses.get(func)
    if (use === undefined) return false
    use.running += 1
    use.used += 1
    use.counted = true
    return true
  }

  /** Writes down what the rates have counted. */
  save(): void {
    for (const { limit, used, counted } of this.#uses.values()) {
      if (!counted || limit.rateLimit === undefined) continue
      this.#session
        .sql(`insert into {functions} (func, used, used_at, late) values (?, ?, ?, 0)
          on conflict (func) do update set used = excluded.used, used_at = excluded.used_at`)
        .run(toText(limit.funcName), used, this.#now)
    }
  }

  #running(func: string): number {
    const kinds = JSON.stringify(this.#session.kinds.ofFunction(func))
    const row = this.#session
      .sql(`select count(*) as n from {live} indexed by {live_running}
        where state = 3 and kind in (select value from json_each(?))`)
      .get(kinds) as { n: number }
    return row.n
  }

  #used(func: string, rate: NonNullable<FunctionLimit['rateLimit']>): number {
    const row = this.#session
      .sql('select used, used_at as usedAt from {functions} where func = ?')
      .get(toText(func)) as { used: number; usedAt: number } | undefined
    if (row === undefined) return 0
    // A clock that was set back gives nothing back, and takes nothing.
    const flowed = (Math.max(0, this.#now - row.usedAt) * rate.count) / rate.perMs
    return Math.min(rate.count, Math.max(0, row.used - flowed))
  }
}
