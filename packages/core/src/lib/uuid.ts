const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const pool = new Uint8Array(8 * 512)
let used = pool.length
let lastAt = 0
/** Text of `lastAt` and the version: most ids share it with the one before. */
let head = ''
let counter = 0

/**
 * A UUIDv7 (RFC 9562): sorts by time of creation, within one process also inside a millisecond,
 * by a counter in the 12 bits after the version (method 1 of section 6.2).
 */
export function uuidv7(now: number): string {
  if (now > lastAt) startAt(now)
  // More than 4096 in a millisecond: borrow from the next one, so that order holds.
  else if (++counter > 0xfff) startAt(lastAt + 1)
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  const byte = (i: number) => hex[pool[used + i] ?? 0] ?? '00'
  const variant = hex[((pool[used] ?? 0) & 0x3f) | 0x80] ?? '80'
  const id = `${head}${counter.toString(16).padStart(3, '0')}-${variant}${byte(1)}-${byte(2)}${byte(3)}${byte(4)}${byte(5)}${byte(6)}${byte(7)}`
  used += 8
  return id
}

function startAt(at: number): void {
  lastAt = at
  counter = 0
  const time = at.toString(16).padStart(12, '0')
  head = `${time.slice(0, 8)}-${time.slice(8)}-7`
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for text in the form of a UUID. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}
