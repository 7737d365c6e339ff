import type { FunctionInfo } from '../storage/contract.ts'
import { defineTask, type Task } from './define-task.ts'

/**
 * Stands for a task that only other instances have, so that it can be enqueued and retried here.
 * Its schema and its secret paths are not known: whoever runs it checks the payload.
 */
export function taskElsewhere(info: FunctionInfo): Task<unknown, unknown> {
  const { funcName: name, group, priority, retries, executor, requeueOnInterrupt } = info
  return defineTask<unknown, unknown>({
    name,
    retries,
    executor,
    requeueOnInterrupt,
    ...(group !== null && { group }),
    ...(priority !== null && { priority }),
    run() {
      throw new Error(`${name} is not here`)
    },
  })
}
