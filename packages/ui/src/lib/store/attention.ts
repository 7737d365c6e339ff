import type { TaskJson } from '@taskflow/core/client'
import { errorMessage, errorName } from '../format/phase.ts'
import { excerpt } from '../format/visible-text.ts'

/** Runs that failed alike. */
export interface FailureGroup {
  func: string
  /** Name of the error; null when it has none. */
  what: string | null
  message: string
  count: number
  /** The newest of them. */
  newest: TaskJson
}

/** Groups failed runs, newest first, by function and error name. */
export function groupFailures(tasks: readonly TaskJson[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  for (const task of tasks) {
    const what = errorName(task.error)
    const key = `${task.func_name}\n${what ?? task.status}`
    const group = groups.get(key)
    if (group) group.count += 1
    else {
      const message = task.error ? excerpt(errorMessage(task.error), 160) : ''
      groups.set(key, { func: task.func_name, what, message, count: 1, newest: task })
    }
  }
  return [...groups.values()]
}
