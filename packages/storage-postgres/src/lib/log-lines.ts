import type { LogEntry, NewLogEntry } from '@taskflow/core'

const TAIL_LINES = 20
const TAIL_CHARS = 4096
const CHUNK_LINES = 500
const CHUNK_CHARS = 65_536

/** The log of a task, as its row holds it. */
export interface LogColumns {
  log_count: number
  /** How many of the lines are in chunks. */
  log_chunked: number
  /** JSON of the newest lines without their numbers, so that others can be put behind them. */
  log_tail: string | null
}

export interface Chunk {
  /** Number of its first line. */
  first: number
  /** JSON of its lines, without their numbers. */
  entries: string
}

/** True when the lines can be put behind a tail as they are. */
export function isShort(entries: readonly NewLogEntry[]): boolean {
  return entries.length <= TAIL_LINES && size(entries) <= TAIL_CHARS
}

/** Lines as they are stored. */
export function encodeLines(entries: readonly NewLogEntry[]): string {
  return JSON.stringify(
    entries.map(({ at, stream, level, text, attempt }) => ({ at, stream, level, text, attempt })),
  )
}

/** Stored lines, the first of which has this number. */
export function decodeLines(stored: string | null, first: number): LogEntry[] {
  const entries = stored === null ? [] : (JSON.parse(stored) as NewLogEntry[])
  return entries.map((entry, index) => ({ n: first + index, ...entry }))
}

/** The newest lines of a task, twenty at most. */
export function tailOf(task: LogColumns): LogEntry[] {
  return decodeTail(task).slice(-TAIL_LINES)
}

/** The lines of the row that are in no chunk. */
export function looseLines(task: LogColumns): LogEntry[] {
  return decodeTail(task).filter(({ n }) => n > task.log_chunked)
}

/**
 * Adds lines to a task. A short log lives in the task's row alone; once it outgrows that, lines go
 * to chunks, and the row keeps the newest of them again.
 */
export function addLines(
  task: LogColumns,
  entries: readonly NewLogEntry[],
): { columns: LogColumns; chunks: Chunk[] } {
  const { log_count, log_chunked, log_tail } = task
  if (entries.length === 0) return { columns: { log_count, log_chunked, log_tail }, chunks: [] }
  const added = entries.map((entry, index) => ({ ...entry, n: log_count + 1 + index }))
  const all = [...decodeTail(task), ...added]
  const count = log_count + added.length
  const loose = all.filter(({ n }) => n > log_chunked)
  const fits = isShort(loose)
  const chunked = fits ? log_chunked : count
  const tail = all.slice(-TAIL_LINES)
  let chars = size(tail)
  while (tail.length > 1 && chars > TAIL_CHARS && (tail[0]?.n ?? 0) <= chunked) {
    chars -= lineSize(tail.shift())
  }
  return {
    columns: { log_count: count, log_chunked: chunked, log_tail: encodeLines(tail) },
    chunks: fits ? [] : chunksOf(loose),
  }
}

function chunksOf(entries: readonly LogEntry[]): Chunk[] {
  const chunks: Chunk[] = []
  let chunk: LogEntry[] = []
  let chars = 0
  const end = () => {
    const [first] = chunk
    if (first !== undefined) chunks.push({ first: first.n, entries: encodeLines(chunk) })
    chunk = []
    chars = 0
  }
  for (const entry of entries) {
    chunk.push(entry)
    chars += lineSize(entry)
    if (chunk.length >= CHUNK_LINES || chars >= CHUNK_CHARS) end()
  }
  end()
  return chunks
}

function decodeTail({ log_count, log_tail }: LogColumns): LogEntry[] {
  const entries = decodeLines(log_tail, 1)
  const before = log_count - entries.length
  for (const entry of entries) entry.n += before
  return entries
}

function size(entries: readonly NewLogEntry[]): number {
  return entries.reduce((sum, entry) => sum + lineSize(entry), 0)
}

/** About what a line takes as JSON. */
function lineSize(entry: NewLogEntry | undefined): number {
  return (entry?.text.length ?? 0) + 90
}
