import type { SeriesQuery, SeriesStorage, StoredSeriesBucket, WaitCount } from '../parts.ts'
import type { Statistics } from './statistics.ts'
import { MemoryWaits } from './waits.ts'

const MAX_STEPS = 2000

/** How tasks ended, over time. */
export class MemorySeries implements SeriesStorage {
  readonly #statistics: Statistics
  readonly #waits = new MemoryWaits()

  constructor(statistics: Statistics) {
    this.#statistics = statistics
  }

  async read({ funcName, since, until, stepMs }: SeriesQuery): Promise<StoredSeriesBucket[]> {
    // Of more steps than are told, the newest.
    const newest = (Math.ceil(until / stepMs) - MAX_STEPS) * stepMs
    const start = Math.max(Math.floor(since / stepMs) * stepMs, newest)
    const waits = this.#waits.steps(start, until, stepMs, funcName)
    return this.#statistics.steps(start, until, stepMs, funcName).map((tally, n) => {
      const { avgDurationMs, p95DurationMs } = tally.durations()
      return {
        at: start + n * stepMs,
        success: tally.count('success'),
        failed: tally.count('failed'),
        interrupted: tally.count('interrupted'),
        cancelled: tally.count('cancelled'),
        avgDurationMs,
        p95DurationMs,
        waits: waits[n] ?? [],
      }
    })
  }

  async countWaits({ waits }: { waits: WaitCount[] }): Promise<void> {
    this.#waits.add(waits)
  }
}
