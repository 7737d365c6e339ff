import type { LogEntry, LogLevel, LogPage, LogQuery, LogStorage, NewLogEntry } from '@taskflow/core'
import { RUNNING } from '../codes.ts'
import type { Store } from '../store.ts'
import { type LiveRow, liveById } from './finish.ts'

const TAIL_LINES = 20
const TAIL_CHARS = 4096
const CHUNK_LINES = 500
const CHUNK_CHARS = 65_536
const LEVELS: LogLevel[] = ['debug', 'info', 'warn', 'error']

type LogColumns = Pick<LiveRow, 'log_count' | 'log_chunked' | 'log_tail'>

/**
 * Adds lines to a task. A short log lives in the task's row alone; once it outgrows that, lines go
 * to chunks, and the row keeps the newest of them again.
 */
export function addLines(
  store: Store,
  task: LogColumns & { id: string },
  entries: NewLogEntry[],
): LogColumns {
  const { log_count, log_chunked, log_tail } = task
  if (entries.length === 0) return { log_count, log_chunked, log_tail }
  const old = log_tail === null ? [] : (JSON.parse(log_tail) as LogEntry[])
  const added = entries.map(({ at, stream, level, text, attempt }, index) => ({
    n: log_count + 1 + index,
    at,
    stream,
    level,
    text,
    attempt,
  }))
  const all = [...old, ...added]
  const count = log_count + added.length
  const loose = all.filter(({ n }) => n > log_chunked)
  const fits = loose.length <= TAIL_LINES && size(loose) <= TAIL_CHARS
  if (!fits) writeChunks(store, task.id, loose)
  const chunked = fits ? log_chunked : count
  const tail = all.slice(-TAIL_LINES)
  let chars = size(tail)
  while (tail.length > 1 && chars > TAIL_CHARS && (tail[0]?.n ?? 0) <= chunked) {
    chars -= lineSize(tail.shift())
  }
  return { log_count: count, log_chunked: chunked, log_tail: JSON.stringify(tail) }
}

/** Appends to running tasks that still are at their fence. */
export function append(
  store: Store,
  input: Parameters<LogStorage['append']>[0],
): Awaited<ReturnType<LogStorage['append']>> {
  return input.batches.map(({ taskId, fence, entries, progress }) => {
    const row = liveById(store, taskId)
    if (row?.state !== RUNNING || row.instance !== input.instanceId || row.fence !== fence) {
      return { taskId, result: 'stale' }
    }
    if (entries.length === 0 && progress === undefined) return { taskId, result: 'appended' }
    const lines = addLines(store, row, entries)
    store
      .sql(`update {live} set log_count = ?, log_chunked = ?, log_tail = ?,
        progress = coalesce(?, progress), rev = rev + 1 where seq = ?`)
      .run(
        lines.log_count,
        lines.log_chunked,
        lines.log_tail,
        progress === undefined ? null : JSON.stringify(progress),
        row.seq,
      )
    store.changed.add(taskId)
    return { taskId, result: 'appended' }
  })
}

export function readLogs(store: Store, input: LogQuery): LogPage {
  const { taskId, limit, stream, level, search } = input
  const from = input.from ?? 1
  const task = store
    .sql(`select log_count, log_chunked, log_tail from {live} where id = ?
      union all select log_count, log_chunked, log_tail from {done} where id = ?`)
    .get(taskId, taskId) as LogColumns | undefined
  if (task === undefined) return { entries: [], total: 0, next: null }
  const everything = stream === undefined && level === undefined && search === undefined
  const needle = search?.toLowerCase()
  const lowest = level === undefined ? 0 : LEVELS.indexOf(level)
  const page: LogPage = { entries: [], total: 0, next: null }
  for (const entry of lines(store, taskId, task, everything ? from : 1)) {
    if (stream !== undefined && entry.stream !== stream) continue
    if (LEVELS.indexOf(entry.level) < lowest) continue
    if (needle !== undefined && !entry.text.toLowerCase().includes(needle)) continue
    page.total += 1
    if (entry.n < from) continue
    if (page.entries.length < limit) page.entries.push(entry)
    else page.next ??= entry.n
    if (everything && page.next !== null) break
  }
  if (everything) page.total = task.log_count
  return page
}

function* lines(
  store: Store,
  taskId: string,
  task: LogColumns,
  from: number,
): Generator<LogEntry, void, undefined> {
  if (from <= task.log_chunked) {
    const chunks = store
      .sql(`select entries from {logs} where task_id = ? and first >= coalesce(
        (select max(first) from {logs} where task_id = ? and first <= ?), 0) order by first`)
      .iterate(taskId, taskId, from) as IterableIterator<{ entries: string }>
    for (const chunk of chunks) yield* JSON.parse(chunk.entries) as LogEntry[]
  }
  if (task.log_tail === null) return
  for (const entry of JSON.parse(task.log_tail) as LogEntry[]) {
    if (entry.n > task.log_chunked) yield entry
  }
}

function writeChunks(store: Store, taskId: string, entries: LogEntry[]): void {
  const put = store.sql('insert into {logs} (task_id, first, entries) values (?, ?, ?)')
  let chunk: LogEntry[] = []
  let chars = 0
  for (const entry of entries) {
    chunk.push(entry)
    chars += lineSize(entry)
    if (chunk.length < CHUNK_LINES && chars < CHUNK_CHARS) continue
    put.run(taskId, chunk[0]?.n, JSON.stringify(chunk))
    chunk = []
    chars = 0
  }
  if (chunk.length > 0) put.run(taskId, chunk[0]?.n, JSON.stringify(chunk))
}

function size(entries: LogEntry[]): number {
  return entries.reduce((sum, entry) => sum + lineSize(entry), 0)
}

/** About what a line takes as JSON. */
function lineSize(entry: LogEntry | undefined): number {
  return (entry?.text.length ?? 0) + 90
}
