import type { ClaimedTask } from '../storage/contract.ts'
import type { WaitCount } from '../storage/parts.ts'
import type { ResolvedOptions } from './options.ts'
import type { StorageClock } from './schedules/storage-clock.ts'

const MINUTE_MS = 60_000
const LONGEST_MS = 2 ** 31 - 1

/**
 * Counts how long tasks waited before they started here. The storage is told with the beats: what a
 * start costs is an addition, and its statements stay as they are. What a crash takes along are the
 * counts of a few seconds.
 */
export class Waits {
  readonly #options: Pick<ResolvedOptions, 'storage' | 'onError'>
  readonly #clock: () => Pick<StorageClock, 'now' | 'at'>
  /** Of the minute under way, per function by length. */
  readonly #counts = new Map<string, Map<number, number>>()
  #minute = 0
  /** Starts in a row that are alike, as most are. */
  #name = ''
  #waitMs = 0
  #n = 0
  /** Of minutes before. */
  #rest: WaitCount[] = []
  #flushing: Promise<void> | null = null

  constructor(
    options: Pick<ResolvedOptions, 'storage' | 'onError'>,
    clock: () => Pick<StorageClock, 'now' | 'at'>,
  ) {
    this.#options = options
    this.#clock = clock
  }

  /** @param monotonic when it started, by the monotonic clock. */
  started(
    { funcName, runAt, fence, attemptsMade, dependsOn }: ClaimedTask,
    monotonic: number,
  ): void {
    if (this.#options.storage.series === undefined) return
    // When the last parent let it go is not stored, nor when it was taken over or given back.
    if (fence !== attemptsMade || (attemptsMade === 1 && dependsOn.length > 0)) return
    const now = this.#clock().at(monotonic)
    if (now >= this.#minute + MINUTE_MS || now < this.#minute) this.#turn(now)
    const waitMs = roundedWait(now - runAt)
    if (waitMs !== this.#waitMs || funcName !== this.#name) {
      this.#addUp()
      this.#name = funcName
      this.#waitMs = waitMs
    }
    this.#n += 1
  }

  /** Hands over what was counted. One at a time: what comes meanwhile goes along with the next. */
  flush(): void {
    if (this.#flushing !== null) return
    this.#turn(this.#clock().now())
    const waits = this.#rest
    if (waits.length === 0) return
    this.#rest = []
    this.#flushing = this.#send(waits).finally(() => {
      this.#flushing = null
    })
  }

  /** Hands over the rest. */
  async close(): Promise<void> {
    await this.#flushing
    this.flush()
    await this.#flushing
  }

  /** Lost when it fails: whether it was counted may be unknown, and twice would be wrong. */
  async #send(waits: WaitCount[]): Promise<void> {
    try {
      await this.#options.storage.series?.countWaits({ waits })
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #addUp(): void {
    if (this.#n === 0) return
    const counts = this.#counts.get(this.#name) ?? new Map<number, number>()
    this.#counts.set(this.#name, counts)
    counts.set(this.#waitMs, (counts.get(this.#waitMs) ?? 0) + this.#n)
    this.#n = 0
  }

  #turn(now: number): void {
    this.#addUp()
    for (const [funcName, counts] of this.#counts) {
      for (const [waitMs, n] of counts) this.#rest.push({ funcName, at: this.#minute, waitMs, n })
    }
    this.#counts.clear()
    this.#minute = Math.floor(now / MINUTE_MS) * MINUTE_MS
  }
}

/** Eight lengths per doubling, at most 6.25 % off; without a logarithm, for it is done per start. */
export function roundedWait(ms: number): number {
  const whole = Math.min(Math.max(0, Math.round(ms)), LONGEST_MS)
  if (whole < 16) return whole
  const shift = 28 - Math.clz32(whole)
  return ((whole >> shift) << shift) + (((1 << shift) - 1) >> 1)
}
