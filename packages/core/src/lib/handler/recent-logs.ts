import { TaskflowError } from '../errors.ts'
import type { LogEntry, LogLevel, LogStream, TaskSummary } from '../record.ts'
import type { TaskManager } from '../run/task-manager.ts'
import type { TaskFilter } from '../storage/contract.ts'
import { pagesOf, WINDOW } from './selection/list-selected.ts'

/** Which lines of which tasks. */
export interface RecentLogsQuery {
  /** Which tasks: those created before `until` only are looked at. */
  filter: TaskFilter
  /** Lines at or after. */
  since: number | undefined
  stream: LogStream | undefined
  level: LogLevel | undefined
  search: string | undefined
  limit: number
  cursor: string | undefined
}

export interface RecentLogLine {
  task: TaskSummary
  entry: LogEntry
}

/** Lines looked at for one page; the page after it goes on from there. */
const MAX_LINES = 20_000
const CHUNK = 500
/** Lines have the time of the instance that wrote them, tasks that of the storage. */
const CLOCKS_DIFFER_MS = 60_000
/** Places within tasks that a cursor holds. */
const MAX_OPEN = 50
const LEVELS: LogLevel[] = ['debug', 'info', 'warn', 'error']

/**
 * Lines of all tasks, newest first. Logs are kept with their tasks, so this merges the logs of the
 * tasks that ran last: those running or waiting for a retry, and of the newest 10 000 that ended, by
 * their end. No line of a task is newer than its end, so only as many logs are read as are needed.
 */
export async function recentLogs(
  manager: TaskManager,
  query: RecentLogsQuery,
): Promise<{ lines: RecentLogLine[]; next: string | null }> {
  const before = query.cursor === undefined ? null : parseCursor(query.cursor)
  const places = new Map(before?.open)
  const sources = sourcesOf(manager, query, before)
  const matches = matcher(query)
  const open: OpenLog[] = []
  const lines: RecentLogLine[] = []
  let coming = await nextOf(sources)
  let last: Place | null = null
  for (let looked = 0; looked < MAX_LINES && lines.length < query.limit; looked += 1) {
    // A log that may hold something newer than the newest line so far must be opened first.
    while (coming && coming.newest >= (open[0]?.at ?? Number.NEGATIVE_INFINITY)) {
      const place = places.get(coming.task.taskId)
      const log = new OpenLog(manager, coming, place ?? coming.task.logCount)
      while ((await log.load()) && place === undefined && isPast(log, before)) log.drop()
      if (await log.load()) insert(open, log)
      coming = await nextOf(sources)
    }
    const log = open.shift()
    const entry = log?.entry
    if (!log || !entry || log.at < (query.since ?? log.at)) return { lines, next: null }
    if (matches(entry)) lines.push({ task: log.task, entry })
    last = { at: log.at, taskId: log.task.taskId }
    log.drop()
    if (await log.load()) insert(open, log)
  }
  if (last === null || (open.length === 0 && coming === null)) return { lines, next: null }
  const rest = open.slice(0, MAX_OPEN).map((log) => [log.task.taskId, log.n] as [string, number])
  return { lines, next: JSON.stringify([last.at, last.taskId, rest]) }
}

interface Source {
  task: TaskSummary
  /** No line is newer. */
  newest: number
}

interface Place {
  at: number
  taskId: string
}

interface Cursor extends Place {
  /** Logs that were being read, and their next lines. */
  open: [taskId: string, n: number][]
}

/** A log, read from its end. */
class OpenLog {
  readonly task: TaskSummary
  /** Number of the line that comes next. */
  n: number
  /** When it was written; never later than the line after it, whatever clocks said. */
  at: number
  readonly #manager: TaskManager
  #entries: LogEntry[]

  constructor(manager: TaskManager, { task, newest }: Source, n: number) {
    this.#manager = manager
    this.task = task
    this.n = n
    this.at = newest
    this.#entries = task.logTail.filter((entry) => entry.n <= n)
  }

  get entry(): LogEntry | undefined {
    return this.#entries.at(-1)
  }

  /** Makes sure that the next line is there; false at the beginning of the log. */
  async load(): Promise<boolean> {
    if (this.n < 1) return false
    if (this.entry?.n !== this.n) {
      // Without logs of its own, the storage keeps the newest lines only.
      if (!this.#manager.storage.logs) return false
      const from = Math.max(1, this.n - CHUNK + 1)
      const { taskId } = this.task
      const page = await this.#manager.logs({ taskId, from, limit: this.n - from + 1 })
      this.#entries = page.entries.filter(({ n }) => n <= this.n)
    }
    const { entry } = this
    if (entry) this.at = Math.min(this.at, entry.at)
    return entry !== undefined
  }

  drop(): void {
    this.#entries.pop()
    this.n -= 1
  }
}

/** Tasks by the newest line they may have, newest first. */
async function* sourcesOf(
  manager: TaskManager,
  query: RecentLogsQuery,
  before: Place | null,
): AsyncGenerator<Source, void, undefined> {
  // Lines are not older than their task, so whatever was created since has nothing older to show.
  const until = before === null ? undefined : before.at + CLOCKS_DIFFER_MS
  const filter = { ...query.filter, until }
  const live: Source[] = []
  for (const part of [{ status: ['running' as const] }, { phase: ['retrying' as const] }]) {
    for await (const page of pagesOf(manager, all({ ...filter, ...part }), {}, WINDOW)) {
      for (const task of page) {
        if (task.logCount > 0) live.push({ task, newest: task.logTail.at(-1)?.at ?? 0 })
      }
    }
  }
  live.sort((a, b) => b.newest - a.newest)
  const ended = all({ ...filter, status: ['success', 'failed', 'interrupted', 'cancelled'] })
  for await (const page of pagesOf(manager, ended, { sort: 'end_time' }, WINDOW)) {
    for (const task of page) {
      if (task.logCount === 0 || task.endTime === null) continue
      if (task.endTime < (query.since ?? task.endTime)) return yield* live
      while (live[0] && live[0].newest >= task.endTime) yield live.shift() as Source
      yield { task, newest: task.endTime }
    }
  }
  yield* live
}

const all = (filter: TaskFilter) => ({ filter, matches: null })

/** Whether a line was on an earlier page. */
function isPast(log: OpenLog, before: Place | null): boolean {
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

async function nextOf(sources: AsyncGenerator<Source, void>): Promise<Source | null> {
  const { value } = await sources.next()
  return value ?? null
}

function matcher({ stream, level, search }: RecentLogsQuery): (entry: LogEntry) => boolean {
  const lowest = level === undefined ? 0 : LEVELS.indexOf(level)
  const text = search?.toLowerCase()
  return (entry) =>
    (stream === undefined || entry.stream === stream) &&
    LEVELS.indexOf(entry.level) >= lowest &&
    (text === undefined || entry.text.toLowerCase().includes(text))
}

function parseCursor(cursor: string): Cursor {
  try {
    const [at, taskId, open] = JSON.parse(cursor)
    const places = Array.isArray(open) && open.every(([id, n]) => typeof id === 'string' && n >= 1)
    if (Number.isFinite(at) && typeof taskId === 'string' && places) return { at, taskId, open }
  } catch {}
  throw new TaskflowError('invalid_input', 'cursor: expected the cursor of an earlier page')
}
