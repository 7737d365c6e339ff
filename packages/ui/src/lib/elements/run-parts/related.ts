import { isAbort, type TaskDetailJson, type TaskJson } from '@taskflow/core/client'
import type { DashboardStore } from '../../store/dashboard-store.ts'

/** Runs that have to do with one, besides those its record holds. */
export interface RelatedRuns {
  retryOf: TaskJson | null
  retriedBy: TaskJson[]
  flow: TaskJson[]
}

/** Runs of the same task that are looked at for a retry, from this one on. */
const LOOK_AT = 200

/** Asks for the runs that a run is tied to by a retry or a flow. */
export async function readRelated(
  store: DashboardStore,
  task: TaskDetailJson,
  signal: AbortSignal,
): Promise<RelatedRuns> {
  const { client } = store
  const [retryOf, later, flow] = await Promise.all([
    task.retry_of ? client.get(task.retry_of, { signal }).catch(missing) : null,
    client.list(
      {
        func_name: [task.func_name],
        since: task.created_at,
        limit: LOOK_AT,
        sort: 'created_at',
        order: 'asc',
      },
      { signal },
    ),
    task.flow_id ? client.list({ flow_id: [task.flow_id], limit: 100 }, { signal }) : null,
  ])
  return {
    retryOf,
    retriedBy: later.tasks.filter((one) => one.retry_of === task.task_id),
    flow: flow?.tasks.filter((one) => one.task_id !== task.task_id) ?? [],
  }
}

/** A run that was pruned meanwhile. */
function missing(cause: unknown): null {
  if (isAbort(cause)) throw cause
  return null
}
