import type { TaskFilter, TaskSort, TaskStorage, TaskSummary } from '@taskflow/core'
import { LIST_QUERIES, type ListQuery } from '../measures.ts'
import { percentile } from '../statistics.ts'
import { QUEUE_NAME } from '../systems/queue.ts'
import { makeStorage } from '../systems/taskflow.ts'
import type { Context, Values } from './context.ts'

const PAGE = 50

/** First pages and metrics at the storage, without HTTP; the first call of each counts too. */
export async function lists(context: Context): Promise<Values> {
  const kind = context.system === 'taskflow-postgres' ? 'postgres' : 'sqlite'
  const storage = await makeStorage(kind, context.place)
  await storage.open()
  const values: Values = {}
  const [newest] = (await storage.list({ filter: {}, limit: 1 })).tasks
  if (!newest) throw new Error('expected finished tasks, found none')
  for (const query of LIST_QUERIES) {
    const [p50, p95] = await timesOf(() => call(storage, query, newest), context)
    values[`lists-${query}-p50`] = p50
    values[`lists-${query}-p95`] = p95
  }
  await storage.close()
  return values
}

/** Median and 95th percentile; or why there are none, twice. */
async function timesOf(
  act: () => Promise<void>,
  { settings }: Context,
): Promise<[number | string, number | string]> {
  const times: number[] = []
  try {
    for (let i = 0; i < settings.listCalls; i++) {
      const start = performance.now()
      await act()
      times.push(performance.now() - start)
    }
    return [percentile(times, 50), percentile(times, 95)]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [reason, reason]
  }
}

async function call(storage: TaskStorage, query: ListQuery, newest: TaskSummary): Promise<void> {
  if (query.startsWith('metrics')) return metrics(storage, query)
  const sort = query.startsWith('sort-') ? { sort: query.slice(5) as TaskSort } : {}
  const { filter, holds } = filters(newest)[query] ?? { filter: {}, holds: () => true }
  const { tasks } = await storage.list({ filter, ...sort, limit: PAGE })
  const wrong = tasks.find((task) => !holds(task))
  if (tasks.length === 0 || wrong) {
    throw new Error(`expected tasks that match, got ${wrong ? 'others too' : 'none'}`)
  }
}

async function metrics(storage: TaskStorage, query: string): Promise<void> {
  const asked =
    query === 'metrics-function'
      ? { funcName: QUEUE_NAME }
      : query === 'metrics-day'
        ? { since: Date.now() - 86_400_000 }
        : {}
  const [answer] = await storage.metrics({ queries: [asked] })
  if (!answer || answer.success === 0) throw new Error('expected successes, got none')
}

interface Filter {
  filter: TaskFilter
  holds(task: TaskSummary): boolean
}

/** Each filter with what its answer must look like: a storage that ignores it is not fast. */
function filters(newest: TaskSummary): Partial<Record<ListQuery, Filter>> {
  const since = newest.createdAt - 3 * 86_400_000
  const until = since + 86_400_000
  const prefix = newest.taskId.slice(0, 13)
  return {
    status: { filter: { status: ['failed'] }, holds: ({ status }) => status === 'failed' },
    function: {
      filter: { funcName: [QUEUE_NAME] },
      holds: ({ funcName }) => funcName === QUEUE_NAME,
    },
    'function-and-status': {
      filter: { funcName: [QUEUE_NAME], status: ['success'] },
      holds: ({ funcName, status }) => funcName === QUEUE_NAME && status === 'success',
    },
    group: { filter: { group: ['group_3'] }, holds: ({ group }) => group === 'group_3' },
    flow: { filter: { flowId: ['flow-0'] }, holds: ({ flowId }) => flowId === 'flow-0' },
    schedule: {
      filter: { scheduleId: ['schedule_3'] },
      holds: ({ scheduleId }) => scheduleId === 'schedule_3',
    },
    tag: {
      filter: { tags: [{ key: 'customer', value: 'c3' }] },
      holds: ({ tags }) => tags.customer === 'c3',
    },
    'id-prefix': { filter: { search: prefix }, holds: ({ taskId }) => taskId.startsWith(prefix) },
    'time-range': {
      filter: { since, until },
      holds: ({ createdAt }) => createdAt >= since && createdAt < until,
    },
  }
}
