import { TaskflowError } from '../errors.ts'

// On the global object: the app and its tasks file may have loaded two copies of core.
const KEY = Symbol.for('@taskflow/core: tasks file of this worker')
const scope = globalThis as { [KEY]?: string }

/** This thread or process runs tasks of `tasksFile` for a manager elsewhere. */
export function enterWorker(tasksFile: string): void {
  scope[KEY] = tasksFile
}

/** A manager in each worker would claim tasks and start workers of its own. */
export function refuseInWorker(): void {
  const tasksFile = scope[KEY]
  if (tasksFile === undefined) return
  throw new TaskflowError(
    'configuration',
    `TaskManager: tasksFile: expected a module that only exports tasks, ${tasksFile} makes a TaskManager; move the tasks into a file of their own`,
  )
}
