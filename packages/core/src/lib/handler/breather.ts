import { systemClock } from '../clock.ts'

/** Longer than this nobody has the event loop alone. */
const LONGEST_MS = 10

/**
 * Lets others have the event loop while many pages are looked through: a storage in memory answers
 * within the turn that asks, so that awaiting it lets nobody in.
 */
export class Breather {
  #since = systemClock.monotonic()

  /** Call between steps that are short by themselves. */
  async breathe(): Promise<void> {
    if (systemClock.monotonic() - this.#since < LONGEST_MS) return
    await new Promise<void>((resolve) => setImmediate(resolve))
    this.#since = systemClock.monotonic()
  }
}
