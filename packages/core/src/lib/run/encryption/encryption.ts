import { TaskflowError } from '../../errors.ts'
import { decodeEnvelope, encodeEnvelope, looksSealed } from './envelope.ts'
import { type DerivedKeys, type EncryptionOptions, KeyRing } from './key-ring.ts'

/** Where a stored value belongs; it decrypts nowhere else. */
export interface Binding {
  field: 'payload' | 'result' | 'schedule'
  funcName: string
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

/** What a result is bound to. */
export function resultBinding({ taskId, funcName }: { taskId: string; funcName: string }): Binding {
  return { field: 'result', funcName, id: taskId }
}

/** What the payload of a schedule is bound to, of which each run gets one of its own. */
export function scheduleBinding(funcName: string, scheduleId: string): Binding {
  return { field: 'schedule', funcName, id: scheduleId }
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

  /** False where `seal` leaves texts as they are. */
  seals(keyId?: string): boolean {
    return this.#ring.sealing(keyId) !== null
  }

  /**
   * The text to store, of a text by `encodeJson`. `keyId` names a key to use instead of the first,
   * if it is in the ring.
   */
  async seal(text: string, binding: Binding, keyId?: string): Promise<string> {
    const key = this.#ring.sealing(keyId)
    if (!key) return text
    const keys = await key.derived()
    const plain = new TextEncoder().encode(text)
    const bound = boundTo(binding)
    const iv = await syntheticIv(keys, bound, plain)
    const sealing = { name: 'AES-GCM', iv, additionalData: bound }
    const data = new Uint8Array(await crypto.subtle.encrypt(sealing, keys.cipher, plain))
    return encodeEnvelope({ keyId: key.id, iv, data })
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
    const key = envelope && this.#ring.get(envelope.keyId)
    if (!key) throw unreadable(binding)
    const { iv, data } = envelope
    const keys = await key.derived()
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
  const code = field === 'result' ? 'internal' : 'invalid_payload'
  const what = field === 'schedule' ? 'payload of the schedule' : field
  return new TaskflowError(code, `the ${what} could not be decrypted`)
}
