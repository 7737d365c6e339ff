import type { ResolvedOptions } from './options.ts'

const EVERY_MS = 6 * 3_600_000
/** Deleted per commit, so that nobody waits long for it. */
const CHUNK = 500

/** Deletes final tasks that are older than the retention, now and every 6 h. */
export class Retention {
  readonly #options: ResolvedOptions
  #cancelTimer = () => {}

  constructor(options: ResolvedOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#options.retentionMs !== null) void this.#prune(this.#options.retentionMs)
  }

  stop(): void {
    this.#cancelTimer()
    this.#cancelTimer = () => {}
  }

  async #prune(retentionMs: number): Promise<void> {
    const { clock, onError, storage } = this.#options
    this.#cancelTimer = clock.after(Math.min(EVERY_MS, Math.max(retentionMs, 60_000)), () => {
      void this.#prune(retentionMs)
    })
    try {
      let deleted = CHUNK
      while (deleted === CHUNK) {
        const endedBefore = clock.now() - retentionMs
        deleted = (await storage.prune({ endedBefore, limit: CHUNK })).deleted
      }
    } catch (error) {
      onError(error)
    }
  }
}
