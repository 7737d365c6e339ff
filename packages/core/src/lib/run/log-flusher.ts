import type { Clock } from '../clock.ts'
import type { LogBatch, LogStorage } from '../storage/contract.ts'
import type { Attempt } from './attempt.ts'
import type { Bag } from './bag.ts'
import { Gather } from './gather.ts'

/** Lines of a running task wait at most this long. */
const FLUSH_MS = 250
/** Tasks whose lines travel together. */
const MAX_BATCH = 500
/** Characters that travel together. */
const MAX_CHARS = 8 * 1024 * 1024

/** Keeps logs and progress of running handlers coming to the storage while they run. */
export class LogFlusher {
  readonly #clock: Clock
  readonly #appends: Gather<LogBatch, unknown> | null
  readonly #active: Pick<Bag<Attempt>, 'size' | 'all'>
  readonly #instanceId: () => string | null
  #cancelTimer: (() => void) | null = null

  constructor(
    clock: Clock,
    logs: LogStorage | undefined,
    active: Pick<Bag<Attempt>, 'size' | 'all'>,
    instanceId: () => string | null,
  ) {
    this.#clock = clock
    this.#active = active
    this.#instanceId = instanceId
    this.#appends = logs
      ? new Gather((batches) => this.#append(logs, batches), MAX_BATCH, {
          sizeOf: ({ entries }) => entries.reduce((sum, { text }) => sum + text.length, 0),
          max: MAX_CHARS,
        })
      : null
  }

  /** A handler runs: from now on, until none does. */
  start(): void {
    if (this.#appends && !this.#cancelTimer) this.#next(this.#appends)
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
  }

  #next(appends: Gather<LogBatch, unknown>): void {
    this.#cancelTimer = this.#clock.after(FLUSH_MS, () => {
      this.#cancelTimer = null
      if (this.#active.size === 0) return
      this.#flush(appends)
      this.#next(appends)
    })
  }

  #flush(appends: Gather<LogBatch, unknown>): void {
    // Between two leases there is nobody to write as.
    if (this.#instanceId() === null) return
    for (const { claimed, log } of this.#active.all()) {
      log.flush(async (entries, progress) => {
        const { taskId, fence } = claimed
        await appends.add({ taskId, fence, entries, progress })
      })
    }
  }

  #append(logs: LogStorage, batches: LogBatch[]): Promise<unknown[]> {
    const instanceId = this.#instanceId()
    // The lease was lost while they waited: they stay with their attempts.
    if (instanceId === null) return Promise.reject(new Error('no lease'))
    return logs.append({ instanceId, batches })
  }
}
