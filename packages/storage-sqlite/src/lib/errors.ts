import { basename } from 'node:path'

/** The codes of core's errors that this package uses. */
export type FailureCode = 'unavailable' | 'configuration' | 'invalid_input' | 'internal'

/** An error as it crosses the thread: plain, and without SQL, parameters or payloads. */
export interface Failure {
  code: FailureCode
  message: string
  committed: 'no' | 'unknown'
  /** Where an unexpected error came from, for the developer: stack frames without the message. */
  frames?: string
}

/** What the engine throws. The storage makes a typed error of core of it. */
export class EngineError extends Error implements Failure {
  readonly code: FailureCode
  readonly committed: 'no' | 'unknown'

  constructor(code: FailureCode, message: string, committed: 'no' | 'unknown' = 'no') {
    super(message)
    this.code = code
    this.committed = committed
  }
}

/** The code SQLite gave, like 'SQLITE_BUSY_SNAPSHOT'; undefined for any other error. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return
  return error.code.startsWith('SQLITE_') ? error.code : undefined
}

/** True when trying again in a moment may succeed. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error)
  return code !== undefined && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
}

/** True when the connection is of no use any more. */
export function isBroken(error: unknown): boolean {
  return /^SQLITE_(IOERR|CORRUPT|NOTADB|CANTOPEN|READONLY)/.test(sqliteCode(error) ?? '')
}

const REASONS: [start: string, reason: string][] = [
  ['SQLITE_BUSY', 'is locked by another connection'],
  ['SQLITE_LOCKED', 'is locked by another connection'],
  ['SQLITE_FULL', 'cannot grow: the disk is full'],
  ['SQLITE_READONLY', 'is read-only'],
  ['SQLITE_PERM', 'may not be written by this process'],
  ['SQLITE_CANTOPEN', 'cannot be opened: the folder must exist and be writable'],
  ['SQLITE_CORRUPT', 'is damaged: restore it from a backup'],
  ['SQLITE_NOTADB', 'is not an SQLite database'],
  ['SQLITE_IOERR', 'could not be read or written'],
  ['SQLITE_NOMEM', 'needs more memory than there is'],
]

/** One sentence about any error of a call on `file`. */
export function toFailure(error: unknown, file: string): Failure {
  if (error instanceof EngineError) {
    return { code: error.code, message: error.message, committed: error.committed }
  }
  const code = sqliteCode(error)
  const reason = REASONS.find(([start]) => code?.startsWith(start))?.[1]
  if (code !== undefined && reason !== undefined) {
    return {
      code: 'unavailable',
      message: `The SQLite file '${basename(file)}' ${reason} (${code}).`,
      // A flush that failed may have reached the disk or not.
      committed: code.startsWith('SQLITE_IOERR') ? 'unknown' : 'no',
    }
  }
  // Messages of other errors may quote what they choked on.
  const name = code ?? (error instanceof Error ? error.name : typeof error)
  return {
    code: 'internal',
    message: `The SQLite storage failed (${name}).`,
    committed: 'no',
    frames: framesOf(error),
  }
}

function framesOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}
