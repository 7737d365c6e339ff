import { jwtVerify, SignJWT } from 'jose'
import type { ResolvedHandlerOptions, User } from '../options.ts'

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const PURPOSE = 'taskflow-session'

export interface Session {
  /** New for each login. */
  id: string
  user: User
  /** Epoch ms. */
  expiresAt: number
}

/** Makes and reads session tokens: HMAC-SHA256 over user and expiry, as JWT by `jose`. */
export class Sessions {
  readonly #options: ResolvedHandlerOptions
  readonly #keys: Promise<Key[]>

  constructor(options: ResolvedHandlerOptions) {
    this.#options = options
    this.#keys = Promise.all(options.secretKeys.map((key) => deriveKey(key, PURPOSE)))
  }

  async create(user: User, now: number): Promise<string> {
    const [key] = await this.#keys
    return new SignJWT({ name: user.name, ...(user.roles && { roles: user.roles }) })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(user.id)
      .setAudience(PURPOSE)
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(Math.floor((now + this.#options.tokenExpiryMs) / 1000))
      .setJti(crypto.randomUUID())
      .sign(key as Key)
  }

  /** The session of a token; null when it is not ours, not whole or not valid any more. */
  async read(token: string, now: number): Promise<Session | null> {
    if (token.length > 4096) return null
    for (const key of await this.#keys) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          audience: PURPOSE,
          currentDate: new Date(now),
          requiredClaims: ['sub', 'exp', 'jti'],
        })
        return {
          id: String(payload.jti),
          user: {
            id: String(payload.sub),
            name: String(payload.name ?? payload.sub),
            ...(Array.isArray(payload.roles) && {
              roles: payload.roles as NonNullable<User['roles']>,
            }),
          },
          expiresAt: Number(payload.exp) * 1000,
        }
      } catch {
        // Signed by another key of the rotation, or not by us.
      }
    }
    return null
  }

  /** The cookie of a request. */
  tokenOf(request: Request): string | null {
    const name = this.#options.cookie.name
    for (const part of (request.headers.get('cookie') ?? '').split(';')) {
      const at = part.indexOf('=')
      if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
    }
    return null
  }

  /** `Set-Cookie` for a token; null ends the session. */
  cookie(token: string | null, secure: boolean): string {
    const { cookie, basePath, tokenExpiryMs } = this.#options
    return [
      `${cookie.name}=${token ?? ''}`,
      `Path=${basePath || '/'}`,
      `Max-Age=${token === null ? 0 : Math.floor(tokenExpiryMs / 1000)}`,
      'HttpOnly',
      `SameSite=${cookie.sameSite === 'strict' ? 'Strict' : 'Lax'}`,
      ...((cookie.secure ?? secure) ? ['Secure'] : []),
    ].join('; ')
  }
}

/** Keys for different purposes differ, though one secret is configured (HKDF, RFC 5869). */
async function deriveKey(secret: string, purpose: string): Promise<Key> {
  const encode = (text: string) => new TextEncoder().encode(text)
  const base = await crypto.subtle.importKey('raw', encode(secret), 'HKDF', false, ['deriveKey'])
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encode(purpose) },
    base,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign', 'verify'],
  )
}
