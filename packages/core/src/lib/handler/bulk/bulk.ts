import { TaskflowError } from '../../errors.ts'
import type { TaskStatus, TaskSummary } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import { isUuid } from '../../uuid.ts'
import { exactTotal } from '../exact-total.ts'
import { pagesOf } from '../selection/list-selected.ts'
import type { Selection } from '../selection/selection.ts'

/** Tasks acted on at once. */
const CHUNK = 100
const MAX_RESULTS = 1000
/** How far the number of tasks may be from what was expected. */
const MAX_DRIFT = 0.1

/** What became of one task. */
export interface BulkResult {
  taskId: string
  /** The task that came of it. [none] */
  newTaskId?: string
  /** Why nothing was done: a stable word, such as `not_found`. [it was done] */
  reason?: string
}

/** Something that can be done to many tasks. */
export interface BulkAction {
  /** Tasks in other states are not meant by a filter. */
  statuses: readonly TaskStatus[]
  /** Why it cannot be done to a task; null when it can, as far as can be told. */
  refusal(task: TaskSummary): string | null
  /** Does it; one result for each task, in their order. */
  act(taskIds: string[]): Promise<BulkResult[]>
}

export interface BulkReport {
  done: number
  skipped: number
  /** At most 1000. */
  results: BulkResult[]
}

/** Acts on tasks by id, each once. `dryRun` only looks. */
export async function bulkByIds(
  manager: TaskManager,
  action: BulkAction,
  given: readonly string[],
  dryRun: boolean,
  acted: (results: BulkResult[]) => Promise<void>,
): Promise<BulkReport> {
  const report = new Report()
  const taskIds = [...new Set(given.map((taskId) => taskId.toLowerCase()))]
  for (let at = 0; at < taskIds.length; at += CHUNK) {
    const chunk = taskIds.slice(at, at + CHUNK)
    const known = chunk.filter(isUuid)
    const found = dryRun
      ? await dryRunOf(manager, action, known)
      : known.length === 0
        ? []
        : await action.act(known)
    const byId = new Map(found.map((result) => [result.taskId, result]))
    const results = chunk.map((taskId) => byId.get(taskId) ?? { taskId, reason: 'not_found' })
    report.add(results)
    if (!dryRun) await acted(results)
  }
  return report
}

/** Acts on all tasks of a selection. */
export async function bulkBySelection(
  manager: TaskManager,
  action: BulkAction,
  selection: Selection,
  options: { dryRun: boolean; expected: number | undefined },
  acted: (results: BulkResult[]) => Promise<void>,
): Promise<BulkReport> {
  const meant = inStatuses(selection, action.statuses)
  const report = new Report()
  if (meant === null) return report
  if (options.expected !== undefined) {
    const count = await countOf(manager, meant)
    if (Math.abs(count - options.expected) > options.expected * MAX_DRIFT) {
      throw new TaskflowError(
        'conflict',
        `expected: ${options.expected} tasks were expected, there are ${count}`,
      )
    }
  }
  const replaced = new Set<string>()
  for await (const page of pagesOf(manager, meant, {})) {
    for (let at = 0; at < page.length; at += CHUNK) {
      const chunk = page.slice(at, at + CHUNK)
      const results = chunk.map((task): BulkResult => {
        const { taskId, retryOf } = task
        // Its retry, which is newer and therefore came before it, is dealt with in its stead.
        if (retryOf !== null) replaced.add(retryOf)
        const reason = replaced.has(taskId) ? 'retried_before' : action.refusal(task)
        return reason === null ? { taskId } : { taskId, reason }
      })
      const todo = results.flatMap(({ taskId, reason }) => (reason === undefined ? [taskId] : []))
      const done = options.dryRun || todo.length === 0 ? [] : await action.act(todo)
      const byId = new Map(done.map((result) => [result.taskId, result]))
      report.add(results.map((result) => byId.get(result.taskId) ?? result))
      if (done.length > 0) await acted(done)
    }
  }
  return report
}

async function dryRunOf(
  manager: TaskManager,
  action: BulkAction,
  taskIds: string[],
): Promise<BulkResult[]> {
  if (taskIds.length === 0) return []
  const { tasks } = await manager.list({ filter: { taskIds }, limit: taskIds.length })
  return tasks.map((task) => {
    const reason = action.refusal(task)
    return reason === null ? { taskId: task.taskId } : { taskId: task.taskId, reason }
  })
}

/** The selection without tasks that the action is not about; null when none is left. */
function inStatuses(selection: Selection, statuses: readonly TaskStatus[]): Selection | null {
  const { filter, matches } = selection
  const status = statuses.filter((one) => filter.status?.includes(one) ?? true)
  return status.length === 0 ? null : { filter: { ...filter, status }, matches }
}

async function countOf(manager: TaskManager, selection: Selection): Promise<number> {
  const { filter, matches } = selection
  if (matches === null) {
    const { total, totalExact } = await manager.list({ filter, limit: 1 })
    const known = totalExact ? total : await exactTotal(manager, filter)
    if (known !== null) return known
  }
  let count = 0
  for await (const page of pagesOf(manager, selection, {})) count += page.length
  return count
}

class Report implements BulkReport {
  done = 0
  skipped = 0
  readonly results: BulkResult[] = []

  add(results: readonly BulkResult[]): void {
    for (const result of results) {
      if (result.reason === undefined) this.done += 1
      else this.skipped += 1
      if (this.results.length < MAX_RESULTS) this.results.push(result)
    }
  }
}
