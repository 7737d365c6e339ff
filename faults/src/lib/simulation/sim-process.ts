import type { Clock } from '@taskflow/core'
import type { VirtualTime } from './virtual-time.ts'

/** When all worlds begin, epoch ms. */
const BEGINNING = Date.UTC(2026, 0, 1)

/** What a storage's or a process's clock shows, which may be set. */
export const epochOf = (time: VirtualTime, offsetMs = 0) =>
  Math.floor(BEGINNING + time.now + offsetMs)

/**
 * A process of the simulated world. All that its code waits for comes through `deliver`: so it can
 * stand still, as when stopped or when its event loop is blocked, and die at any moment, with its
 * requests still under way.
 */
export class SimProcess {
  readonly clock: Clock
  alive = true
  /** Its packets go nowhere. */
  cutOff = false
  /** How far its clock is off. */
  skewMs = 0
  readonly #time: VirtualTime
  #pausedUntil = 0
  readonly #held: (() => void)[] = []
  readonly #timers = new Set<object>()

  constructor(time: VirtualTime) {
    this.#time = time
    const bornAt = time.now
    this.clock = {
      now: () => epochOf(time, this.skewMs),
      monotonic: () => time.now - bornAt,
      after: (delayMs, callback) => {
        const timer = {}
        this.#timers.add(timer)
        const forget = time.after(delayMs, () =>
          this.deliver(() => {
            // It may be cancelled while the process stands still.
            if (this.#timers.delete(timer)) callback()
          }),
        )
        return () => {
          this.#timers.delete(timer)
          forget()
        }
      },
      hold: () => () => {},
    }
  }

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size
  }

  get paused(): boolean {
    return this.#time.now < this.#pausedUntil
  }

  /** Lets the process's code go on: now, when it runs again, or never. */
  deliver(event: () => void): void {
    if (!this.alive) return
    if (this.paused) this.#held.push(event)
    else event()
  }

  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#time.now + ms)
    this.#time.after(ms, () => this.#goOn())
  }

  resume(): void {
    this.#pausedUntil = 0
    this.#goOn()
  }

  crash(): void {
    this.alive = false
    this.#held.length = 0
  }

  #goOn(): void {
    if (this.paused) return
    // Each as an event of its own.
    for (const event of this.#held.splice(0)) this.#time.after(0, () => this.deliver(event))
  }
}
