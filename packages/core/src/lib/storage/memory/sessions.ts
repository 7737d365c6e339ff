import type { SessionStorage } from '../parts.ts'

/** How often what is over is thrown away, so that made-up names do not pile up. */
const SWEEP_MS = 60_000

interface Tries {
  /** Instants, oldest first. */
  at: number[]
  /** The longest window that was asked about. */
  windowMs: number
}

/** Login tries and ended sessions. */
export class MemorySessions implements SessionStorage {
  readonly #tries = new Map<string, Tries>()
  /** Until when each ended session is to be remembered. */
  readonly #ended = new Map<string, number>()
  readonly #clock: () => number
  #sweptAt = 0

  constructor(clock: () => number) {
    this.#clock = clock
  }

  async countLogin(input: {
    tries: { key: string; max: number }[]
    windowMs: number
    now?: number | undefined
  }): Promise<{ counted: true; at: number } | { counted: false; retryAt: number }> {
    const now = input.now ?? this.#clock()
    this.#sweep(now)
    let retryAt: number | null = null
    for (const { key, max } of input.tries) {
      const recent = (this.#tries.get(key)?.at ?? []).filter((at) => at > now - input.windowMs)
      // The one after which fewer than `max` are left: the oldest, unless `max` was lowered.
      const last = recent[recent.length - max]
      if (recent.length >= max) {
        retryAt = Math.max(retryAt ?? 0, (last ?? now) + input.windowMs)
      }
    }
    if (retryAt !== null) return { counted: false, retryAt }
    for (const { key } of input.tries) {
      const tries = this.#tries.get(key)
      const windowMs = Math.max(tries?.windowMs ?? 0, input.windowMs)
      const at = tries?.at.filter((each) => each > now - windowMs) ?? []
      this.#tries.set(key, { at: [...at, now], windowMs })
    }
    return { counted: true, at: now }
  }

  async forgetLogins(input: { tries: { key: string; at?: number | undefined }[] }): Promise<void> {
    for (const { key, at } of input.tries) {
      if (at === undefined) {
        this.#tries.delete(key)
        continue
      }
      const tries = this.#tries.get(key)
      const index = tries?.at.indexOf(at) ?? -1
      if (index >= 0) tries?.at.splice(index, 1)
    }
  }

  async end(input: {
    sessionId: string
    expiresAt: number
    now?: number | undefined
  }): Promise<void> {
    this.#sweep(input.now ?? this.#clock())
    const kept = this.#ended.get(input.sessionId) ?? 0
    this.#ended.set(input.sessionId, Math.max(kept, input.expiresAt))
  }

  async ended(input: { sessionIds: string[]; now?: number | undefined }): Promise<boolean[]> {
    return input.sessionIds.map((id) => this.#ended.has(id))
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < SWEEP_MS) return
    this.#sweptAt = now
    for (const [key, { at, windowMs }] of this.#tries) {
      if (!at.some((each) => each > now - windowMs)) this.#tries.delete(key)
    }
    for (const [id, expiresAt] of this.#ended) if (expiresAt <= now) this.#ended.delete(id)
  }
}
