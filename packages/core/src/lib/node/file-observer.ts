import { resolve } from 'node:path'
import { type Clock, systemClock } from '../clock.ts'
import { TaskflowError } from '../errors.ts'
import {
  LINE_NAMES,
  type LineFormat,
  type LineOptions,
  lineObserver,
} from '../observers/line-observer.ts'
import type { TaskObserver } from '../observers/observer.ts'
import { checkOptionNames, type OptionNames } from '../option-names.ts'
import { BufferedLines } from './buffered-lines.ts'
import { LogFile } from './log-file.ts'

/** What is written to a file, and how large that may grow. */
export interface FileObserverOptions extends LineOptions {
  /** `text` for people, `json` for programs. ['json'] */
  format?: LineFormat
  /** The file; it and its folders are created. */
  file: string
  /**
   * A file that would grow beyond this is renamed to `<file>.<time>.<random>`, and a new one is
   * begun. Only a single line may be longer. [never: for logrotate and the like]
   */
  maxBytes?: number
  /** With `maxBytes`: how many files are kept, the current one included. [5] */
  maxFiles?: number
  /** Characters that wait to be written; what comes on top is dropped, and counted. [32 Mi] */
  maxBufferLength?: number
  /** Replaces time, for tests. [the system's] */
  clock?: Clock
}

const NAMES: OptionNames<FileObserverOptions> = {
  ...LINE_NAMES,
  file: true,
  maxBytes: true,
  maxFiles: true,
  maxBufferLength: true,
  clock: true,
}

/**
 * Appends a line per event to a file. Writing holds up no task: lines gather while a write is under
 * way, and are all written when the manager has stopped; a process that dies loses those of its
 * last moment. Several processes may append to one file, and others may rotate it, by renaming or
 * truncating it. While it cannot be written, lines wait, and the manager's `onError` is told once.
 *
 * @throws TaskflowError `configuration` for an option that is not what it should be.
 */
export function fileObserver(options: FileObserverOptions): TaskObserver {
  checkOptionNames(options, NAMES, { where: 'fileObserver', code: 'configuration' })
  const { file, format = 'json', clock = systemClock } = options
  if (typeof file !== 'string' || file === '') throw unexpected('file', 'a path', file)
  const maxBytes = positive(options, 'maxBytes', Number.MAX_SAFE_INTEGER)
  const maxFiles = positive(options, 'maxFiles', 5)
  const maxLength = positive(options, 'maxBufferLength', 33_554_432)
  const gap = (dropped: number) => {
    const message = `${dropped} lines are missing here: they could not be written in time`
    const at = new Date(clock.now()).toISOString()
    return format === 'text' ? `${at} ${message}` : JSON.stringify({ at, level: 'warn', message })
  }
  const logFile = new LogFile(resolve(file), { maxBytes, maxFiles })
  const lines = new BufferedLines(logFile, { name: `fileObserver: ${file}`, maxLength, clock, gap })
  return {
    ...lineObserver('fileObserver', { ...options, format }, (line) => lines.add(line)),
    close: () => lines.flush(),
  }
}

function positive(
  options: FileObserverOptions,
  name: 'maxBytes' | 'maxFiles' | 'maxBufferLength',
  fallback: number,
): number {
  const value = options[name] ?? fallback
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw unexpected(name, 'a whole number of 1 or more', value)
}

function unexpected(option: string, expected: string, got: unknown): TaskflowError {
  const message = `fileObserver: ${option}: expected ${expected}, got ${String(got)}`
  return new TaskflowError('configuration', message)
}
