import type {
  LogEntry,
  LogLevel,
  LogPage,
  LogQuery,
  LogStorage,
  LogStream,
  NewLogEntry,
} from '@taskflow/core'
import { RUNNING } from '../codes.ts'
import { liveByIds } from '../live.ts'
import { type Notes, notesText, toNotes } from '../notes.ts'
import type { Session } from '../session.ts'

const TAIL_LINES = 20
const TAIL_CHARS = 4096
const CHUNK_LINES = 500
const CHUNK_CHARS = 65_536
const LEVELS: LogLevel[] = ['debug', 'info', 'warn', 'error']

/**
 * Adds lines to a task's notes. A short log lives in the task's row alone; once it outgrows that,
 * lines go to chunks, and the row keeps the newest of them again.
 */
export function addLines(
  session: Session,
  seq: number,
  notes: Notes,
  entries: readonly NewLogEntry[],
): void {
  if (entries.length === 0) return
  const before = notes.logCount ?? 0
  const chunked = notes.chunked ?? 0
  const added = entries.map(({ at, stream, level, text, attempt }, index) => ({
    n: before + 1 + index,
    at,
    stream,
    level,
    text,
    attempt,
  }))
  const all = [...(notes.lines ?? []), ...added]
  const loose = all.filter(({ n }) => n > chunked)
  const fits = loose.length <= TAIL_LINES && size(loose) <= TAIL_CHARS
  notes.logCount = before + added.length
  if (!fits) {
    writeChunks(session, seq, loose)
    notes.chunked = notes.logCount
  }
  const tail = all.slice(-TAIL_LINES)
  let chars = size(tail)
  while (tail.length > 1 && chars > TAIL_CHARS && (tail[0]?.n ?? 0) <= (notes.chunked ?? 0)) {
    chars -= lineSize(tail.shift())
  }
  notes.lines = tail
}

/** Appends to running tasks that still are at their fence. */
export function append(
  session: Session,
  input: Parameters<LogStorage['append']>[0],
): Awaited<ReturnType<LogStorage['append']>> {
  const owner = session.owners.find(input.instanceId)
  return input.batches.map(({ taskId, fence, entries, progress }) => {
    // Read one by one: a batch may name a task twice.
    const row = liveByIds(session, [taskId]).get(taskId)
    if (row?.state !== RUNNING || row.owner !== owner || row.fence !== fence) {
      return { taskId, result: 'stale' }
    }
    if (entries.length === 0 && progress === undefined) return { taskId, result: 'appended' }
    const notes = toNotes(row.notes)
    addLines(session, row.seq, notes, entries)
    if (progress !== undefined) notes.progress = progress
    session
      .sql('update {live} set notes = ?, rev = rev + 1 where seq = ?')
      .run(notesText(notes), row.seq)
    session.changed.push(row.seq)
    return { taskId, result: 'appended' }
  })
}

export function readLogs(session: Session, input: LogQuery): LogPage {
  const { taskId, limit, stream, level, search } = input
  const from = input.from ?? 1
  const task = session
    .sql(`select ids.seq, coalesce(live.notes, done.notes) as notes from {ids} as ids
      left join {live} as live on live.seq = ids.seq left join {done} as done on done.seq = ids.seq
      where ids.id = ?`)
    .get(taskId) as { seq: number; notes: string | null } | undefined
  if (task === undefined) return { entries: [], total: 0, next: null }
  const notes = toNotes(task.notes)
  const everything = stream === undefined && level === undefined && search === undefined
  const needle = search?.toLowerCase()
  const lowest = level === undefined ? 0 : LEVELS.indexOf(level)
  const page: LogPage = { entries: [], total: 0, next: null }
  for (const entry of lines(session, task.seq, notes, everything ? from : 1)) {
    if (stream !== undefined && !isOn(stream, entry)) continue
    if (LEVELS.indexOf(entry.level) < lowest) continue
    if (needle !== undefined && !entry.text.toLowerCase().includes(needle)) continue
    page.total += 1
    if (entry.n < from) continue
    if (page.entries.length < limit) page.entries.push(entry)
    else page.next ??= entry.n
    if (everything && page.next !== null) break
  }
  if (everything) page.total = notes.logCount ?? 0
  return page
}

/** Lines of `taskLog` stand where a process would have printed them, too. */
function isOn(stream: LogStream, entry: LogEntry): boolean {
  if (entry.stream !== 'log') return entry.stream === stream
  return stream === 'log' || stream === (entry.level === 'error' ? 'stderr' : 'stdout')
}

function* lines(
  session: Session,
  seq: number,
  notes: Notes,
  from: number,
): Generator<LogEntry, void, undefined> {
  const chunked = notes.chunked ?? 0
  if (from <= chunked) {
    const chunks = session
      .sql(`select entries from {logs} where task = ? and first >= coalesce(
        (select max(first) from {logs} where task = ? and first <= ?), 0) order by first`)
      .iterate(seq, seq, from) as IterableIterator<{ entries: string }>
    for (const chunk of chunks) yield* JSON.parse(chunk.entries) as LogEntry[]
  }
  for (const entry of notes.lines ?? []) if (entry.n > chunked) yield entry
}

function writeChunks(session: Session, seq: number, entries: LogEntry[]): void {
  const put = session.sql('insert into {logs} (task, first, entries) values (?, ?, ?)')
  let chunk: LogEntry[] = []
  let chars = 0
  for (const entry of entries) {
    chunk.push(entry)
    chars += lineSize(entry)
    if (chunk.length < CHUNK_LINES && chars < CHUNK_CHARS) continue
    put.run(seq, chunk[0]?.n, JSON.stringify(chunk))
    chunk = []
    chars = 0
  }
  if (chunk.length > 0) put.run(seq, chunk[0]?.n, JSON.stringify(chunk))
}

function size(entries: LogEntry[]): number {
  return entries.reduce((sum, entry) => sum + lineSize(entry), 0)
}

/** About what a line takes as JSON. */
function lineSize(entry: LogEntry | undefined): number {
  return (entry?.text.length ?? 0) + 90
}
