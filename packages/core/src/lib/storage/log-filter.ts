import type { LogEntry, LogLevel } from '../record.ts'
import type { LogQuery } from './contract.ts'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** Which lines a query means. */
export function logFilter({
  stream,
  level,
  search,
}: Pick<LogQuery, 'stream' | 'level' | 'search'>): (entry: LogEntry) => boolean {
  const lowest = level === undefined ? 0 : LEVELS.indexOf(level)
  const text = search?.toLowerCase()
  return (entry) =>
    (stream === undefined || isOn(stream, entry)) &&
    LEVELS.indexOf(entry.level) >= lowest &&
    (text === undefined || entry.text.toLowerCase().includes(text))
}

/** Lines of `taskLog` stand where a process would have printed them, too. */
function isOn(stream: LogEntry['stream'], entry: LogEntry): boolean {
  if (entry.stream !== 'log') return entry.stream === stream
  return stream === 'log' || stream === (entry.level === 'error' ? 'stderr' : 'stdout')
}
