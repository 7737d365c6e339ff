import { TaskflowError } from '../../errors.ts'

const WINDOW_MS = 15 * 60_000
const MAX_PER_ACCOUNT = 5
const MAX_PER_ADDRESS = 30
const MAX_ENTRIES = 10_000

/** Slows down who guesses passwords: per account and address, and per address. */
export class LoginThrottle {
  readonly #failures = new Map<string, number[]>()

  /** @throws TaskflowError `throttled` after too many failures in a quarter of an hour. */
  check(username: string, address: string, now: number): void {
    const waitMs = Math.max(
      this.#waitMs(accountKey(username, address), MAX_PER_ACCOUNT, now),
      this.#waitMs(address, MAX_PER_ADDRESS, now),
    )
    if (waitMs > 0) throw new Throttled(Math.ceil(waitMs / 1000))
  }

  /** Counts a try as failed. Before its outcome is known, or many at once would be one. */
  failed(username: string, address: string, now: number): void {
    for (const key of [accountKey(username, address), address]) {
      const recent = this.#recent(key, now)
      // Oldest first out: a flood of names must not fill the memory.
      if (this.#failures.size >= MAX_ENTRIES) {
        const [oldest] = this.#failures.keys()
        if (oldest !== undefined) this.#failures.delete(oldest)
      }
      this.#failures.set(key, [...recent, now].slice(-MAX_PER_ADDRESS))
    }
  }

  /** Forgets the account's failures. */
  succeeded(username: string, address: string, at: number): void {
    this.#takeBack(address, at)
    this.#failures.delete(accountKey(username, address))
  }

  /** A try of that time was neither right nor wrong. */
  undecided(username: string, address: string, at: number): void {
    for (const key of [accountKey(username, address), address]) this.#takeBack(key, at)
  }

  #takeBack(key: string, at: number): void {
    const failures = this.#failures.get(key) ?? []
    const found = failures.indexOf(at)
    if (found >= 0) failures.splice(found, 1)
    if (failures.length === 0) this.#failures.delete(key)
  }

  #waitMs(key: string, max: number, now: number): number {
    const recent = this.#recent(key, now)
    const first = recent.at(-max)
    return first === undefined ? 0 : first + WINDOW_MS - now
  }

  #recent(key: string, now: number): number[] {
    return (this.#failures.get(key) ?? []).filter((at) => at > now - WINDOW_MS)
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

const accountKey = (username: string, address: string) => `${address}\n${username}`
