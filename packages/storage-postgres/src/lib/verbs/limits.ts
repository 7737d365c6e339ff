import type { ClaimedTask, FunctionLimit } from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import { type Big, numberOf } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { CLOCK } from '../sql.ts'
import { fromText } from '../text.ts'

type Rate = NonNullable<FunctionLimit['rateLimit']>

/** Forgives what fractions of starts add up to. */
const CLOSE = 1e-6

interface FunctionState {
  limit: FunctionLimit
  running: number
  /** Starts that have not flowed back yet at `usedAt`; a fraction. */
  used: number
  usedAt: number | null
}

/**
 * What the limits of functions leave open in one turn. Who has locked their rows counts what runs in
 * a statement after that, and claims in the next: in one statement, two would count the same places.
 */
export class Limits {
  readonly #functions: Map<string, FunctionState>
  /** The clock once the functions were locked: read before, it would be older than what others wrote. */
  readonly now: number

  private constructor(functions: Map<string, FunctionState>, now: number) {
    this.#functions = functions
    this.now = now
  }

  /** Locks the functions, in the order of their names, and counts. `now` replaces the clock. */
  static async lock(
    runner: Runner,
    limits: FunctionLimit[],
    now: number | undefined,
  ): Promise<Limits> {
    const byName = new Map(limits.map((limit) => [limit.funcName, limit]))
    const names = texts([...byName.keys()].sort())
    await runner.run(
      `insert into {functions} (func) select func from unnest($1::text[]) as x (func)
        where (select 1 from {functions} as f where f.func = x.func) is null
        on conflict (func) do nothing`,
      [names],
    )
    const rows = await runner.run<{ func: string; used: number; used_at: Big | null }>(
      `select func, used, used_at from {functions} where func = any ($1::text[])
        order by func for update`,
      [names],
    )
    const [clock, ...counts] = await runner.run<{ func: string; n: Big }>(
      `select '' as func, ${CLOCK} as n union all
        select func, count(*) from {live} where state = 3 and func = any ($1::text[]) group by func`,
      [names],
    )
    const running = new Map(counts.map(({ func, n }) => [fromText(func), numberOf(n)]))
    const functions = new Map<string, FunctionState>()
    for (const row of rows) {
      const name = fromText(row.func)
      const limit = byName.get(name)
      if (limit === undefined) continue
      const usedAt = numberOf(row.used_at)
      functions.set(name, { limit, running: running.get(name) ?? 0, used: row.used, usedAt })
    }
    return new Limits(functions, now ?? numberOf(clock?.n ?? 0))
  }

  /** How many of each function may start now. */
  caps(): { names: string; counts: string } {
    const names = [...this.#functions.keys()]
    return { names: texts(names), counts: numbers(names.map((name) => this.#open(name))) }
  }

  /** Counts what was claimed, and writes down what that used of rates. */
  async count(runner: Runner, claimed: ClaimedTask[]): Promise<void> {
    const changed = new Map<string, number>()
    for (const { funcName } of claimed) {
      const state = this.#functions.get(funcName)
      if (state === undefined) continue
      state.running += 1
      if (state.limit.rateLimit === undefined) continue
      state.used = this.#used(state, state.limit.rateLimit) + 1
      state.usedAt = this.now
      changed.set(funcName, state.used)
    }
    if (changed.size === 0) return
    await runner.run(
      `with x as materialized (
          select x.used, f.at from unnest($1::text[], $2::float8[]) as x (func, used)
          cross join lateral (
            select ctid as at from {functions} where func = x.func for update) as f)
        update {functions} as f set used = x.used, used_at = $3::bigint from x where f.ctid = x.at`,
      [texts([...changed.keys()]), numbers([...changed.values()]), this.now],
    )
  }

  /** When a task of a function that is due then may start; null while as many run as may. */
  runAt(funcName: string, dueAt: number): number | null {
    const state = this.#functions.get(funcName)
    if (state === undefined) return dueAt
    const { concurrency = Number.POSITIVE_INFINITY, rateLimit } = state.limit
    if (state.running >= concurrency) return null
    if (rateLimit === undefined) return dueAt
    const missing = this.#used(state, rateLimit) + 1 - rateLimit.count
    if (missing <= CLOSE) return dueAt
    const waitMs = Math.ceil((missing * rateLimit.perMs) / rateLimit.count - CLOSE)
    return Math.max(dueAt, this.now + waitMs)
  }

  #open(funcName: string): number {
    const state = this.#functions.get(funcName)
    if (state === undefined) return 0
    const { concurrency = Number.POSITIVE_INFINITY, rateLimit } = state.limit
    const places = Math.max(0, concurrency - state.running)
    const starts =
      rateLimit === undefined
        ? Number.POSITIVE_INFINITY
        : Math.floor(rateLimit.count - this.#used(state, rateLimit) + CLOSE)
    return Math.max(0, Math.min(places, starts, 1_000_000))
  }

  #used({ used, usedAt }: FunctionState, rate: Rate): number {
    if (usedAt === null) return 0
    // A clock that was set back gives nothing back, and takes nothing.
    const flowed = (Math.max(0, this.now - usedAt) * rate.count) / rate.perMs
    return Math.min(rate.count, Math.max(0, used - flowed))
  }
}
