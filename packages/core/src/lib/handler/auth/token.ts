import { jwtVerify, SignJWT } from 'jose'
import { TaskflowError } from '../../errors.ts'
import { checkOptionNames, type OptionNames } from '../../option-names.ts'
import type { User } from '../options.ts'
import { deriveKey, type Key, type Purpose } from './keys.ts'

/** Longer ones are none of ours, and not worth a look. */
const MAX_LENGTH = 4_096
const MIN_SECRET = 16
const ROLES = ['viewer', 'operator', 'admin'] as const

/** What a token says, once it has proved to be ours. */
export interface TokenClaims {
  id: string
  user: User
  /** Epoch ms. */
  expiresAt: number
  /** Fingerprint of the credential it was made from. */
  bound: string | null
}

/** Options of {@link createToken}. */
export interface TokenOptions {
  /** The handler's `secretKey`; of a list, the first signs. */
  secretKey: string | readonly string[]
  /** Who it is for; shown, and written into the audit. Without `roles` a viewer. */
  user: User
  /** How long it is good for; a second to a day. [600 000, ten minutes] */
  expiresInMs?: number
}

const NAMES: OptionNames<TokenOptions> = { secretKey: true, user: true, expiresInMs: true }

/**
 * A bearer token for scripts and for pages on another origin, to be made on your server and sent
 * as `Authorization: Bearer …`. It cannot be taken back: let it be short, and hand out a new one.
 *
 * @throws TaskflowError `configuration` for an option that is not what it should be.
 */
export async function createToken(options: TokenOptions): Promise<string> {
  checkOptionNames(options, NAMES, { where: 'createToken', code: 'configuration' })
  const { user, expiresInMs = 600_000 } = options
  const secret = signingSecret('createToken', options.secretKey)
  if (typeof user?.id !== 'string' || typeof user.name !== 'string') {
    throw wrong('user', '{ id, name, roles? }', typeof user)
  }
  checkExpiry('createToken', expiresInMs)
  const roles = user.roles ?? ['viewer']
  for (const role of roles) {
    if (!ROLES.includes(role)) throw wrong('user.roles', ROLES.join(', '), role)
  }
  const key = await deriveKey(secret, 'taskflow-bearer')
  const now = Date.now()
  const expiresAt = now + expiresInMs
  return signToken(
    key,
    'taskflow-bearer',
    { user: { ...user, roles }, expiresAt, bound: null },
    now,
  )
}

/** The secret that signs; of a list, the first. @throws TaskflowError `configuration` */
export function signingSecret(where: string, secretKey: string | readonly string[]): string {
  const [secret] = checkedSecrets(where, [secretKey].flat())
  if (secret === undefined) throw wrong('secretKey', "the handler's secretKey", 'none', where)
  return secret
}

/** @throws TaskflowError `configuration` unless it is a second to a day. */
export function checkExpiry(where: string, expiresInMs: number): void {
  if (Number.isSafeInteger(expiresInMs) && expiresInMs >= 1_000 && expiresInMs <= 86_400_000) return
  throw wrong('expiresInMs', '1 000 to 86 400 000', expiresInMs, where)
}

/** HMAC-SHA256 over user, roles, purpose and expiry, as JWT. */
export function signToken(
  key: Key,
  purpose: Purpose,
  { user, expiresAt, bound }: Omit<TokenClaims, 'id'>,
  now: number,
): Promise<string> {
  const claims = {
    name: String(user.name),
    ...(user.roles !== undefined && { roles: user.roles }),
    ...(bound !== null && { bound }),
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(String(user.id))
    .setAudience(purpose)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(expiresAt / 1000))
    .setJti(crypto.randomUUID())
    .sign(key)
}

/** What a token says; null when it is not ours, not whole or not valid any more. */
export async function readToken(
  token: string,
  key: Key,
  purpose: Purpose,
  now: number,
): Promise<TokenClaims | null> {
  if (token.length > MAX_LENGTH) return null
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      audience: purpose,
      currentDate: new Date(now),
      requiredClaims: ['sub', 'exp', 'jti'],
    })
    const { roles } = payload as { roles?: User['roles'] }
    return {
      id: String(payload.jti),
      user: {
        id: String(payload.sub),
        name: String(payload.name ?? payload.sub),
        ...(roles !== undefined && { roles }),
      },
      expiresAt: Number(payload.exp) * 1000,
      bound: typeof payload.bound === 'string' ? payload.bound : null,
    }
  } catch {
    // Signed by another key of the rotation, or not by us.
    return null
  }
}

/** @throws TaskflowError `configuration` for a secret that can be guessed. */
export function checkedSecrets(where: string, secrets: readonly unknown[]): readonly string[] {
  for (const secret of secrets) {
    if (typeof secret === 'string' && secret.length >= MIN_SECRET) continue
    const got = typeof secret === 'string' ? `${secret.length} characters` : typeof secret
    throw wrong('secretKey', `at least ${MIN_SECRET} characters`, got, where)
  }
  return secrets as readonly string[]
}

function wrong(option: string, expected: string, got: unknown, where = 'createToken') {
  return new TaskflowError('configuration', `${where}: ${option}: expected ${expected}, got ${got}`)
}
