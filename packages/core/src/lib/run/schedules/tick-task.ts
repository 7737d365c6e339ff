import { TaskflowError } from '../../errors.ts'
import type { TaskSource } from '../../record.ts'
import type { NewTask } from '../../storage/contract.ts'
import type { Task } from '../define-task.ts'
import { scheduleBinding } from '../encryption/encryption.ts'
import { newTask } from '../new-task.ts'
import type { ResolvedOptions } from '../options.ts'
import { storedPayload } from '../stored-payload.ts'
import type { EnqueueOptions } from '../task-queue.ts'
import type { Schedule } from './definition.ts'

/**
 * The task of one run, with the schedule's payload.
 *
 * @throws TaskflowError when the task refuses that payload by now, or it cannot be decrypted.
 */
export async function tickTask(
  { stored: { scheduleId, funcName }, spec }: Schedule,
  given: EnqueueOptions,
  source: TaskSource,
  options: ResolvedOptions,
): Promise<NewTask> {
  const task = registered(options, funcName)
  const { tags, priority } = spec
  const text = await options.encryption.open(spec.payload, scheduleBinding(funcName, scheduleId))
  const payload = await storedPayload(task, text)
  const settings = { tags, ...(priority !== null && { priority }), ...given }
  return newTask(task, payload, settings, { source, scheduleId }, options)
}

/** The key of one tick's task: whatever happens to the schedule, one tick is one task. */
export function tickKey(scheduleId: string, dueAt: number): string {
  return `schedule:${scheduleId}:${new Date(dueAt).toISOString()}`
}

/** A task of this manager. @throws TaskflowError `unknown_function`. */
export function registered(options: ResolvedOptions, funcName: string): Task<unknown, unknown> {
  const task = options.tasks.get(funcName)
  if (task) return task as Task<unknown, unknown>
  throw new TaskflowError(
    'unknown_function',
    `schedule: expected one of the manager's tasks, got ${JSON.stringify(funcName.slice(0, 200))}`,
  )
}
