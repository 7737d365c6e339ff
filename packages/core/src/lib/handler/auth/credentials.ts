import { TaskflowError } from '../../errors.ts'
import type { AuthBackend, HandlerOptions, HostSession, User } from '../options.ts'
import { type PasswordList, passwordList } from './password-list.ts'

/** How visitors are known. */
export type Authentication =
  | { kind: 'open' }
  | { kind: 'login'; backend: AuthBackend | PasswordList }
  | { kind: 'host'; session: HostSession }

/** Reads the `auth` option. */
export function authenticationOf(auth: HandlerOptions['auth']): Authentication {
  if (auth === false) return { kind: 'open' }
  if (typeof auth === 'function') return { kind: 'host', session: auth }
  if (Array.isArray(auth)) {
    const pairs = (typeof auth[0] === 'string' ? [auth] : auth) as readonly [string, string][]
    return { kind: 'login', backend: passwordList(pairs) }
  }
  if (
    typeof auth === 'object' &&
    auth !== null &&
    'authenticateUser' in auth &&
    typeof auth.authenticateUser === 'function'
  ) {
    return { kind: 'login', backend: auth }
  }
  throw new TaskflowError(
    'configuration',
    'createHandler: auth: expected [user, password], a list of those, an AuthBackend, a function, or false',
  )
}

/** The user that a backend lets in; null when it does not. */
export async function authenticate(
  backend: AuthBackend,
  username: string,
  password: string,
): Promise<User | null> {
  const answer = await backend.authenticateUser(username, password)
  if (answer === true) return { id: username, name: username }
  return isUser(answer) ? answer : null
}

/** Whatever else a host returns, such as the undefined of an empty session, lets nobody in. */
export function isUser(answer: unknown): answer is User {
  return typeof answer === 'object' && answer !== null && 'id' in answer && answer.id != null
}
