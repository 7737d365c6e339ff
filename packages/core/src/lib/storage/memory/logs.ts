import type { LogEntry, LogLevel } from '../../record.ts'
import type { LogPage, LogQuery, NewLogEntry } from '../contract.ts'
import type { Row } from './row.ts'

const LEVELS: LogLevel[] = ['debug', 'info', 'warn', 'error']

export function appendLogs(row: Row, entries: NewLogEntry[]): void {
  for (const entry of entries) row.logs.push({ n: row.logs.length + 1, ...entry })
}

export function readLogs(logs: LogEntry[], query: LogQuery): LogPage {
  const level = query.level === undefined ? 0 : LEVELS.indexOf(query.level)
  const text = query.search?.toLowerCase()
  const matches = logs.filter(
    (entry) =>
      (query.stream === undefined || entry.stream === query.stream) &&
      LEVELS.indexOf(entry.level) >= level &&
      (text === undefined || entry.text.toLowerCase().includes(text)),
  )
  const rest = matches.filter((entry) => entry.n >= (query.from ?? 1))
  const entries = rest.slice(0, query.limit)
  return { entries, total: matches.length, next: rest[query.limit]?.n ?? null }
}
