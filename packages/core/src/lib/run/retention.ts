import type { LiveFunction } from './live-functions.ts'
import type { ResolvedOptions } from './options.ts'
import { pruneTasks } from './prune-tasks.ts'

const EVERY_MS = 6 * 3_600_000

/**
 * Deletes final tasks that are older than the retention of their function, else the manager's: now
 * and every 6 h.
 */
export class Retention {
  readonly #options: ResolvedOptions
  readonly #functions: () => Promise<LiveFunction[]>
  /** Of tasks without one of their own; null keeps them. */
  #retentionMs: number | null
  #started = false
  #cancelTimer = () => {}
  #pruning: Promise<void> = Promise.resolve()
  #stopped = false

  /** `functions` lists those of all live instances: each of them knows only its own. */
  constructor(options: ResolvedOptions, functions: () => Promise<LiveFunction[]>) {
    this.#options = options
    this.#functions = functions
    this.#retentionMs = options.retentionMs
  }

  /** How long final tasks without a retention of their own are kept; null for ever. */
  get retentionMs(): number | null {
    return this.#retentionMs
  }

  /** From now on it is another. */
  change(retentionMs: number): void {
    this.#retentionMs = retentionMs
    if (!this.#started || this.#stopped) return
    this.#cancelTimer()
    this.#pruning = this.#pruning.then(() => this.#prune())
  }

  start(): void {
    this.#started = true
    this.#pruning = this.#prune()
  }

  /** Resolves when nothing is being deleted any more; what is left is for the next start. */
  stop(): Promise<void> {
    this.#stopped = true
    this.#cancelTimer()
    return this.#pruning
  }

  async #prune(): Promise<void> {
    const { clock, onError } = this.#options
    const shortestMs = this.#shortestMs()
    if (shortestMs === null || this.#stopped) return
    this.#cancelTimer = clock.after(Math.min(EVERY_MS, Math.max(shortestMs, 60_000)), () => {
      this.#pruning = this.#prune()
    })
    try {
      await this.#pruneAll()
    } catch (error) {
      onError(error)
    }
  }

  /** The shortest there is here; null when nothing is to be deleted. */
  #shortestMs(): number | null {
    const own = [...this.#options.tasks.values()].map(({ settings }) => settings.retentionMs)
    const all = [this.#retentionMs, ...own].filter((ms) => ms !== null)
    return all.length > 0 ? Math.min(...all) : null
  }

  async #pruneAll(): Promise<void> {
    const { clock, storage } = this.#options
    const retentionMs = this.#retentionMs
    const now = clock.now()
    const stopped = () => this.#stopped
    const byRetention = new Map<number, string[]>()
    for (const { funcName, retentionMs } of await this.#functions()) {
      if (retentionMs === null) continue
      byRetention.set(retentionMs, [...(byRetention.get(retentionMs) ?? []), funcName])
    }
    for (const [ownMs, funcNames] of byRetention) {
      await pruneTasks(storage, { endedBefore: now - ownMs, funcNames }, stopped)
      if (this.#stopped) return
    }
    if (retentionMs === null) return
    const endedBefore = now - retentionMs
    const exceptFuncNames = [...byRetention.values()].flat()
    if (exceptFuncNames.length === 0) {
      await pruneTasks(storage, { endedBefore }, stopped)
      return
    }
    await pruneTasks(storage, { endedBefore, exceptFuncNames }, stopped)
    if (this.#stopped) return
    // Ticks and audit entries go only without function names.
    await storage.prune({ endedBefore, limit: 0 })
  }
}
