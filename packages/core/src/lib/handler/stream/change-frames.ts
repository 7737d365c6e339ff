import type { TaskSummary } from '../../record.ts'
import { matcherOf } from '../../storage/filter.ts'
import type { PayloadJson } from '../payload-json.ts'
import { taskJson } from '../serialize.ts'
import { frame, type StreamClient } from './stream-client.ts'

/** Changed tasks, by id; those that are missing were deleted. */
export interface ChangedTasks {
  tasks: ReadonlyMap<string, TaskSummary>
  payloads: ReadonlyMap<string, PayloadJson>
}

/**
 * Frames for changed tasks. A task that stopped matching by status is still sent, so that the
 * reader sees it leave.
 */
export function changeFrames(
  { request }: StreamClient,
  taskIds: string[],
  { tasks, payloads }: ChangedTasks,
  cursor: string,
  shared: Map<number, Map<string, string>> = new Map(),
): string {
  const asked = matcherOf({ ...request.filter, status: undefined, phase: undefined })
  let cache = shared.get(request.logs)
  if (!cache) {
    cache = new Map()
    shared.set(request.logs, cache)
  }
  const frames: string[] = []
  const removed: string[] = []
  for (const taskId of taskIds) {
    const task = tasks.get(taskId)
    if (!task) removed.push(taskId)
    else if (asked(task, task.phase) && (request.matches?.(task) ?? true)) {
      // Written once for all readers that want as many log lines.
      const text =
        cache.get(taskId) ?? frame('task', taskJson(task, request.logs, payloads.get(taskId)))
      cache.set(taskId, text)
      frames.push(text)
    }
  }
  if (removed.length > 0) frames.push(frame('removed', { task_ids: removed }))
  // With the last one only: who loses the connection in between must get all of them again.
  const last = frames.pop()
  if (last !== undefined) frames.push(`id: ${cursor}\n${last}`)
  return frames.join('')
}
