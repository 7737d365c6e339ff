import type { SessionStorage } from '../../storage/parts.ts'
import { TryLater } from '../problem.ts'

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
   * Without an address, tries count per account alone: under one address for everybody, whoever
   * guesses would lock all others out.
   *
   * @throws TaskflowError `throttled` after too many failures in a quarter of an hour.
   */
  async begin(username: string, address: string | null, now: number): Promise<LoginTry> {
    const sessions = await this.#sessions()
    const place = address === null ? null : networkOf(address)
    const account = await keyOf('account', `${place ?? ''}\n${username}`)
    const tries = [{ key: account, max: MAX_PER_ACCOUNT }]
    if (place !== null) tries.push({ key: await keyOf('address', place), max: MAX_PER_ADDRESS })
    const counted = await sessions.countLogin({ tries, windowMs: WINDOW_MS })
    if (!counted.counted) {
      throw new Throttled(Math.max(1, Math.ceil((counted.retryAt - now) / 1000)))
    }
    const { at } = counted
    const counts = tries.map(({ key }) => ({ key, at }))
    return {
      succeeded: () => sessions.forgetLogins({ tries: [{ key: account }, ...counts.slice(1)] }),
      undecided: () => sessions.forgetLogins({ tries: counts }),
    }
  }
}

/** Carries how long to wait. */
export class Throttled extends TryLater {
  constructor(retryAfterSeconds: number) {
    const message = `Too many wrong passwords. Try again in ${retryAfterSeconds} seconds.`
    super('throttled', message, retryAfterSeconds)
  }
}

/** Of an IPv6 address the half that names a network: the other half its owner changes at will. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address.replace(/^::ffff:/i, '')
  const [head = '', tail = ''] = address.split('::').map((part) => part.replace(/%.*$/, ''))
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const zeros = Math.max(0, 8 - groups(head).length - groups(tail).length)
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail)]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

/** Hashed: of one length, and what people type into a name field by mistake is not kept. */
async function keyOf(kind: string, text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return `${kind}:${Array.from(new Uint8Array(hash), hex).join('')}`
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0')
