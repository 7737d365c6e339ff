import { TaskflowError } from '../../errors.ts'
import { decodeEnvelope, encodeEnvelope, looksSealed } from './envelope.ts'
import { type DerivedKeys, type EncryptionOptions, KeyRing } from './key-ring.ts'

/** Where a stored value belongs; it decrypts nowhere else. */
export interface Binding {
  field: 'payload' | 'result'
  funcName: string
  /** Of a result, its task. Of a payload, see `payloadBinding`. */
  id: string
}

/**
 * What a payload is bound to: its task, but for a retry the task that it retries. A storage takes a
 * retry whose text equals an earlier retry's for that retry again, so twenty clicks make one task.
 * The texts are equal only if their bindings are, and `seal` gives equal texts for equal input.
 */
export function payloadBinding(task: {
  taskId: string
  funcName: string
  retryOf?: string | null | undefined
}): Binding {
  return { field: 'payload', funcName: task.funcName, id: task.retryOf ?? task.taskId }
}

/**
 * Encrypts and decrypts the JSON texts of payloads and results: AES-256-GCM, bound to their task.
 * Without keys, `seal` leaves texts as they are.
 */
export class Encryption {
  readonly #ring: KeyRing

  /** @throws TaskflowError `configuration`. */
  constructor(options?: EncryptionOptions) {
    this.#ring = new KeyRing(options)
  }

  /**
   * The text to store. `keyId` names a key to use instead of the first, if it is in the ring.
   *
   * @throws TaskflowError `invalid_payload` for a value that looks like an encrypted one: a caller
   *   must not be able to hand in the ciphertext of another task.
   */
  async seal(text: string, binding: Binding, keyId?: string): Promise<string> {
    if (looksSealed(text)) {
      throw new TaskflowError(
        'invalid_payload',
        `${binding.funcName}: ${binding.field}: expected a value without $encrypted`,
      )
    }
    const id = keyId !== undefined && this.#ring.has(keyId) ? keyId : this.#ring.sealingId
    const keys = id === null ? undefined : await this.#ring.derived(id)
    if (id === null || !keys) return text
    const plain = new TextEncoder().encode(text)
    const bound = boundTo(binding)
    const iv = await syntheticIv(keys, bound, plain)
    const sealing = { name: 'AES-GCM', iv, additionalData: bound }
    const data = new Uint8Array(await crypto.subtle.encrypt(sealing, keys.cipher, plain))
    return encodeEnvelope({ keyId: id, iv, data })
  }

  /**
   * The text that a stored one stands for. Text that is not encrypted is returned as it is: tasks
   * from before there was a key still run.
   *
   * @throws TaskflowError, the same whatever is wrong: an unknown key, a changed byte, a value of
   *   another task or field.
   */
  async open(stored: string, binding: Binding): Promise<string> {
    if (!looksSealed(stored)) return stored
    const envelope = decodeEnvelope(stored)
    const keys = envelope ? await this.#ring.derived(envelope.keyId) : undefined
    if (!envelope || !keys) throw unreadable(binding)
    const { iv, data } = envelope
    const sealing = { name: 'AES-GCM', iv, additionalData: boundTo(binding) }
    try {
      return new TextDecoder().decode(await crypto.subtle.decrypt(sealing, keys.cipher, data))
    } catch {
      throw unreadable(binding)
    }
  }
}

/** JSON arrays never begin like one another, so no two bindings, nor bindings with text, are equal. */
function boundTo({ field, funcName, id }: Binding): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(['taskflow', 1, field, funcName, id]))
}

/** Another one for every other binding or text, as GCM needs; the same one for the same. */
async function syntheticIv(
  { iv }: DerivedKeys,
  bound: Uint8Array,
  plain: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const input = new Uint8Array(bound.length + plain.length)
  input.set(bound)
  input.set(plain, bound.length)
  return new Uint8Array(await crypto.subtle.sign('HMAC', iv, input), 0, 12)
}

function unreadable({ field }: Binding): TaskflowError {
  const code = field === 'payload' ? 'invalid_payload' : 'internal'
  return new TaskflowError(code, `the ${field} could not be decrypted`)
}
