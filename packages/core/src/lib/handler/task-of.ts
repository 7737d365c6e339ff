import { unknownTask } from '../errors.ts'
import type { TaskRecord } from '../record.ts'
import { isUuid } from '../uuid.ts'
import type { Call } from './route.ts'

/** The id in the path, as it is stored. @throws TaskflowError `not_found` for what can be none. */
export function taskIdOf({ params }: Call): string {
  const taskId = params.task_id ?? ''
  if (!isUuid(taskId)) throw unknownTask(taskId)
  return taskId.toLowerCase()
}

/** The task that the path names. @throws TaskflowError `not_found` */
export async function taskOf(call: Call): Promise<TaskRecord> {
  const taskId = taskIdOf(call)
  const task = await call.app.manager.get(taskId)
  if (!task) throw unknownTask(taskId)
  return task
}
