/**
 * Where core takes time and timers from; nothing else in core reads a clock. Durations and liveness
 * use `monotonic`, instants `now`.
 */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Milliseconds that never go back or jump. */
  monotonic(): number
  /** Calls back once after `delayMs`, however long that is; returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void
  /** Keeps the process alive until what it returns is called. */
  hold(): () => void
}

/** The range of Date, which all that shows an instant needs: this far from 1970, either way. */
export const LAST_INSTANT = 8.64e15

/** Due times further away lie beyond what a Date, and so the dashboard, can show. */
export const LONGEST_DELAY_MS = 8e15

// Node fires a longer timer after one millisecond.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The real clock. Its timers do not keep a process alive, `hold` does. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    let timer: NodeJS.Timeout
    const wait = (left: number) => {
      const step = Math.min(Math.max(left, 0), LONGEST_TIMER_MS)
      timer = setTimeout(() => (left > step ? wait(left - step) : callback()), step)
      timer.unref()
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
  hold() {
    const timer = setInterval(() => {}, LONGEST_TIMER_MS)
    return () => clearInterval(timer)
  },
}
