import { checkOptionNames, type OptionNames } from '../option-names.ts'
import type { LogLevel } from '../record.ts'
import { LINE_NAMES, type LineFormat, type LineOptions, lineObserver } from './line-observer.ts'
import type { TaskObserver } from './observer.ts'

/** What the console shows. */
export interface ConsoleObserverOptions extends LineOptions {
  /** `text` for people, `json` for programs. ['text'] */
  format?: LineFormat
  /** Where lines go. [the console: warn and error to stderr] */
  write?: (line: string, level: LogLevel) => void
}

const NAMES: OptionNames<ConsoleObserverOptions> = { ...LINE_NAMES, write: true }

/**
 * One line per event on the console: `2026-11-22T10:00:00.000Z send_email 0190c2d4 success 12 ms`.
 *
 * @throws TaskflowError `configuration` for an option that is not what it should be.
 */
export function consoleObserver(options: ConsoleObserverOptions = {}): TaskObserver {
  checkOptionNames(options, NAMES, { where: 'consoleObserver', code: 'configuration' })
  const { write = writeToConsole, format = 'text' } = options
  return lineObserver('consoleObserver', { ...options, format }, write)
}

function writeToConsole(line: string, level: LogLevel): void {
  // biome-ignore lint/suspicious/noConsole: this observer is for the console
  console[level](line)
}
