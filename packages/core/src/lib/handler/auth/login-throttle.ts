import { TaskflowError } from '../../errors.ts'
import type { SessionStorage } from '../../storage/parts.ts'

const WINDOW_MS = 15 * 60_000
const MAX_PER_ACCOUNT = 5
const MAX_PER_ADDRESS = 30

/** A try to sign in that has been counted as failed, until its outcome is known. */
export interface LoginTry {
  /** It was right: the account's failures are forgotten. */
  succeeded(): Promise<void>
  /** It was neither right nor wrong. */
  undecided(): Promise<void>
}

/** Slows down who guesses passwords, over all instances: per account and address, and per address. */
export class LoginThrottle {
  readonly #sessions: () => Promise<SessionStorage>

  constructor(sessions: () => Promise<SessionStorage>) {
    this.#sessions = sessions
  }

  /**
   * Counts a try. Before its outcome is known, or many at once would be one.
   *
   * @throws TaskflowError `throttled` after too many failures in a quarter of an hour.
   */
  async begin(username: string, address: string, now: number): Promise<LoginTry> {
    const sessions = await this.#sessions()
    const account = await keyOf('account', `${address}\n${username}`)
    const place = await keyOf('address', address)
    const tries = [
      { key: account, max: MAX_PER_ACCOUNT },
      { key: place, max: MAX_PER_ADDRESS },
    ]
    const counted = await sessions.countLogin({ tries, windowMs: WINDOW_MS })
    if (!counted.counted) {
      throw new Throttled(Math.max(1, Math.ceil((counted.retryAt - now) / 1000)))
    }
    const { at } = counted
    return {
      succeeded: () => sessions.forgetLogins({ tries: [{ key: account }, { key: place, at }] }),
      undecided: () =>
        sessions.forgetLogins({ tries: [account, place].map((key) => ({ key, at })) }),
    }
  }
}

/** Carries how long to wait. */
export class Throttled extends TaskflowError {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super('throttled', `Too many wrong passwords. Try again in ${retryAfterSeconds} seconds.`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Hashed: of one length, and what people type into a name field by mistake is not kept. */
async function keyOf(kind: string, text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return `${kind}:${Array.from(new Uint8Array(hash), hex).join('')}`
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0')
