import type { TaskDetailJson, TaskJson } from '../client/wire.ts'
import { TaskflowError } from '../errors.ts'
import type { TaskRecord } from '../record.ts'
import type { TaskManager } from '../run/task-manager.ts'
import { lifecycleOf } from './lifecycle.ts'
import { payloadJson } from './payload-json.ts'
import type { App } from './route.ts'
import { analyticsJson, attemptJson, isoInstant, logLines, taskJson } from './serialize.ts'

const DETAIL_LOGS = 1000
const RECENT_RUNS = 5
/** Parents and children that are shown, each. */
const RELATIVES = 100

/** One task, whole. */
export async function detailJson(
  { manager, options }: App,
  task: TaskRecord,
): Promise<TaskDetailJson> {
  const [[metrics], recent, logPage, parents, children] = await Promise.all([
    manager.metricsOf([{ funcName: task.funcName }]),
    manager.list({ filter: { funcName: [task.funcName] }, limit: RECENT_RUNS }),
    newestLogs(manager, task),
    relatives(manager, task.dependsOn),
    relatives(manager, task.children),
  ])
  if (!metrics) throw new TaskflowError('internal', 'metrics: the storage gave no answer')
  return {
    ...taskJson(task, 20),
    logs: logLines(logPage),
    logs_truncated: task.logCount > logPage.length,
    stacktrace: task.stacktrace,
    ...payloadJson(task, manager.secretPaths(task.funcName), options.exposePayloads),
    attempts: task.attempts.map(attemptJson),
    lifecycle: lifecycleOf(task),
    cancel_requested_at:
      task.cancelRequestedAt === null ? null : isoInstant(task.cancelRequestedAt),
    parents,
    children,
    analytics: analyticsJson(metrics),
    recent_runs: recent.tasks.map((run) => taskJson(run, 0)),
  }
}

/** Tasks that one is tied to, in the order of their ids here. */
async function relatives(manager: TaskManager, ids: string[]): Promise<TaskJson[]> {
  const taskIds = ids.slice(0, RELATIVES)
  if (taskIds.length === 0) return []
  const { tasks } = await manager.list({ filter: { taskIds }, limit: RELATIVES })
  const byId = new Map(tasks.map((task) => [task.taskId, taskJson(task, 0)]))
  return taskIds.flatMap((id) => byId.get(id) ?? [])
}

async function newestLogs(manager: TaskManager, task: TaskRecord) {
  if (task.logCount <= task.logTail.length || !manager.storage.logs) return task.logTail
  const from = Math.max(1, task.logCount - DETAIL_LOGS + 1)
  const page = await manager.logs({ taskId: task.taskId, from, limit: DETAIL_LOGS })
  return page.entries
}
