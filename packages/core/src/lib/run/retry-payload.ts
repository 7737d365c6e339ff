import { TaskflowError } from '../errors.ts'
import type { StoredTask } from '../storage/contract.ts'
import type { Task } from './define-task.ts'
import { type Encryption, payloadBinding } from './encryption/encryption.ts'
import { hasMask, restoreSecrets } from './secrets.ts'
import { storedPayload } from './stored-payload.ts'

/**
 * What a retry gets: the original's payload, or the given one with the original's secrets in the
 * place of masks. The original is decrypted only if it is needed.
 *
 * @throws TaskflowError `invalid_payload`.
 */
export async function retryPayload(
  task: Task<unknown, unknown>,
  original: StoredTask,
  given: { payload?: unknown },
  encryption: Encryption,
): Promise<unknown> {
  const { secret } = task.settings
  const edited = 'payload' in given
  if (edited && !hasMask(given.payload, secret)) return given.payload
  const text = await encryption.open(original.payload, payloadBinding(original))
  const payload = await storedPayload(task, text)
  if (!edited) return payload
  const restored = restoreSecrets(given.payload, payload, secret)
  if (restored) return restored.payload
  throw new TaskflowError(
    'invalid_payload',
    'retry: payload: expected masks only where the original has values',
  )
}
