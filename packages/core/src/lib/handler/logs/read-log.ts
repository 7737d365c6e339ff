import type { LogEntry, LogLevel, LogStream, TaskRecord } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import type { LogPage } from '../../storage/contract.ts'
import { logFilter } from '../../storage/log-filter.ts'

/** Attempts whose errors have a place between two lines. */
const MOST_ATTEMPTS = 9_999

/** Which lines of a task. */
export interface LogWanted {
  stream: LogStream | undefined
  level: LogLevel | undefined
  search: string | undefined
}

/**
 * A page of a task's log from line `from` on. On stderr it has the errors of failed attempts, too:
 * they are no lines of the log, so their numbers lie between those of the lines around them.
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
  const errors = (await errorsOf(manager, task)).filter(logFilter(wanted))
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

/** What failed attempts threw, each after the last line of its attempt. */
async function errorsOf(manager: TaskManager, task: TaskRecord): Promise<LogEntry[]> {
  const errors: LogEntry[] = []
  const last = task.attempts.at(-1)?.attempt ?? 0
  let after = 0
  for (const [index, { attempt, error, endedAt, startedAt }] of task.attempts.entries()) {
    if (error === null || index >= MOST_ATTEMPTS) continue
    after = attempt < last ? await lastLineOf(manager, task, attempt, after) : task.logCount
    const n = after + (index + 1) / (MOST_ATTEMPTS + 1)
    const at = endedAt ?? startedAt
    errors.push({ n, at, stream: 'stderr', level: 'error', text: error, attempt })
  }
  return errors
}

/** The number of the last line that an attempt or one before it wrote, at least `low`. */
async function lastLineOf(
  manager: TaskManager,
  { taskId, logCount }: TaskRecord,
  attempt: number,
  low: number,
): Promise<number> {
  let high = logCount
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const { entries } = await manager.logs({ taskId, from: middle, limit: 1 })
    const [line] = entries
    if (line && line.attempt <= attempt) low = middle
    else high = middle - 1
  }
  return low
}
