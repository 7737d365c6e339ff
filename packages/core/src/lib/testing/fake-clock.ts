import type { Clock } from '../clock.ts'

/** A clock that stands still until it is told otherwise. */
export interface FakeClock extends Clock {
  /** Moves time on; timers fire in order, each with all that follows from it. */
  advance(ms: number): Promise<void>
}

/** Time for tests: give it to a manager as `clock`, and its `now` to a `memoryStorage`. */
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
      now = end
      await settle()
    },
  }
}

/** Lets everything run that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
