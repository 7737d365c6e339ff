import type { ObserverChain } from '../observers/observer-chain.ts'
import type { TaskStatus } from '../record.ts'
import type { ResolvedOptions } from './options.ts'
import { changedStep } from './steps.ts'

/**
 * Tells observers what became of tasks that do not run here: cancelled while they waited, or taken
 * over from a dead instance. Never rejects: the storage keeps the truth.
 */
export async function announce(
  changed: readonly { taskId: string; status: TaskStatus }[],
  { storage, clock, onError }: Pick<ResolvedOptions, 'storage' | 'clock' | 'onError'>,
  observers: ObserverChain,
): Promise<void> {
  if (changed.length === 0) return
  try {
    const taskIds = changed.map(({ taskId }) => taskId)
    const { tasks } = await storage.list({ filter: { taskIds }, limit: taskIds.length })
    const summaries = new Map(tasks.map((task) => [task.taskId, task]))
    for (const { taskId, status } of changed) {
      const task = summaries.get(taskId)
      // Else deleted meanwhile.
      if (task) observers.lifecycle(changedStep(task, status, clock.now()))
    }
  } catch (error) {
    onError(error)
  }
}
