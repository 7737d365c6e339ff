import { Rounds } from '../../rounds.ts'
import type { SessionStorage } from '../../storage/parts.ts'
import type { Session } from './sessions.ts'

/** A session is looked up this often at most. */
const LOOK_MS = 1_000
const MAX_KNOWN = 10_000

/**
 * Sessions that are over before their time, for all copies of their tokens and on all instances:
 * somebody signed out of them, or the credential they were made from is not the user's any more.
 */
export class EndedSessions {
  readonly #sessions: () => Promise<SessionStorage>
  readonly #known = new Map<string, { at: number; ended: boolean }>()
  readonly #asked = new Set<string>()
  readonly #looks = new Rounds(() => this.#look())

  constructor(sessions: () => Promise<SessionStorage>) {
    this.#sessions = sessions
  }

  async end({ id, expiresAt }: Session): Promise<void> {
    await (await this.#sessions()).end({ sessionId: id, expiresAt })
    this.#note(id, { at: 0, ended: true })
  }

  async has(session: Session, now: number): Promise<boolean> {
    const { id } = session
    const known = this.#known.get(id)
    // What was ended stays so.
    if (known?.ended || (known && now - known.at < LOOK_MS)) return known.ended
    const [stored, holds] = await Promise.all([this.#stored(id), session.holds()])
    // It may have been ended here while the storage was asked.
    const ended = stored || !holds || this.#known.get(id)?.ended === true
    this.#note(id, { at: now, ended })
    return ended
  }

  async #stored(id: string): Promise<boolean> {
    this.#asked.add(id)
    return (await this.#looks.ask()).has(id)
  }

  /** One look for all who asked. */
  async #look(): Promise<Set<string>> {
    const sessionIds = [...this.#asked]
    this.#asked.clear()
    const ended = await (await this.#sessions()).ended({ sessionIds })
    return new Set(sessionIds.filter((_, i) => ended[i]))
  }

  #note(id: string, known: { at: number; ended: boolean }): void {
    // Oldest first out.
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value ?? id)
    this.#known.delete(id)
    this.#known.set(id, known)
  }
}
