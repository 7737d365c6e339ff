import type { AuthBackend, ResolvedHandlerOptions, User } from '../options.ts'
import { deriveKey, fingerprint, type Key } from './keys.ts'
import { readRunToken } from './run-token.ts'
import { readToken, signToken, type TokenClaims } from './token.ts'

export interface Session {
  /** New for each login. */
  id: string
  user: User
  /** Epoch ms. */
  expiresAt: number
  /** Whether the credential it was made from is still the user's. */
  holds(): Promise<boolean>
}

interface Keys {
  session: Key
  bearer: Key
  run: Key
  credential: Key
}

/** More cookies of our name than this are somebody's trick. */
const MAX_COOKIES = 4

/** Makes and reads the tokens of sessions, and reads bearer tokens. */
export class Sessions {
  readonly #options: ResolvedHandlerOptions
  readonly #keys: Promise<Keys[]>
  readonly #credentialOf: AuthBackend['credentialOf']

  /** @param backend whose credentials sessions are bound to, if it tells them. */
  constructor(options: ResolvedHandlerOptions, backend?: AuthBackend) {
    this.#options = options
    this.#keys = Promise.all(options.secretKeys.map(keysOf))
    this.#credentialOf = backend?.credentialOf?.bind(backend)
  }

  /** A token for who has just signed in; null when the user is gone since. */
  async create(user: User, now: number): Promise<string | null> {
    const [keys] = await this.#keys
    if (!keys) return null
    const bound = await this.#bound(keys, String(user.id))
    if (bound === null && this.#credentialOf) return null
    const expiresAt = now + this.#options.tokenExpiryMs
    return signToken(keys.session, 'taskflow-session', { user, expiresAt, bound }, now)
  }

  /** The session that the request's cookie is for. */
  async ofCookie(request: Request, now: number): Promise<Session | null> {
    for (const token of this.#tokensOf(request)) {
      for (const keys of await this.#keys) {
        const claims = await readToken(token, keys.session, 'taskflow-session', now)
        if (claims) return { ...claims, holds: () => this.#holds(keys, claims) }
      }
    }
    return null
  }

  /** The session that the request's bearer token is for. */
  async ofBearer(request: Request, now: number): Promise<Session | null> {
    const token = bearerOf(request)
    if (token === null) return null
    for (const keys of await this.#keys) {
      const claims = await readToken(token, keys.bearer, 'taskflow-bearer', now)
      // Made by the host's server, from no credential.
      if (claims) return { ...claims, holds: async () => true }
    }
    return null
  }

  /** Whether the request's bearer token is one of `createRunToken` for this run. */
  async mayFollow(request: Request, taskId: string, now: number): Promise<boolean> {
    const token = bearerOf(request)
    if (token === null) return false
    for (const keys of await this.#keys) {
      if ((await readRunToken(token, keys.run, now)) === taskId) return true
    }
    return false
  }

  /** Whether the request has a cookie of ours, good or not. */
  hasCookie(request: Request): boolean {
    return this.#tokensOf(request).length > 0
  }

  /** `Set-Cookie` for a token, sent back below `base` only; null ends the session. */
  cookie(token: string | null, base: string, isHttps: boolean): string {
    const { cookie, tokenExpiryMs } = this.#options
    const sameSite = { lax: 'Lax', strict: 'Strict', none: 'None' }[cookie.sameSite]
    return [
      `${cookie.name}=${token ?? ''}`,
      `Path=${base || '/'}`,
      `Max-Age=${token === null ? 0 : Math.floor(tokenExpiryMs / 1000)}`,
      'HttpOnly',
      `SameSite=${sameSite}`,
      ...((cookie.secure ?? isHttps) ? ['Secure'] : []),
    ].join('; ')
  }

  /** All cookies of our name: a sibling domain can put one of its own before the real one. */
  #tokensOf(request: Request): string[] {
    const found: string[] = []
    for (const part of (request.headers.get('cookie') ?? '').split(';')) {
      const at = part.indexOf('=')
      if (at < 0 || part.slice(0, at).trim() !== this.#options.cookie.name) continue
      found.push(part.slice(at + 1).trim())
    }
    return found.slice(0, MAX_COOKIES)
  }

  async #holds(keys: Keys, { user, bound }: TokenClaims): Promise<boolean> {
    if (!this.#credentialOf) return true
    return bound !== null && bound === (await this.#bound(keys, user.id))
  }

  async #bound(keys: Keys, userId: string): Promise<string | null> {
    const credential = await this.#credentialOf?.(userId)
    if (typeof credential !== 'string') return null
    return fingerprint(keys.credential, userId, credential)
  }
}

async function keysOf(secret: string): Promise<Keys> {
  const [session, bearer, run, credential] = await Promise.all([
    deriveKey(secret, 'taskflow-session'),
    deriveKey(secret, 'taskflow-bearer'),
    deriveKey(secret, 'taskflow-run'),
    deriveKey(secret, 'taskflow-credential'),
  ])
  return { session, bearer, run, credential }
}

function bearerOf(request: Request): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? null
}
