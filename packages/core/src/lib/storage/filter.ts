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

/** Whether a task is what a filter asks for; the meaning that every storage's `list` shares. */
export function matchesFilter(task: Filtered, phase: TaskPhase, filter: TaskFilter): boolean {
  return (
    oneOf(filter.taskIds, task.taskId) &&
    oneOf(filter.status, task.status) &&
    oneOf(filter.phase, phase) &&
    oneOf(filter.funcName, task.funcName) &&
    oneOf(filter.group, task.group) &&
    oneOf(filter.executor, task.executor) &&
    oneOf(filter.source, task.source) &&
    oneOf(filter.instance, task.instance) &&
    oneOf(filter.flowId, task.flowId) &&
    oneOf(filter.scheduleId, task.scheduleId) &&
    (filter.tags?.every(({ key, value }) => task.tags[key] === value) ?? true) &&
    (filter.since === undefined || task.createdAt >= filter.since) &&
    (filter.until === undefined || task.createdAt < filter.until) &&
    (filter.search === undefined || matchesSearch(task, filter.search.toLowerCase()))
  )
}

function oneOf<Value>(wanted: Value[] | undefined, value: Value | null): boolean {
  return wanted === undefined || (value !== null && wanted.includes(value))
}

function matchesSearch(task: Filtered, text: string): boolean {
  return (
    task.taskId.toLowerCase().startsWith(text) ||
    task.taskId.toLowerCase().endsWith(text) ||
    task.funcName.toLowerCase().includes(text)
  )
}
