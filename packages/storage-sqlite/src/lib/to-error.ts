import { StorageUnavailableError, TaskflowError } from '@taskflow/core'
import type { Failure } from './errors.ts'

/** The typed error that a failure of the engine stands for. */
export function toError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('committed' in error)) return error
  if (error instanceof TaskflowError) return error
  const { code, message, committed, frames } = error as Failure
  if (code === 'unavailable') return new StorageUnavailableError(message, { committed })
  return new TaskflowError(code, message, frames === undefined ? {} : { cause: causeOf(frames) })
}

/** The origin of an unexpected error, without its message: that may quote a value. */
function causeOf(frames: string): Error {
  const cause = new Error('Unexpected error in the SQLite engine')
  cause.stack = `${cause.name}: ${cause.message}\n${frames}`
  return cause
}
