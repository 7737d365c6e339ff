/** A longer timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** First and longest pause between two attempts to connect. */
export const FIRST_DELAY_MS = 500
export const LONGEST_DELAY_MS = 30_000

/**
 * How long to wait before the next attempt to connect: full jitter, so that the clients of a
 * restarted server do not all come back at once. After 1, 2, 3… failures at most 0.5, 1, 2 … 30 s.
 * `minimumMs` is what the server asked for (`retry:`, `Retry-After`); the jitter comes on top of it.
 */
export function reconnectDelay(failures: number, minimumMs = 0, random = Math.random): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1))
  return Math.min(Math.round(minimumMs + random() * ceiling), LONGEST_TIMER_MS)
}
