import type { StoredSeriesBucket, WaitCount } from '../parts.ts'

const HOUR_MS = 3_600_000
/** Minutes are told apart for this long, then only hours are. */
const MINUTES_KEPT_MS = 48 * HOUR_MS

type Waits = StoredSeriesBucket['waits']

/** How long tasks waited, by when they started. */
export class MemoryWaits {
  /** By the first instant of a minute, or of an hour of what is older; no two of the same length. */
  readonly #spans = new Map<number, WaitCount[]>()
  #newest = 0

  add(waits: readonly WaitCount[]): void {
    for (const wait of waits) this.#add(wait, wait.at)
    const newest = Math.max(this.#newest, ...waits.map(({ at }) => at))
    if (newest === this.#newest) return
    this.#newest = newest
    const before = floor(newest - MINUTES_KEPT_MS, HOUR_MS)
    for (const [at, counts] of this.#spans) {
      const hour = floor(at, HOUR_MS)
      if (at >= before || at === hour) continue
      this.#spans.delete(at)
      for (const wait of counts) this.#add(wait, hour)
    }
  }

  /** One for each step from `since` until `until`. */
  steps(since: number, until: number, stepMs: number, funcName: string | undefined): Waits[] {
    const length = Math.max(0, Math.ceil((until - since) / stepMs))
    const steps = Array.from({ length }, () => new Map<number, number>())
    for (const [at, counts] of this.#spans) {
      const step = at < until ? steps[Math.floor((at - since) / stepMs)] : undefined
      if (!step) continue
      for (const { funcName: func, waitMs, n } of counts) {
        if ((funcName ?? func) === func) step.set(waitMs, (step.get(waitMs) ?? 0) + n)
      }
    }
    return steps.map((step) =>
      [...step].map(([waitMs, n]) => ({ waitMs, n })).sort((a, b) => a.waitMs - b.waitMs),
    )
  }

  #add({ funcName, waitMs, n }: WaitCount, at: number): void {
    const counts = this.#spans.get(at) ?? []
    this.#spans.set(at, counts)
    const known = counts.find((one) => one.funcName === funcName && one.waitMs === waitMs)
    if (known) known.n += n
    else counts.push({ funcName, at, waitMs, n })
  }
}

const floor = (instant: number, span: number) => Math.floor(instant / span) * span
