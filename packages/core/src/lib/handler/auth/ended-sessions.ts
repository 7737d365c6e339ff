import type { SessionStorage } from '../../storage/parts.ts'
import type { Session } from './sessions.ts'

/** A session is looked up this often at most. */
const LOOK_MS = 1_000
const MAX_KNOWN = 10_000

/** Sessions that somebody signed out of, over all instances: copies of their tokens are worth nothing. */
export class EndedSessions {
  readonly #sessions: () => Promise<SessionStorage>
  readonly #known = new Map<string, { at: number; ended: boolean }>()

  constructor(sessions: () => Promise<SessionStorage>) {
    this.#sessions = sessions
  }

  async end({ id, expiresAt }: Session): Promise<void> {
    await (await this.#sessions()).end({ sessionId: id, expiresAt })
    this.#note(id, { at: 0, ended: true })
  }

  async has({ id }: Session, now: number): Promise<boolean> {
    const known = this.#known.get(id)
    // What was ended stays so.
    if (known?.ended || (known && now - known.at < LOOK_MS)) return known.ended
    const [stored = false] = await (await this.#sessions()).ended({ sessionIds: [id] })
    // It may have been ended here while the storage was asked.
    const ended = stored || this.#known.get(id)?.ended === true
    this.#note(id, { at: now, ended })
    return ended
  }

  #note(id: string, known: { at: number; ended: boolean }): void {
    // Oldest first out.
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value ?? id)
    this.#known.delete(id)
    this.#known.set(id, known)
  }
}
