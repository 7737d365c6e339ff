import type { TaskEdgeJson, TaskGraphJson } from '../../client/wire.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import type { StoredTask } from '../../storage/contract.ts'
import { taskJson } from '../serialize.ts'

/** Tasks of one graph. */
const MAX_NODES = 500
const CHUNK = 100

/**
 * The graph that a task is part of: whatever it depends on or is needed by, and the tasks of their
 * flows; the nearest first.
 */
export async function taskGraph(manager: TaskManager, startId: string): Promise<TaskGraphJson> {
  const seen = new Set([startId])
  const flows = new Set<string>()
  const nodes: StoredTask[] = []
  let next = [startId]
  const meet = (taskIds: readonly string[]) => {
    const fresh = taskIds.filter((taskId) => !seen.has(taskId))
    for (const taskId of fresh) seen.add(taskId)
    next.push(...fresh)
  }
  while (next.length > 0 && nodes.length < MAX_NODES) {
    const now = next.slice(0, Math.min(CHUNK, MAX_NODES - nodes.length))
    next = next.slice(now.length)
    for (const task of await manager.storage.get({ taskIds: now })) {
      if (task === null) continue
      nodes.push(task)
      meet(task.dependsOn)
      meet(task.children)
      if (task.flowId === null || flows.has(task.flowId)) continue
      flows.add(task.flowId)
      const { tasks } = await manager.list({ filter: { flowId: [task.flowId] }, limit: MAX_NODES })
      meet(tasks.map(({ taskId }) => taskId))
    }
  }
  return {
    nodes: nodes.map((task) => taskJson(task, 0)),
    edges: edgesOf(nodes),
    truncated: next.length > 0,
  }
}

function edgesOf(nodes: readonly StoredTask[]): TaskEdgeJson[] {
  const there = new Set(nodes.map(({ taskId }) => taskId))
  return nodes.flatMap(({ taskId, dependsOn }) =>
    dependsOn.flatMap((parent) => (there.has(parent) ? [{ from: parent, to: taskId }] : [])),
  )
}
