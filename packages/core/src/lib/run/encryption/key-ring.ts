import { TaskflowError } from '../../errors.ts'
import { checkOptionNames, type OptionNames } from '../../option-names.ts'

/** How payloads and results are encrypted in the storage. */
export interface EncryptionOptions {
  /** The first encrypts, all decrypt. At least one. */
  keys: readonly EncryptionKey[]
  /**
   * Only decrypt: what is new is stored as it is. The first step where several instances are to
   * learn a key one by one, and the way back. [false]
   */
  decryptOnly?: boolean
}

/** A key for payloads and results. */
export interface EncryptionKey {
  /**
   * Stored beside what the key encrypted. 1–64 of letters, digits and `_ . : -`. Another secret
   * needs another id.
   */
  id: string
  /** A random text of at least 32 characters, or 32 random bytes. */
  secret: string | Uint8Array
}

export type WebKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** The two keys that are derived from a secret. */
export interface DerivedKeys {
  /** AES-256-GCM. */
  cipher: WebKey
  /** HMAC-SHA256, of which the IV is taken. */
  iv: WebKey
}

const NAMES: OptionNames<EncryptionOptions> = { keys: true, decryptOnly: true }
const KEY_NAMES: OptionNames<EncryptionKey> = { id: true, secret: true }
const WHERE = 'TaskManager: encryption'
const ID = /^[\w.:-]{1,64}$/
const MIN_CHARS = 32
const BYTES = 32

/** A key, derived when it is first needed, once. */
export class RingKey {
  readonly id: string
  readonly #secret: Uint8Array<ArrayBuffer>
  #derived: Promise<DerivedKeys> | undefined

  constructor(given: EncryptionKey) {
    checkOptionNames(given, KEY_NAMES, { where: `${WHERE}: keys`, code: 'configuration' })
    const { id, secret } = given
    if (typeof id !== 'string' || !ID.test(id)) {
      throw wrong('keys: id', `1–64 letters, digits or _ . : -, got ${JSON.stringify(id)}`)
    }
    this.id = id
    this.#secret = bytesOf(secret)
  }

  derived(): Promise<DerivedKeys> {
    this.#derived ??= derive(this.#secret)
    return this.#derived
  }
}

/** Keys by id. */
export class KeyRing {
  readonly #keys = new Map<string, RingKey>()
  readonly #first: RingKey | null = null

  /** @throws TaskflowError `configuration`. */
  constructor(options: EncryptionOptions | undefined) {
    if (options === undefined) return
    checkOptionNames(options ?? {}, NAMES, { where: WHERE, code: 'configuration' })
    const { keys, decryptOnly = false } = options ?? {}
    if (!Array.isArray(keys) || keys.length === 0) throw wrong('keys', 'at least one key, got none')
    if (typeof decryptOnly !== 'boolean') {
      throw wrong('decryptOnly', `true or false, got ${typeof decryptOnly}`)
    }
    for (const given of keys as readonly EncryptionKey[]) {
      const key = new RingKey(given ?? {})
      if (this.#keys.has(key.id)) throw wrong('keys: id', `each once, got ${key.id} twice`)
      this.#keys.set(key.id, key)
      if (!decryptOnly) this.#first ??= key
    }
  }

  /** The key of this id. */
  get(id: string): RingKey | undefined {
    return this.#keys.get(id)
  }

  /** The key to encrypt with: the preferred one if it is here, else the first; null for none. */
  sealing(preferred: string | undefined): RingKey | null {
    return (preferred === undefined ? undefined : this.#keys.get(preferred)) ?? this.#first
  }
}

function bytesOf(secret: unknown): Uint8Array<ArrayBuffer> {
  const expected = `at least ${MIN_CHARS} characters or ${BYTES} bytes`
  if (typeof secret === 'string') {
    if (secret.length >= MIN_CHARS) return new TextEncoder().encode(secret)
    throw wrong('keys: secret', `${expected}, got ${secret.length} characters`)
  }
  if (secret instanceof Uint8Array) {
    if (secret.length === BYTES) return new Uint8Array(secret)
    throw wrong('keys: secret', `${expected}, got ${secret.length} bytes`)
  }
  throw wrong('keys: secret', `${expected}, got ${typeof secret}`)
}

async function derive(secret: Uint8Array<ArrayBuffer>): Promise<DerivedKeys> {
  const { subtle } = crypto
  const base = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const hkdf = (purpose: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: new TextEncoder().encode(purpose),
  })
  const aes = { name: 'AES-GCM', length: 256 }
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  const [cipher, iv] = await Promise.all([
    subtle.deriveKey(hkdf('taskflow v1 AES-256-GCM'), base, aes, false, ['encrypt', 'decrypt']),
    subtle.deriveKey(hkdf('taskflow v1 IV'), base, hmac, false, ['sign']),
  ])
  return { cipher, iv }
}

function wrong(option: string, expected: string): TaskflowError {
  const message = `${WHERE}: ${option}: expected ${expected}`
  return new TaskflowError('configuration', message)
}
