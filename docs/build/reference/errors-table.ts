import {
  createHandler,
  memoryStorage,
  TaskflowError,
  type TaskflowErrorCode,
  TaskManager,
} from '@taskflow/core'
import { table } from './table.ts'

/** When each code comes, and what to do. A code without a line does not compile. */
const MEANING: Record<TaskflowErrorCode, [when: string, then: string]> = {
  invalid_input: [
    'A parameter, an option or a body is not what it should be',
    'Change the call; the message says what was expected',
  ],
  unauthenticated: ['No session, or one that is over', 'Sign in'],
  forbidden: [
    "The user's roles do not allow it, `readOnly` is on, or another site's page asks",
    'Ask as somebody who may; see [rights](http.md#rights)',
  ],
  not_found: ['No such task, schedule or path', 'It may have been deleted by the retention'],
  method_not_allowed: ['The path has no such method', 'The `Allow` header lists those it has'],
  conflict: [
    'It does not go with how things are: a cancel by force before the grace period, a bulk action whose number is off',
    'Look at the current state, then ask again',
  ],
  unknown_function: [
    'No live instance has a task of that name, or the manager was not given the task',
    'Give the task to `TaskManager`, or start an instance that has it',
  ],
  too_large: ['A payload, result or body is longer than allowed', 'Store the data, enqueue its id'],
  unsupported_media_type: ['The body is not JSON', 'Send `content-type: application/json`'],
  invalid_payload: ["The task's schema, or JSON, refuses the payload", 'See `issues`'],
  throttled: [
    '`maxPending` is reached, or there were too many wrong passwords',
    'Come back later; over HTTP `Retry-After` says when',
  ],
  unavailable: [
    'The storage cannot be reached, is full or busy; a wait for a result was given up',
    'Ask again. `committed` says whether the call may have been stored: `no`, or `unknown`',
  ],
  internal: ['Something went wrong that is not your call', '`onError` was told the reason'],
  configuration: [
    'An option is wrong, or a storage lacks what is asked of it. In TypeScript only: over HTTP it is `internal`',
    'Change the code; thrown at the start as far as that is possible',
  ],
}

/** Every code with the status that the handler answers it with. */
export async function errorsTable(): Promise<string> {
  const codes = Object.keys(MEANING) as TaskflowErrorCode[]
  const rows = await Promise.all(
    codes.map(async (code) => [`\`${code}\``, String(await statusOf(code)), ...MEANING[code]]),
  )
  return table(['`code`', 'status', 'when', 'what to do'], rows)
}

/** Asks a handler whose storage fails in that way. */
async function statusOf(code: TaskflowErrorCode): Promise<number> {
  const storage = memoryStorage()
  storage.list = () => Promise.reject(new TaskflowError(code, 'an example'))
  const tasks = new TaskManager({ tasks: [], storage, onError: () => {} })
  const handler = createHandler(tasks, { auth: false, onWarning: () => {} })
  const { status } = await handler(new Request('http://localhost/tasks'))
  handler.close()
  return status
}
