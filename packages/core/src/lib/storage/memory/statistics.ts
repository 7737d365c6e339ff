import type { Row } from './row.ts'
import { Tally } from './tally.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** Minutes are told apart for this long, then only hours are. */
const MINUTES_KEPT_MS = 48 * HOUR_MS

type Tallies = Map<string, Tally>

/** Tallies per function: of all that exists, and over time of what ever happened. */
export class Statistics {
  #existing: Tallies = new Map()
  /** By the first instant of the minute. */
  readonly #minutes = new Map<number, Tallies>()
  /** By the first instant of the hour: of minutes that are no longer told apart. */
  readonly #hours = new Map<number, Tallies>()
  #newest = 0
  readonly #late = new Map<string, number>()

  ended(row: Row): void {
    const minute = floor(row.endTime ?? 0, MINUTE_MS)
    tallyOf(this.#existing, row.funcName).add(row)
    tallyOf(talliesOf(this.#minutes, minute), row.funcName).add(row)
    if (minute <= this.#newest) return
    this.#newest = minute
    this.#fold(floor(minute - MINUTES_KEPT_MS, HOUR_MS))
  }

  /** Counts a settlement that came too late. */
  late(funcName: string): void {
    this.#late.set(funcName, (this.#late.get(funcName) ?? 0) + 1)
  }

  lateSettlements(funcName: string | undefined): number {
    if (funcName !== undefined) return this.#late.get(funcName) ?? 0
    let n = 0
    for (const count of this.#late.values()) n += count
    return n
  }

  /** Counts what exists anew, after some of it was deleted. */
  recount(rows: Iterable<Row>): void {
    this.#existing = new Map()
    for (const row of rows) tallyOf(this.#existing, row.funcName).add(row)
  }

  existing(funcName: string | undefined): Tally {
    const total = new Tally()
    addUp(total, this.#existing, funcName)
    return total
  }

  since(instant: number, funcName: string | undefined): Tally {
    const total = new Tally()
    for (const [at, tallies] of this.#hours) {
      if (at >= floor(instant, HOUR_MS)) addUp(total, tallies, funcName)
    }
    for (const [at, tallies] of this.#minutes) {
      if (at >= floor(instant, MINUTE_MS)) addUp(total, tallies, funcName)
    }
    return total
  }

  lastFullMinute(now: number, funcName: string | undefined): number {
    const total = new Tally()
    addUp(total, this.#minutes.get(floor(now, MINUTE_MS) - MINUTE_MS), funcName)
    let n = 0
    for (const count of total.counts.values()) n += count
    return n
  }

  /** One tally for each step from `since` (the first instant of a step) until `until`. */
  steps(since: number, until: number, stepMs: number, funcName: string | undefined): Tally[] {
    const length = Math.max(0, Math.ceil((until - since) / stepMs))
    const steps = Array.from({ length }, () => new Tally())
    for (const spans of [this.#hours, this.#minutes]) {
      for (const [at, tallies] of spans) {
        const step = steps[Math.floor((at - since) / stepMs)]
        if (step && at < until) addUp(step, tallies, funcName)
      }
    }
    return steps
  }

  /** Adds minutes up to their hour, those before the first instant of an hour. */
  #fold(before: number): void {
    for (const [minute, tallies] of this.#minutes) {
      if (minute >= before) continue
      const hour = talliesOf(this.#hours, floor(minute, HOUR_MS))
      for (const [funcName, tally] of tallies) tallyOf(hour, funcName).merge(tally)
      this.#minutes.delete(minute)
    }
  }
}

const floor = (instant: number, span: number) => Math.floor(instant / span) * span

function talliesOf(spans: Map<number, Tallies>, at: number): Tallies {
  const tallies = spans.get(at) ?? new Map<string, Tally>()
  spans.set(at, tallies)
  return tallies
}

function tallyOf(tallies: Tallies, funcName: string): Tally {
  const tally = tallies.get(funcName) ?? new Tally()
  tallies.set(funcName, tally)
  return tally
}

function addUp(total: Tally, tallies: Tallies | undefined, funcName: string | undefined): void {
  if (!tallies) return
  if (funcName === undefined) for (const tally of tallies.values()) total.merge(tally)
  else {
    const tally = tallies.get(funcName)
    if (tally) total.merge(tally)
  }
}
