import type { LogEntry } from '../../record.ts'
import type { LogPage, LogQuery, NewLogEntry } from '../contract.ts'
import { logFilter } from '../log-filter.ts'
import type { Row } from './row.ts'

export function appendLogs(row: Row, entries: NewLogEntry[]): void {
  for (const entry of entries) row.logs.push({ n: row.logs.length + 1, ...entry })
}

export function readLogs(logs: LogEntry[], query: LogQuery): LogPage {
  const matches = logs.filter(logFilter(query))
  const rest = matches.filter((entry) => entry.n >= (query.from ?? 1))
  const entries = rest.slice(0, query.limit)
  return { entries, total: matches.length, next: rest[query.limit]?.n ?? null }
}
