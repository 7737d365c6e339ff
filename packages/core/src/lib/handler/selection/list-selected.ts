import { TaskflowError } from '../../errors.ts'
import type { TaskSummary } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import type { ListInput, ListResult, TaskSort } from '../../storage/contract.ts'
import { isSortValue } from '../../storage/sort-value.ts'
import { Breather } from '../breather.ts'
import type { Selection } from './selection.ts'

/** What is asked beyond the storage's filter is asked of so many, the newest. */
export const WINDOW = 10_000
/** Tasks read at once: little enough that nothing else waits long. */
const PAGE = 500

/** Orders and pages, as in `ListInput`. */
export type PageInput = Pick<ListInput, 'sort' | 'order' | 'limit' | 'cursor'>

/** One page of a selection. What the storage cannot look for is looked for in the newest 10 000. */
export async function listSelected(
  manager: TaskManager,
  { filter, matches }: Selection,
  input: PageInput,
): Promise<ListResult> {
  if (matches === null) return manager.list({ filter, ...input })
  const sort = input.sort ?? 'created_at'
  const compare = comparison(input.order === 'asc' ? 1 : -1)
  const after = input.cursor === undefined ? null : parseCursor(input.cursor, sort)
  const found: Position[] = []
  let seen = 0
  for await (const page of pagesOf(manager, { filter, matches: null }, {}, WINDOW)) {
    seen += page.length
    for (const task of page) if (matches(task)) found.push([SORT_VALUES[sort](task), task.taskId])
  }
  const rest = found
    .filter((position) => after === null || compare(position, after) > 0)
    .sort(compare)
  const page = rest.slice(0, input.limit)
  const last = page.at(-1)
  return {
    tasks: await tasksById(
      manager,
      page.map(([, taskId]) => taskId),
    ),
    next: last && rest.length > page.length ? JSON.stringify(last) : null,
    total: found.length,
    totalExact: seen < WINDOW,
  }
}

/** A selection page by page, as far as it goes or to `limit` tasks looked at. */
export async function* pagesOf(
  manager: TaskManager,
  { filter, matches }: Selection,
  order: Pick<ListInput, 'sort' | 'order'>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<TaskSummary[], void, undefined> {
  const breather = new Breather()
  let left = limit
  for (let cursor: string | undefined; left > 0; ) {
    const page = await manager.list({ filter, ...order, limit: Math.min(PAGE, left), cursor })
    left -= page.tasks.length
    yield matches === null ? page.tasks : page.tasks.filter(matches)
    if (page.next === null) return
    cursor = page.next
    await breather.breathe()
  }
}

async function tasksById(manager: TaskManager, taskIds: string[]): Promise<TaskSummary[]> {
  if (taskIds.length === 0) return []
  const { tasks } = await manager.list({ filter: { taskIds }, limit: taskIds.length })
  const byId = new Map(tasks.map((task) => [task.taskId, task]))
  return taskIds.flatMap((taskId) => byId.get(taskId) ?? [])
}

/** What a sort compares, and the id for equal ones. */
type Position = [value: string | number | null, taskId: string]

const SORT_VALUES: Record<TaskSort, (task: TaskSummary) => string | number | null> = {
  created_at: ({ taskId }) => taskId,
  func_name: ({ funcName }) => funcName,
  status: ({ status }) => status,
  duration: ({ durationMs }) => durationMs,
  retries_used: ({ retriesUsed }) => retriesUsed,
  priority: ({ priority }) => priority,
  start_time: ({ startTime }) => startTime,
  end_time: ({ endTime }) => endTime,
}

/** Empty values last in either direction, as storages have it. */
function comparison(direction: 1 | -1) {
  return ([a, idA]: Position, [b, idB]: Position): number => {
    if (a === b) return idA === idB ? 0 : idA < idB ? -direction : direction
    if (a === null) return 1
    if (b === null) return -1
    return a < b ? -direction : direction
  }
}

function parseCursor(cursor: string, sort: TaskSort): Position {
  try {
    const [value, taskId] = JSON.parse(cursor)
    if (isSortValue(sort, value) && typeof taskId === 'string') return [value, taskId]
  } catch {}
  throw new TaskflowError('invalid_input', 'cursor: expected the cursor of an earlier page')
}
