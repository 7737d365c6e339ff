import { TaskflowError } from '../errors.ts'
import type { Task } from './define-task.ts'

/**
 * The payload that a stored text, decrypted, stands for, or a promise of it.
 *
 * @throws TaskflowError `invalid_payload` when it is no JSON.
 */
export function storedPayload(task: Task<unknown, unknown>, text: string): unknown {
  if (text !== 'null') return parse(text)
  if (!task.hasSchema) return null
  // JSON has no undefined: where the schema refuses null, the task was enqueued without a payload.
  return task.validate(null).then(
    () => null,
    () => undefined,
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw new TaskflowError('invalid_payload', 'the stored payload is no JSON')
  }
}
