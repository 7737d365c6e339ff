import type { LogLevel, LogStream, TaskRecord } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import type { LogPage } from '../../storage/contract.ts'
import { logFilter } from '../../storage/log-filter.ts'
import { thrownBy } from './thrown.ts'

/** Which lines of a task. */
export interface LogWanted {
  stream: LogStream | undefined
  level: LogLevel | undefined
  search: string | undefined
}

/**
 * A page of a task's log from line `from` on. On stderr it has what failed attempts threw, too.
 */
export async function readLog(
  manager: TaskManager,
  task: TaskRecord,
  wanted: LogWanted,
  from: number,
  limit: number,
): Promise<LogPage> {
  const { taskId } = task
  const first = Math.max(1, Math.ceil(from))
  const page = await manager.logs({ taskId, ...wanted, from: first, limit })
  if (wanted.stream !== 'stderr') return page
  const errors = (await thrownBy(manager, task)).filter(logFilter(wanted))
  if (errors.length === 0) return page
  const end = page.next ?? Number.POSITIVE_INFINITY
  const entries = [...page.entries, ...errors.filter(({ n }) => n >= from && n < end)]
  entries.sort((a, b) => a.n - b.n)
  return {
    entries: entries.slice(0, limit),
    total: page.total + errors.length,
    next: entries[limit]?.n ?? page.next,
  }
}
