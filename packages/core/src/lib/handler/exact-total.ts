import type { TaskManager } from '../run/task-manager.ts'
import type { TaskFilter, TaskMetrics } from '../storage/contract.ts'

/**
 * How many tasks match in all, where the counts of `metrics` know it: filters by nothing, by status
 * and by function. Null for any other: counting those would read the whole history.
 */
export async function exactTotal(manager: TaskManager, filter: TaskFilter): Promise<number | null> {
  const { status, funcName, ...others } = filter
  if (Object.values(others).some((condition) => condition !== undefined)) return null
  const functions = funcName === undefined ? [undefined] : [...new Set(funcName)]
  const counts = await manager.metricsOf(functions.map((name) => ({ funcName: name })))
  return counts.reduce((total, metrics) => total + matching(metrics, status), 0)
}

function matching(metrics: TaskMetrics, status: TaskFilter['status']): number {
  if (status === undefined) return metrics.total
  return [...new Set(status)].reduce((total, name) => total + metrics[name], 0)
}
