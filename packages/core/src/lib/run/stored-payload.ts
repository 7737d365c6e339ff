import type { Task } from './define-task.ts'

/**
 * The payload that a stored text stands for.
 *
 * @throws SyntaxError when it is no JSON.
 */
export async function storedPayload(task: Task<unknown, unknown>, text: string): Promise<unknown> {
  if (text !== 'null') return JSON.parse(text)
  // JSON has no undefined: where the schema refuses null, the task was enqueued without a payload.
  return task.validate(null).then(
    () => null,
    () => undefined,
  )
}
