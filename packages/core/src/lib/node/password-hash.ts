import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { TaskflowError } from '../errors.ts'
import {
  parseScrypt,
  type ScryptHash,
  scryptBytes,
  writeScrypt,
} from '../handler/auth/scrypt-format.ts'

/**
 * Each takes one of the process's few threads for files and names for a quarter of a second, and
 * 128 MiB: more at once would starve the app. So the limit is the process's, not a handler's.
 */
const AT_ONCE = 2
let running = 0
const waiting: (() => void)[] = []

/**
 * Hashes a password for the `auth` option, with scrypt, so that nobody reads it in a file or an
 * environment: `scrypt$ln=17,r=8,p=1$…`. Takes a quarter of a second and 128 MiB.
 *
 * @param options.logN cost as a power of two; less than the default is for tests. [17]
 * @throws TaskflowError `configuration` for an empty password or a cost that is not 10–20.
 */
export async function hashPassword(
  password: string,
  { logN = 17 }: { logN?: number } = {},
): Promise<string> {
  if (typeof password !== 'string' || password === '') {
    throw new TaskflowError('configuration', 'hashPassword: expected a password that is not empty')
  }
  if (!Number.isInteger(logN) || logN < 10 || logN > 20) {
    throw new TaskflowError('configuration', `hashPassword: logN: expected 10 to 20, got ${logN}`)
  }
  const costs = { logN, r: 8, p: 1 }
  const salt = randomBytes(16).toString('base64url')
  const key = await derive(password, { ...costs, salt, key: '' }, 32)
  return writeScrypt({ ...costs, salt, key: key.toString('base64url') })
}

/**
 * Whether a password is the one that was hashed; false also for what is no hash. For an
 * `AuthBackend` of your own. At most two at once are worked on, others wait.
 */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const parsed = parseScrypt(hash)
  if (!parsed) return false
  const expected = Buffer.from(parsed.key, 'base64url')
  return timingSafeEqual(await derive(password, parsed, expected.length), expected)
}

async function derive(password: string, hash: ScryptHash, length: number): Promise<Buffer> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    const { logN, r, p } = hash
    const salt = Buffer.from(hash.salt, 'base64url')
    const options = { N: 2 ** logN, r, p, maxmem: 2 * scryptBytes(hash) }
    return await new Promise((resolve, reject) =>
      scrypt(password, salt, length, options, (error, key) =>
        error ? reject(error) : resolve(key),
      ),
    )
  } finally {
    // Its place goes to the next one as it is.
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}
