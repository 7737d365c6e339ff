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
    this.#known.delete(id)
  }

  async has({ id }: Session, now: number): Promise<boolean> {
    const known = this.#known.get(id)
    // What was ended stays so.
    if (known?.ended || (known && now - known.at < LOOK_MS)) return known.ended
    const [ended = false] = await (await this.#sessions()).ended({ sessionIds: [id] })
    // Oldest first out.
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value ?? id)
    this.#known.delete(id)
    this.#known.set(id, { at: now, ended })
    return ended
  }
}
