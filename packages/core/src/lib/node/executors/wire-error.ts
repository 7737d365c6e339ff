import {
  type Issue,
  StorageUnavailableError,
  TaskflowError,
  type TaskflowErrorCode,
} from '../../errors.ts'
import { AbandonTask, SnoozeTask, TaskAborted } from '../../run/signals.ts'

// Twice what the record keeps: secrets are masked before it cuts, and half a secret is not known.
const MAX_MESSAGE = 16_384
const MAX_STACK = 65_536
const MAX_CAUSES = 10

/** A thrown value as plain data. */
export interface WireError {
  class: 'value' | 'Error' | 'SnoozeTask' | 'AbandonTask' | 'TaskAborted' | 'TaskflowError'
  message: string
  name?: string
  stack?: string | undefined
  code?: string | number | undefined
  cause?: WireError | undefined
  /** Of a SnoozeTask. */
  delayMs?: number
  /** Of a TaskAborted. */
  reason?: TaskAborted['reason']
  /** Of a TaskflowError. */
  issues?: Issue[] | undefined
  /** Of a StorageUnavailableError. */
  committed?: 'no' | 'unknown'
}

/** Reads whatever was thrown. Never throws itself, and is bounded, however hostile the value. */
export function toWire(thrown: unknown): WireError {
  return read(thrown, MAX_CAUSES)
}

function read(thrown: unknown, causes: number): WireError {
  try {
    if (!(thrown instanceof Error)) return described(thrown)
    const { stack } = thrown
    return {
      class: 'Error',
      name: cut(String(thrown.name), 200),
      message: cut(String(thrown.message), MAX_MESSAGE),
      stack: typeof stack === 'string' ? cut(stack, MAX_STACK) : undefined,
      code: codeOf(thrown),
      cause: causes > 0 && thrown.cause !== undefined ? read(thrown.cause, causes - 1) : undefined,
      ...ours(thrown),
    }
  } catch {
    return described(thrown)
  }
}

function ours(error: Error): Partial<WireError> {
  if (error instanceof SnoozeTask) return { class: 'SnoozeTask', delayMs: error.delayMs }
  if (error instanceof AbandonTask) return { class: 'AbandonTask' }
  if (error instanceof TaskAborted) return { class: 'TaskAborted', reason: error.reason }
  if (!(error instanceof TaskflowError)) return {}
  const { issues } = error
  const committed = error instanceof StorageUnavailableError && { committed: error.committed }
  return { class: 'TaskflowError', issues, ...committed }
}

function described(thrown: unknown): WireError {
  let message = 'a value that cannot be described'
  try {
    message = cut(String(thrown), MAX_MESSAGE)
  } catch {}
  return { class: 'value', message }
}

function codeOf(error: Error): string | number | undefined {
  const code = 'code' in error ? error.code : undefined
  if (typeof code === 'string') return cut(code, 200)
  return typeof code === 'number' ? code : undefined
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length)
}

/** What to throw here for what was thrown there. Signals and our errors keep their class. */
export function fromWire(wire: WireError): unknown {
  if (wire.class === 'value') return wire.message
  const { name, stack, code } = wire
  const error = ofClass(wire)
  // As Error makes them: not enumerable, so that printing shows them once.
  const set = (key: string, value: unknown) => {
    if (value === undefined) return
    Object.defineProperty(error, key, { value, writable: true, configurable: true })
  }
  if (error.name !== name) set('name', name)
  set('stack', stack)
  if (!(error instanceof TaskflowError)) set('code', code)
  if (wire.cause) set('cause', fromWire(wire.cause))
  return error
}

function ofClass({ message, delayMs, reason, committed, ...wire }: WireError): Error {
  if (wire.class === 'AbandonTask') return new AbandonTask(message)
  if (wire.class === 'SnoozeTask' && Number.isFinite(delayMs)) {
    return new SnoozeTask(Math.max(0, Number(delayMs)))
  }
  if (wire.class === 'TaskAborted' && reason) return new TaskAborted(reason, message)
  if (wire.class !== 'TaskflowError') return new Error(message)
  if (committed) return new StorageUnavailableError(message, { committed })
  // The code comes from such an error.
  return new TaskflowError(wire.code as TaskflowErrorCode, message, { issues: wire.issues })
}
