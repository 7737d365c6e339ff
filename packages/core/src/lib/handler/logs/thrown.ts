import type { LogEntry, TaskRecord, TaskSummary } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'

/** Attempts whose errors have a place between two lines. */
const MOST_ATTEMPTS = 9_999
/** Tasks read whole at once: their payloads may be large. */
const CHUNK = 50

/** Whether an attempt of a task may have thrown. */
export function mayHaveThrown({ error, fence }: TaskSummary): boolean {
  return error !== null || fence > 1
}

/**
 * What failed attempts threw, each after the last line of its attempt: they are no lines of the log,
 * so their numbers lie between those of the lines around them.
 */
export async function thrownBy(manager: TaskManager, task: TaskRecord): Promise<LogEntry[]> {
  const errors: LogEntry[] = []
  const last = task.attempts.at(-1)?.attempt ?? 0
  let after = 0
  for (const [index, { attempt, error, endedAt, startedAt }] of task.attempts.entries()) {
    if (error === null || index >= MOST_ATTEMPTS) continue
    after = attempt < last ? await lastLineOf(manager, task, attempt, after) : task.logCount
    errors.push(thrown(error, attempt, endedAt ?? startedAt, after, index))
  }
  return errors
}

/** The same of tasks of a list, which are read whole only if they started more than once. */
export async function thrownByListed(
  manager: TaskManager,
  tasks: readonly TaskSummary[],
): Promise<Map<string, LogEntry[]>> {
  const errors = new Map<string, LogEntry[]>()
  const others: string[] = []
  for (const { taskId, error, fence, startTime, endTime, logCount } of tasks) {
    if (fence !== 1 || endTime === null) others.push(taskId)
    else if (error !== null && startTime !== null) {
      errors.set(taskId, [thrown(error, 0, endTime, logCount, 0)])
    }
  }
  for (let from = 0; from < others.length; from += CHUNK) {
    for (const task of await manager.getMany(others.slice(from, from + CHUNK))) {
      errors.set(task.taskId, await thrownBy(manager, task))
    }
  }
  return errors
}

/** @param index of its attempt among those of the task */
function thrown(text: string, attempt: number, at: number, after: number, index: number): LogEntry {
  const n = after + (index + 1) / (MOST_ATTEMPTS + 1)
  return { n, at, stream: 'stderr', level: 'error', text, attempt }
}

/** The number of the last line that an attempt or one before it wrote, at least `low`. */
async function lastLineOf(
  manager: TaskManager,
  { taskId, logCount, logTail }: TaskRecord,
  attempt: number,
  low: number,
): Promise<number> {
  // Most logs are short enough that their newest lines tell.
  const known = logTail.findLast((line) => line.attempt <= attempt)
  if (known) return Math.max(low, known.n)
  let high = logTail[0] ? logTail[0].n - 1 : logCount
  // Without logs of its own, the storage keeps the newest lines only.
  if (!manager.storage.logs) return Math.max(low, high)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const { entries } = await manager.logs({ taskId, from: middle, limit: 1 })
    const [line] = entries
    if (line && line.attempt <= attempt) low = middle
    else high = middle - 1
  }
  return low
}
