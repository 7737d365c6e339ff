import type { Clock } from '../../clock.ts'

/**
 * The storage's clock as far as its answers tell: what is due is due by that one, the same for all
 * instances. It goes on by the monotonic clock, so that steps of this machine's clock move nothing.
 */
export class StorageClock {
  readonly #clock: Clock
  /** Storage time at zero of the monotonic clock; null before the first answer. */
  #offset: number | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Epoch ms. Before the first answer this machine's. */
  now(): number {
    return this.at(this.#clock.monotonic())
  }

  /** Epoch ms of an instant of the monotonic clock that has just been. */
  at(monotonic: number): number {
    return this.#offset === null ? this.#clock.now() : Math.floor(monotonic + this.#offset)
  }

  /**
   * The storage said `now` in its answer to what was sent at `sentAt` of the monotonic clock. True
   * when its clock was set since the answer before.
   */
  answered(now: number, sentAt: number): boolean {
    const before = this.#offset
    // It was that late when it answered, some time between both.
    const [least, most] = [now - this.#clock.monotonic(), now - sentAt]
    this.#offset = Math.min(Math.max(before ?? least, least), most)
    return before !== null && Math.abs(this.#offset - before) > STEP_MS
  }
}

const STEP_MS = 100
