import type { TaskRecord } from './record.ts'

/** Stable names of what can go wrong, the same in TypeScript and on the wire (`code`). */
export type TaskflowErrorCode =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'unknown_function'
  | 'too_large'
  | 'unsupported_media_type'
  | 'invalid_payload'
  | 'throttled'
  | 'unavailable'
  | 'internal'
  | 'configuration'

/** One thing that a schema refused: where, and why. */
export interface Issue {
  path: (string | number)[]
  message: string
}

/**
 * Every error that taskflow throws on purpose. `code` is stable; the message says what was expected
 * and what came, and never holds a payload value.
 */
export class TaskflowError extends Error {
  override readonly name: string = 'TaskflowError'
  readonly code: TaskflowErrorCode
  /** With `invalid_payload`: what the schema refused. */
  readonly issues: Issue[] | undefined

  constructor(
    code: TaskflowErrorCode,
    message: string,
    options: { cause?: unknown; issues?: Issue[] | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.issues = options.issues
  }
}

/** The storage cannot be reached, is full, read-only or busy. Code `unavailable`. */
export class StorageUnavailableError extends TaskflowError {
  override readonly name = 'StorageUnavailableError'
  /** Whether what was asked for may have been stored: 'no', or 'unknown' when the answer was lost. */
  readonly committed: 'no' | 'unknown'

  constructor(message: string, options: { cause?: unknown; committed?: 'no' | 'unknown' } = {}) {
    super('unavailable', message, options)
    this.committed = options.committed ?? 'no'
  }
}

/**
 * A task whose result was waited for ended failed, interrupted or cancelled. Code `conflict`. Its
 * `cause` is what the last attempt threw, as far as that is kept: text and stack.
 */
export class TaskFailedError extends TaskflowError {
  override readonly name = 'TaskFailedError'
  readonly status: 'failed' | 'interrupted' | 'cancelled'
  /** The task, with its error, attempts and newest log lines. */
  readonly record: TaskRecord

  constructor(record: TaskRecord) {
    const { taskId, funcName, status, error, stacktrace } = record
    const cause = error === null ? undefined : new Error(error)
    if (cause && stacktrace !== null) cause.stack = stacktrace
    super('conflict', `${funcName}: expected task ${taskId} to succeed, it is ${status}`, { cause })
    this.status = status as TaskFailedError['status']
    this.record = record
  }
}

/** For a storage that failed in a way of its own. */
export function asUnavailable(
  error: unknown,
  committed: 'no' | 'unknown' = 'unknown',
): TaskflowError {
  if (error instanceof TaskflowError) return error
  return new StorageUnavailableError('the storage failed', { cause: error, committed })
}

/** For an id that nobody knows. */
export function unknownTask(taskId: string): TaskflowError {
  return new TaskflowError(
    'not_found',
    `no task with id ${JSON.stringify(String(taskId).slice(0, 100))}`,
  )
}
