import { TaskflowError } from '../../errors.ts'
import type { AuthBackend } from '../options.ts'
import { looksHashed, parseScrypt } from './scrypt-format.ts'

/** The backend for `[user, password]` pairs, plain or hashed. */
export interface PasswordList extends AuthBackend {
  credentialOf(userId: string): string | null
  /** Whether a password stands there for everybody to read. */
  readonly hasPlain: boolean
}

/** @throws TaskflowError `configuration` for what are no pairs of user and password. */
export function passwordList(pairs: readonly (readonly [string, string])[]): PasswordList {
  const stored = new Map<string, string>()
  for (const pair of pairs) {
    const [user, password] = Array.isArray(pair) ? pair : []
    if (typeof user !== 'string' || typeof password !== 'string' || !user || !password) {
      throw wrong('pairs of two non-empty strings')
    }
    if (stored.has(user)) throw wrong('each user once')
    if (looksHashed(password) && !parseScrypt(password)) {
      throw wrong('scrypt hashes as hashPassword() makes them')
    }
    stored.set(user, password)
  }
  if (stored.size === 0) throw wrong('at least one [user, password]')
  const hashes = [...stored.values()].filter(looksHashed)
  const [someHash] = hashes
  // WebCrypto has no scrypt; where nobody hashes, Node's is not asked for.
  const hashing = someHash ? import('../../node/password-hash.ts') : null
  hashing?.catch(() => undefined)

  return {
    hasPlain: hashes.length < stored.size,
    credentialOf: (userId) => stored.get(userId) ?? null,
    async authenticateUser(username, password) {
      const own = stored.get(username)
      const isHashed = own !== undefined && looksHashed(own)
      // The same work for everybody, users who are not there too: time tells nothing.
      const samePlain = await sameText(password, own ?? '')
      if (!hashing || !someHash) return own !== undefined && samePlain
      const { verifyPassword } = await hashing
      const sameHashed = await verifyPassword(password, isHashed ? own : someHash)
      return own !== undefined && (isHashed ? sameHashed : samePlain)
    },
  }
}

/** Compares digests, in constant time. */
async function sameText(a: string, b: string): Promise<boolean> {
  const digest = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  const [left, right] = await Promise.all([digest(a), digest(b)])
  let difference = 0
  left.forEach((byte, i) => {
    difference |= byte ^ (right[i] ?? 0)
  })
  return difference === 0
}

function wrong(what: string): TaskflowError {
  return new TaskflowError('configuration', `createHandler: auth: expected ${what}`)
}
