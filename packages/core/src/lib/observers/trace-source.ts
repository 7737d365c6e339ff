import { TaskflowError } from '../errors.ts'
import type { TaskObserver } from './observer.ts'

const MAX_TRACE = 2_000

/** Asks for the caller's trace context. */
export type TraceSource = () => string | undefined

/** What asks observers for the caller's trace context; undefined when none of them knows of traces. */
export function traceSource(
  observers: readonly TaskObserver[],
  onError: (error: unknown) => void,
): TraceSource | undefined {
  const tracing = observers.filter(({ trace }) => trace)
  if (tracing.length === 0) return undefined
  return () => {
    for (const observer of tracing) {
      try {
        const trace: unknown = observer.trace?.()
        if (trace === undefined) continue
        if (typeof trace === 'string' && trace.length <= MAX_TRACE) return trace
        onError(unusable(trace))
      } catch (error) {
        onError(error)
      }
    }
    return undefined
  }
}

function unusable(trace: unknown): TaskflowError {
  const got = typeof trace === 'string' ? `${trace.length}` : typeof trace
  return new TaskflowError(
    'configuration',
    `observer: trace: expected at most ${MAX_TRACE} characters, got ${got}`,
  )
}
