import { TaskflowError } from '../../errors.ts'
import { isFinal, isRetryable } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import type { BulkAction, BulkResult } from './bulk.ts'

/** Why a retry was refused, by the code of its error. */
const REASONS: Partial<Record<TaskflowError['code'], string>> = {
  not_found: 'not_found',
  invalid_input: 'wrong_status',
  unknown_function: 'unknown_function',
  invalid_payload: 'invalid_payload',
}

/** Runs each task again, as a new one. */
export async function retryAction(manager: TaskManager): Promise<BulkAction> {
  const known = new Set((await manager.functions()).map(({ funcName }) => funcName))
  const retry = async (taskId: string): Promise<BulkResult> => {
    try {
      const { taskId: newTaskId, duplicate } = await manager.retry(taskId)
      return duplicate ? { taskId, newTaskId, reason: 'already_retried' } : { taskId, newTaskId }
    } catch (error) {
      const reason = error instanceof TaskflowError ? REASONS[error.code] : undefined
      if (reason === undefined) throw error
      return { taskId, reason }
    }
  }
  return {
    statuses: ['failed', 'interrupted', 'cancelled'],
    refusal(task) {
      if (!isRetryable(task.status)) return 'wrong_status'
      return known.has(task.funcName) ? null : 'unknown_function'
    },
    act: (taskIds) => Promise.all(taskIds.map(retry)),
  }
}

/** Ends pending tasks, asks running ones to stop. */
export function cancelAction(manager: TaskManager): BulkAction {
  return {
    statuses: ['pending', 'running'],
    refusal: (task) => (isFinal(task.status) ? 'wrong_status' : null),
    async act(taskIds) {
      const results = await manager.cancelMany(taskIds)
      return results.map(({ taskId, result }): BulkResult => {
        if (result === 'cancelled' || result === 'requested') return { taskId }
        return { taskId, reason: result === 'missing' ? 'not_found' : 'wrong_status' }
      })
    },
  }
}
