import type { TaskDetailJson } from '../client/wire.ts'
import type { TaskRecord } from '../record.ts'
import { maskSecrets } from '../run/secrets.ts'

/**
 * What clients see of payload and result, or why they do not. `secret` are the paths to mask; null
 * when the task is not registered here: what would have to be masked is not known then.
 */
export function payloadJson(
  task: TaskRecord,
  secret: readonly string[] | null,
  expose: boolean,
): Pick<TaskDetailJson, 'payload' | 'result' | 'payload_hidden'> {
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
