import { TaskflowError } from './errors.ts'
import { looksSealed } from './run/encryption/envelope.ts'

/**
 * JSON text of a value, for the storage.
 *
 * @throws TaskflowError `invalid_payload` when JSON cannot hold it, or when it looks like something
 *   encrypted: nobody may hand in the ciphertext of another task. `too_large` beyond `maxBytes`.
 */
export function encodeJson(value: unknown, what: string, maxBytes: number): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value === undefined ? null : value)
  } catch (cause) {
    // Circular, too deep, a BigInt, or a toJSON that throws.
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : 'unknown reason'
    throw new TaskflowError(
      'invalid_payload',
      `${what}: expected a value that JSON holds: ${reason}`,
    )
  }
  if (text === undefined) {
    throw new TaskflowError(
      'invalid_payload',
      `${what}: expected a value that JSON holds, got ${typeof value}`,
    )
  }
  if (looksSealed(text)) {
    throw new TaskflowError('invalid_payload', `${what}: expected a value without $encrypted`)
  }
  // A UTF-16 unit takes at most three bytes: most texts need no exact count.
  if (text.length * 3 > maxBytes) {
    const bytes = new TextEncoder().encode(text).length
    if (bytes > maxBytes) {
      throw new TaskflowError(
        'too_large',
        `${what}: expected at most ${maxBytes} bytes of JSON, got ${bytes}`,
      )
    }
  }
  return text
}

/**
 * JSON text of a payload, for the storage. Numbers that JSON does not hold are refused, which it
 * would turn into null without a word: whoever sent `1e309` has lost a number.
 *
 * @throws TaskflowError as `encodeJson`.
 */
export function encodePayload(payload: unknown, funcName: string, maxBytes: number): string {
  const what = `${funcName}: payload`
  const text = encodeJson(payload, what, maxBytes)
  // Without a null in its text nothing has become one.
  if (payload !== undefined && text.includes('null')) checkNumbers(payload, what)
  return text
}

function checkNumbers(payload: unknown, what: string): void {
  // Sees what `toJSON` made of values, as the text does.
  JSON.stringify(payload, (key, value) => {
    const number = value instanceof Number ? Number(value) : value
    if (typeof number !== 'number' || Number.isFinite(number)) return value
    const where = key === '' ? '' : ` at ${JSON.stringify(key.slice(0, 100))}`
    const got = `expected finite numbers, got ${number}${where}`
    throw new TaskflowError('invalid_payload', `${what}: ${got}`)
  })
}
