import { asUnavailable, TaskflowError } from '../errors.ts'
import type { LifecycleEvent } from '../observers/observer.ts'
import type { ResolvedOptions } from './options.ts'

/** The storage is counted this often at most. */
const COUNT_MS = 1_000

/**
 * Refuses what would make the queue deeper than `maxPending`. The storage's count of pending tasks
 * is at most a second old, corrected by what this instance stored and started since; so several
 * instances may go beyond the limit by what the others store within a second.
 */
export class QueueDepth {
  readonly #options: ResolvedOptions
  readonly #open: () => Promise<void>
  readonly #max: number
  #pending = 0
  /** Admitted and not stored yet. */
  #underWay = 0
  #countedAt = Number.NEGATIVE_INFINITY
  #counting: Promise<void> | null = null

  constructor(options: ResolvedOptions, max: number, open: () => Promise<void>) {
    this.#options = options
    this.#max = max
    this.#open = open
  }

  /**
   * Makes room for `count` tasks, all or none, until each is `decided`.
   *
   * @throws TaskflowError `throttled` when the queue is too deep for them.
   */
  async admit(count: number): Promise<void> {
    if (this.#options.clock.monotonic() - this.#countedAt >= COUNT_MS) {
      this.#counting ??= this.#count().finally(() => {
        this.#counting = null
      })
      await this.#counting
    }
    const pending = this.#pending + this.#underWay
    if (pending + count > this.#max) {
      throw new TaskflowError(
        'throttled',
        `enqueue: maxPending: expected at most ${this.#max} pending tasks, there are ${pending} and ${count} more`,
      )
    }
    this.#underWay += count
  }

  /** So many of those admitted are stored, and told by `notice`, or they will not be. */
  decided(count: number): void {
    this.#underWay -= count
  }

  /** A step that this instance took. */
  notice({ step }: Pick<LifecycleEvent, 'step'>): void {
    if (step === 'accepted' || step === 'retrying' || step === 'requeued') this.#pending++
    else if (step === 'started') this.#pending = Math.max(0, this.#pending - 1)
  }

  async #count(): Promise<void> {
    await this.#open()
    try {
      const [metrics] = await this.#options.storage.metrics({ queries: [{}] })
      this.#pending = metrics?.pending ?? 0
      this.#countedAt = this.#options.clock.monotonic()
    } catch (error) {
      throw asUnavailable(error, 'no')
    }
  }
}
