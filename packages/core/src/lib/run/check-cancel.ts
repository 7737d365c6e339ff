import { TaskflowError, unknownTask } from '../errors.ts'
import type { CancelResult } from '../storage/contract.ts'

/** Says in words why a task was not cancelled; returns the result where it was, or is asked to be. */
export function checkCancel(
  result: CancelResult | undefined,
  taskId: string,
  graceMs: number,
): CancelResult {
  switch (result?.result) {
    case 'cancelled':
    case 'requested':
      return result
    case 'too_early':
      throw new TaskflowError(
        'conflict',
        `cancel: force: expected ${graceMs} ms to have passed since it was asked to stop`,
      )
    case 'refused':
      throw new TaskflowError(
        'invalid_input',
        `cancel: expected a pending or running task, it is ${result.status}`,
      )
    default:
      throw unknownTask(taskId)
  }
}
