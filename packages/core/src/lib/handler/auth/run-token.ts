import { jwtVerify, SignJWT } from 'jose'
import { TaskflowError } from '../../errors.ts'
import { checkOptionNames, type OptionNames } from '../../option-names.ts'
import { isUuid } from '../../uuid.ts'
import { deriveKey, type Key } from './keys.ts'
import { checkExpiry, signingSecret } from './token.ts'

const PURPOSE = 'taskflow-run'
/** Longer ones are none of ours, and not worth a look. */
const MAX_LENGTH = 1_024

/** Options of {@link createRunToken}. */
export interface RunTokenOptions {
  /** The handler's `secretKey`; of a list, the first signs. */
  secretKey: string | readonly string[]
  /** The one run it is for. */
  taskId: string
  /** How long it is good for; a second to a day. [3 600 000, an hour] */
  expiresInMs?: number
}

const NAMES: OptionNames<RunTokenOptions> = { secretKey: true, taskId: true, expiresInMs: true }

/**
 * A token for `<taskflow-run-status>`: shows your own users how far one run is. It opens
 * `GET {base}/{task_id}/status` of that run, which tells neither input, output, errors nor logs, and
 * nothing else. It cannot be taken back.
 *
 * @throws TaskflowError `configuration` for an option that is not what it should be.
 */
export async function createRunToken(options: RunTokenOptions): Promise<string> {
  checkOptionNames(options, NAMES, { where: 'createRunToken', code: 'configuration' })
  const { taskId, expiresInMs = 3_600_000 } = options
  const secret = signingSecret('createRunToken', options.secretKey)
  if (!isUuid(taskId)) {
    const got = `createRunToken: taskId: expected the id of a task, got ${JSON.stringify(taskId)}`
    throw new TaskflowError('configuration', got)
  }
  checkExpiry('createRunToken', expiresInMs)
  const now = Date.now()
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(taskId.toLowerCase())
    .setAudience(PURPOSE)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor((now + expiresInMs) / 1000))
    .sign(await deriveKey(secret, PURPOSE))
}

/** Id of the run that a token is for; null when it is not ours, not whole or not valid any more. */
export async function readRunToken(token: string, key: Key, now: number): Promise<string | null> {
  if (token.length > MAX_LENGTH) return null
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      audience: PURPOSE,
      currentDate: new Date(now),
      requiredClaims: ['sub', 'exp'],
    })
    return String(payload.sub)
  } catch {
    // Signed by another key of the rotation, or not by us.
    return null
  }
}
