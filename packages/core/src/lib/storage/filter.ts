import type { TaskPhase, TaskSummary } from '../record.ts'
import type { TaskFilter } from './contract.ts'

type Filtered = Pick<
  TaskSummary,
  | 'taskId'
  | 'status'
  | 'funcName'
  | 'group'
  | 'executor'
  | 'source'
  | 'instance'
  | 'flowId'
  | 'scheduleId'
  | 'tags'
  | 'createdAt'
>

/** Whether a task is what is asked for. */
export type TaskMatcher = (task: Filtered, phase: TaskPhase) => boolean

/**
 * A filter, ready to be asked of many tasks; the meaning that every storage's `list` shares. What is
 * asked for is prepared once: of 200 000 tasks, anything done per task is felt.
 */
export function matcherOf(filter: TaskFilter): TaskMatcher {
  const conditions: TaskMatcher[] = []
  const among = (
    wanted: readonly string[] | undefined,
    read: (task: Filtered) => string | null,
  ) => {
    if (wanted === undefined) return
    const values = new Set<string | null>(wanted)
    conditions.push((task) => values.has(read(task)))
  }
  among(filter.taskIds, ({ taskId }) => taskId)
  among(filter.status, ({ status }) => status)
  among(filter.funcName, ({ funcName }) => funcName)
  among(filter.group, ({ group }) => group)
  among(filter.executor, ({ executor }) => executor)
  among(filter.source, ({ source }) => source)
  among(filter.instance, ({ instance }) => instance)
  among(filter.flowId, ({ flowId }) => flowId)
  among(filter.scheduleId, ({ scheduleId }) => scheduleId)
  const { phase: phases, tags, since, until, search } = filter
  if (phases) conditions.push((_, phase) => phases.includes(phase))
  if (since !== undefined) conditions.push(({ createdAt }) => createdAt >= since)
  if (until !== undefined) conditions.push(({ createdAt }) => createdAt < until)
  if (tags) {
    conditions.push((task) => tags.every(({ key, value }) => task.tags[key] === value))
  }
  if (search !== undefined) conditions.push(searchFor(search.toLowerCase()))
  return (task, phase) => conditions.every((holds) => holds(task, phase))
}

function searchFor(text: string): TaskMatcher {
  /** There are many tasks, and few functions. */
  const functions = new Map<string, boolean>()
  return ({ taskId, funcName }) => {
    let found = functions.get(funcName)
    if (found === undefined) {
      found = funcName.toLowerCase().includes(text)
      functions.set(funcName, found)
    }
    if (found) return true
    const id = taskId.toLowerCase()
    return id.startsWith(text) || id.endsWith(text)
  }
}
