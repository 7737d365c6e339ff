import type { StoredTask } from '../storage/contract.ts'
import { type Encryption, resultBinding } from './encryption/encryption.ts'

/**
 * What a successful task returned, as JSON keeps it.
 *
 * @throws TaskflowError where it cannot be decrypted.
 */
export async function resultOf(stored: StoredTask, encryption: Encryption): Promise<unknown> {
  const { result } = stored
  return result === null ? null : JSON.parse(await encryption.open(result, resultBinding(stored)))
}
