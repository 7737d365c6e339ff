import { TaskflowError } from '../../errors.ts'
import type { AuthBackend, HandlerOptions, HostSession, User } from '../options.ts'

/** How visitors are known. */
export type Authentication =
  | { kind: 'open' }
  | { kind: 'login'; backend: AuthBackend }
  | { kind: 'host'; session: HostSession }

/** Reads the `auth` option. */
export function authenticationOf(auth: HandlerOptions['auth']): Authentication {
  if (auth === false) return { kind: 'open' }
  if (typeof auth === 'function') return { kind: 'host', session: auth }
  if (Array.isArray(auth)) {
    const pairs = (typeof auth[0] === 'string' ? [auth] : auth) as readonly [string, string][]
    return { kind: 'login', backend: pairBackend(pairs) }
  }
  if ('authenticateUser' in auth && typeof auth.authenticateUser === 'function') {
    return { kind: 'login', backend: auth }
  }
  throw expected('[user, password], a list of those, an AuthBackend, a function, or false')
}

/** The user that a backend lets in; null when it does not. */
export async function authenticate(
  backend: AuthBackend,
  username: string,
  password: string,
): Promise<User | null> {
  const answer = await backend.authenticateUser(username, password)
  if (answer === true) return { id: username, name: username }
  return answer === false ? null : answer
}

function pairBackend(pairs: readonly (readonly [string, string])[]): AuthBackend {
  if (pairs.length === 0) throw expected('at least one [user, password]')
  for (const pair of pairs) {
    const [user, password] = pair
    if (typeof user !== 'string' || typeof password !== 'string' || !user || !password) {
      throw expected('pairs of two non-empty strings')
    }
    if (password.startsWith('scrypt$')) {
      throw expected('plain passwords in this version; hashed ones are not read yet')
    }
  }
  return {
    async authenticateUser(username, password) {
      // Every pair is compared, in constant time, so that time tells nothing about users.
      let found: string | null = null
      for (const [user, expectedPassword] of pairs) {
        const [sameUser, samePassword] = await Promise.all([
          sameText(username, user),
          sameText(password, expectedPassword),
        ])
        if (sameUser && samePassword) found = user
      }
      return found === null ? null : { id: found, name: found }
    },
  }
}

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

function expected(what: string): TaskflowError {
  return new TaskflowError('configuration', `createHandler: auth: expected ${what}`)
}
