import type { SeriesBucket, SeriesQuery, SeriesStorage } from '../parts.ts'
import type { Statistics } from './statistics.ts'

const MAX_STEPS = 2000

/** How tasks ended, over time. */
export class MemorySeries implements SeriesStorage {
  readonly #statistics: Statistics

  constructor(statistics: Statistics) {
    this.#statistics = statistics
  }

  async read({ funcName, since, until, stepMs }: SeriesQuery): Promise<SeriesBucket[]> {
    // Of more steps than are told, the newest.
    const newest = (Math.ceil(until / stepMs) - MAX_STEPS) * stepMs
    const start = Math.max(Math.floor(since / stepMs) * stepMs, newest)
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
      }
    })
  }
}
