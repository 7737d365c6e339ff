export type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** What keys are for: what was made for one purpose is worth nothing for another. */
export type Purpose =
  | 'taskflow-session'
  | 'taskflow-bearer'
  | 'taskflow-run'
  | 'taskflow-credential'

const encode = (text: string) => new TextEncoder().encode(text)

/** Keys for different purposes differ, though one secret is configured (HKDF, RFC 5869). */
export async function deriveKey(secret: string, purpose: Purpose): Promise<Key> {
  const base = await crypto.subtle.importKey('raw', encode(secret), 'HKDF', false, ['deriveKey'])
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encode(purpose) },
    base,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign', 'verify'],
  )
}

/**
 * What a session carries of the credential it was made from: enough to see that it has changed,
 * nothing to guess it by.
 */
export async function fingerprint(key: Key, userId: string, credential: string): Promise<string> {
  const text = encode(JSON.stringify([userId, credential]))
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, text))
  return btoa(String.fromCharCode(...mac.subarray(0, 16)))
}
