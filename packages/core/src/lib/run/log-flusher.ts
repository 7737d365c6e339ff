import type { Clock } from '../clock.ts'
import type { LogStorage } from '../storage/contract.ts'
import type { Attempt } from './attempt.ts'

/** Lines of a running task wait at most this long. */
const FLUSH_MS = 250

/** Keeps logs and progress of running handlers coming to the storage while they run. */
export class LogFlusher {
  readonly #clock: Clock
  readonly #logs: LogStorage | undefined
  readonly #active: ReadonlyMap<string, Attempt>
  readonly #instanceId: () => string | null
  #cancelTimer: (() => void) | null = null

  constructor(
    clock: Clock,
    logs: LogStorage | undefined,
    active: ReadonlyMap<string, Attempt>,
    instanceId: () => string | null,
  ) {
    this.#clock = clock
    this.#logs = logs
    this.#active = active
    this.#instanceId = instanceId
  }

  /** A handler runs: from now on, until none does. */
  start(): void {
    if (this.#logs && !this.#cancelTimer) this.#next(this.#logs)
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
  }

  #next(logs: LogStorage): void {
    this.#cancelTimer = this.#clock.after(FLUSH_MS, () => {
      this.#cancelTimer = null
      if (this.#active.size === 0) return
      this.#flush(logs)
      this.#next(logs)
    })
  }

  #flush(logs: LogStorage): void {
    const instanceId = this.#instanceId()
    // Between two leases there is nobody to write as.
    if (instanceId === null) return
    for (const { claimed, log } of this.#active.values()) {
      log.flush(async (entries, progress) => {
        const { taskId, fence } = claimed
        await logs.append({ instanceId, batches: [{ taskId, fence, entries, progress }] })
      })
    }
  }
}
