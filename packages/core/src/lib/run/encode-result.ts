import { encodeJson } from '../json.ts'
import { describeError } from './describe-error.ts'

/** JSON of a return value; one that JSON cannot hold costs the result, not the completion. */
export function encodeResult(
  value: unknown,
  maxBytes: number,
  warn: (message: string) => void,
): string {
  try {
    return encodeJson(value, 'result', maxBytes)
  } catch (error) {
    warn(`The result was not kept: ${describeError(error).error}`)
    return 'null'
  }
}
