import { unknownTask } from '../errors.ts'
import type { TaskRef } from '../run/task-queue.ts'
import { jsonResponse } from './headers.ts'
import { payloadJson } from './payload-json.ts'
import type { Call } from './route.ts'
import { taskJson } from './serialize.ts'

/** What an action made of a task, as `{task_id, task}`. */
export async function actionAnswer(
  { app: { manager, options } }: Call,
  { taskId, duplicate = false }: Pick<TaskRef, 'taskId'> & { duplicate?: boolean },
  status = 200,
): Promise<Response> {
  const task = await manager.get(taskId)
  if (!task) throw unknownTask(taskId)
  const shown = payloadJson(task, manager.secretPaths(task.funcName), options.exposePayloads)
  const body = {
    task_id: taskId,
    task: taskJson(task, 20, shown),
    ...(duplicate && { duplicate: true }),
  }
  return jsonResponse(body, { status })
}
