import { base64url } from 'jose'

/** What an encrypted value is stored as. */
export interface Envelope {
  /** Id of the key. */
  keyId: string
  /** 12 bytes. */
  iv: Uint8Array<ArrayBuffer>
  /** Ciphertext and authentication tag. */
  data: Uint8Array<ArrayBuffer>
}

const HEAD = '{"$encrypted":{"v":1,"kid":"'
const WHOLE =
  /^\{"\$encrypted":\{"v":1,"kid":"([\w.:-]+)","iv":"([\w-]{16})","data":"([\w-]+)"\}\}$/
/** Characters of the head that may be damaged. */
const TOLERANCE = 3

/**
 * True for text that is an envelope, whole or damaged: a damaged one must fail, and not run as if
 * it were a payload that nobody encrypted. No user's value that looks like this is ever stored.
 */
export function looksSealed(text: string): boolean {
  if (text.length < HEAD.length) return false
  let wrong = 0
  for (let i = 0; i < HEAD.length; i++) {
    if (text.charCodeAt(i) !== HEAD.charCodeAt(i) && ++wrong > TOLERANCE) return false
  }
  return true
}

/** The envelope as JSON text: for a storage it is a payload like any other. */
export function encodeEnvelope({ keyId, iv, data }: Envelope): string {
  return `${HEAD}${keyId}","iv":"${base64url.encode(iv)}","data":"${base64url.encode(data)}"}}`
}

/** Null for everything that `encodeEnvelope` would not have written, to the last character. */
export function decodeEnvelope(text: string): Envelope | null {
  const [, keyId, iv, data] = WHOLE.exec(text) ?? []
  if (keyId === undefined || iv === undefined || data === undefined) return null
  try {
    const envelope = { keyId, iv: bytesOf(iv), data: bytesOf(data) }
    // The last character of base64 has bits that mean nothing: any but zero were changed.
    return encodeEnvelope(envelope) === text ? envelope : null
  } catch {
    return null
  }
}

/** Id of the key that an envelope names; undefined for other text. */
export function keyIdOf(text: string): string | undefined {
  return looksSealed(text) ? WHOLE.exec(text)?.[1] : undefined
}

const bytesOf = (text: string) => new Uint8Array(base64url.decode(text))
