import type { Clock } from '../clock.ts'

/** A clock that stands still until it is told otherwise. */
export interface FakeClock extends Clock {
  /**
   * Moves time on. Timers fire in order, each with all that follows from it without waiting for
   * anything real; what reads a file or a socket may still be under way. `advance(0)` fires what is
   * due now.
   *
   * @throws RangeError for less than 0.
   */
  advance(ms: number): Promise<void>
}

// Taken now: the fake timers of a test runner, installed later, would never let it return.
const nextTurn = globalThis.setImmediate

/**
 * Time for tests, of what takes a `clock`. `testManager` has one already.
 *
 * @param startAt what it shows at first, epoch ms. [the start of 2026, UTC]
 */
export function fakeClock(startAt = Date.UTC(2026, 0, 1)): FakeClock {
  const timers = new Set<{ at: number; callback: () => void }>()
  let now = startAt
  return {
    now: () => now,
    monotonic: () => now - startAt,
    after(delayMs, callback) {
      const timer = { at: now + Math.max(0, delayMs), callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    hold: () => () => {},
    async advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`advance: expected milliseconds of 0 or more, got ${ms}`)
      const end = now + ms
      await settle()
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (!next) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.callback()
        await settle()
      }
      now = Math.max(now, end)
      await settle()
    },
  }
}

/** Lets everything run that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => nextTurn(resolve))
}
