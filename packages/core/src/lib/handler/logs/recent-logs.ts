import type { LogEntry, LogLevel, TaskSummary } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import { logFilter } from '../../storage/log-filter.ts'
import { Breather } from '../breather.ts'
import { type LogCursor, readCursor, writeCursor } from './log-cursor.ts'
import { LogWindow, type WindowQuery } from './log-window.ts'
import { type LogSource, OpenLog } from './open-log.ts'
import { mayHaveThrown, thrownByListed } from './thrown.ts'

/** Which lines of which tasks. */
export interface RecentLogsQuery extends WindowQuery {
  level: LogLevel | undefined
  search: string | undefined
  limit: number
  cursor: string | undefined
}

export interface RecentLogLine {
  task: TaskSummary
  entry: LogEntry
}

export interface RecentLogs {
  lines: RecentLogLine[]
  /** Where the next page begins; null at the end. */
  next: string | null
  /** More tasks ended than were looked at for this page: one that they overtook may be missing. */
  windowed: boolean
}

/** Lines looked at for one page; the page after it goes on from there. */
const MAX_LINES = 20_000
const START: LogCursor = { last: null, open: [], below: null }

/**
 * Lines of all tasks, newest first. Logs are kept with their tasks, so this merges the logs of the
 * tasks of a window, by their end. No line of a task is newer than its end, so only as many logs are
 * read as are needed. What is left when a window is drained is older tasks: the next page's window.
 */
export async function recentLogs(
  manager: TaskManager,
  query: RecentLogsQuery,
): Promise<RecentLogs> {
  const start = query.cursor === undefined ? START : readCursor(query.cursor)
  const before = start.last ?? (query.until === undefined ? null : { at: query.until, taskId: '' })
  const places = new Map(start.open)
  const window = new LogWindow(manager, query, start)
  const sources = window.sources()
  const matches = logFilter(query)
  const open: OpenLog[] = []
  const lines: RecentLogLine[] = []
  const page = (next: string | null) => ({ lines, next, windowed: window.isFull })
  let coming = await nextOf(sources)
  let last = start.last
  const breather = new Breather()
  for (let looked = 0; looked < MAX_LINES && lines.length < query.limit; looked += 1) {
    // A log that may hold something newer than the newest line so far must be opened first.
    while (coming && coming.newest >= (open[0]?.at ?? Number.NEGATIVE_INFINITY)) {
      const place = places.get(coming.task.taskId)
      const log = new OpenLog(manager, await withThrown(manager, query, coming), place)
      while ((await log.load()) && place === undefined && isPast(log, before)) log.drop()
      if (await log.load()) insert(open, log)
      coming = await nextOf(sources)
    }
    const log = open.shift()
    const entry = log?.entry
    if (!log || !entry) {
      const { next } = window
      return page(next === null ? null : writeCursor(null, [], next))
    }
    if (log.at < (query.since ?? log.at)) return page(null)
    if (matches(entry)) lines.push({ task: log.task, entry })
    last = { at: log.at, taskId: log.task.taskId }
    log.drop()
    if (await log.load()) insert(open, log)
    if (looked % 100 === 0) await breather.breathe()
  }
  if (open.length === 0 && coming === null && window.next === null) return page(null)
  return page(writeCursor(last, open, start.below))
}

/** On stderr stands what attempts threw, too. */
async function withThrown(
  manager: TaskManager,
  { stream }: RecentLogsQuery,
  source: LogSource,
): Promise<LogSource> {
  const { task } = source
  if (stream !== 'stderr' || source.thrown || !mayHaveThrown(task)) return source
  const thrown = await thrownByListed(manager, [task])
  return { ...source, thrown: thrown.get(task.taskId) }
}

/** Whether a line was on an earlier page. */
function isPast(log: OpenLog, before: { at: number; taskId: string } | null): boolean {
  if (before === null) return false
  return log.at === before.at ? log.task.taskId >= before.taskId : log.at > before.at
}

/** Newest first; of lines of one instant, those of the greater id first. */
function insert(open: OpenLog[], log: OpenLog): void {
  const after = open.findIndex(
    ({ at, task }) => at < log.at || (at === log.at && task.taskId <= log.task.taskId),
  )
  open.splice(after === -1 ? open.length : after, 0, log)
}

async function nextOf(sources: AsyncGenerator<LogSource, void>): Promise<LogSource | null> {
  const { value } = await sources.next()
  return value ?? null
}
