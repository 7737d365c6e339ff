import type { TaskJson } from '../client/wire.ts'
import type { TaskRecord } from '../record.ts'
import { maskSecrets } from '../run/secrets.ts'
import type { TaskManager } from '../run/task-manager.ts'

/** What a record says of payload and result. */
export type PayloadJson = Pick<TaskJson, 'payload' | 'result' | 'payload_hidden'>

/** In lists and in the stream, longer values are left out. */
const MAX_LISTED_CHARS = 2_000
/** Tasks read at once: each may be large. */
const CHUNK = 50

/**
 * What clients see of payload and result, or why they do not. `secret` are the paths to mask; null
 * when the task is not registered here: what would have to be masked is not known then.
 */
export function payloadJson(
  task: TaskRecord,
  secret: readonly string[] | null,
  expose: boolean,
): PayloadJson {
  if (!expose) return { payload_hidden: 'disabled' }
  if (task.encryptedPayload !== null || task.encryptedResult !== null) {
    return { payload_hidden: 'encrypted' }
  }
  if (secret === null) return { payload_hidden: 'unregistered' }
  return {
    payload: maskSecrets(task.payload, secret),
    ...(task.status === 'success' && { result: task.result }),
  }
}

/** The same for the records of a list or of the stream, by task id. */
export async function payloadsJson(
  manager: TaskManager,
  tasks: readonly { taskId: string }[],
  expose: boolean,
): Promise<Map<string, PayloadJson>> {
  const found = new Map<string, PayloadJson>()
  if (!expose) {
    for (const { taskId } of tasks) found.set(taskId, { payload_hidden: 'disabled' })
    return found
  }
  for (let at = 0; at < tasks.length; at += CHUNK) {
    const taskIds = tasks.slice(at, at + CHUNK).map(({ taskId }) => taskId)
    for (const task of await manager.getMany(taskIds)) {
      const shown = payloadJson(task, manager.secretPaths(task.funcName), true)
      if (isLong(shown.payload)) delete shown.payload
      if (isLong(shown.result)) delete shown.result
      found.set(task.taskId, shown)
    }
  }
  return found
}

function isLong(value: unknown): boolean {
  return value !== undefined && JSON.stringify(value).length > MAX_LISTED_CHARS
}
