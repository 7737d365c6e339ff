import { LOG_LEVELS, type LogEntry } from '../record.ts'
import type { LogQuery } from './contract.ts'

/** Which lines a query means. */
export function logFilter({
  stream,
  level,
  search,
}: Pick<LogQuery, 'stream' | 'level' | 'search'>): (entry: LogEntry) => boolean {
  const lowest = level === undefined ? 0 : LOG_LEVELS.indexOf(level)
  const text = search?.toLowerCase()
  return (entry) =>
    (stream === undefined || isOn(stream, entry)) &&
    LOG_LEVELS.indexOf(entry.level) >= lowest &&
    (text === undefined || entry.text.toLowerCase().includes(text))
}

/** Lines of `taskLog` stand where a process would have printed them, too. */
function isOn(stream: LogEntry['stream'], entry: LogEntry): boolean {
  if (entry.stream !== 'log') return entry.stream === stream
  return stream === 'log' || stream === (entry.level === 'error' ? 'stderr' : 'stdout')
}
