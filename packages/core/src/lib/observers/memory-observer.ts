import { TaskflowError } from '../errors.ts'
import { checkOptionNames } from '../option-names.ts'
import type { LifecycleEvent, LogEvent, TaskObserver } from './observer.ts'

/** Keeps what happened, for tests and for looking into a running app. */
export interface MemoryObserver extends TaskObserver {
  /** The newest events of both kinds, oldest first. */
  readonly events: readonly (LogEvent | LifecycleEvent)[]
  /** The log lines among them. */
  readonly logs: readonly LogEvent[]
  /** The steps among them. */
  readonly steps: readonly LifecycleEvent[]
  /** Forgets all of them. */
  clear(): void
}

/**
 * An observer that keeps the newest events in memory.
 *
 * @throws TaskflowError `configuration` for a `limit` that is no whole number of 1 or more, and for
 *   another option.
 */
export function memoryObserver(
  options: {
    /** How many events it keeps; older ones are forgotten. [1000] */
    limit?: number
  } = {},
): MemoryObserver {
  checkOptionNames(options, { limit: true }, { where: 'memoryObserver', code: 'configuration' })
  const { limit = 1_000 } = options
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new TaskflowError(
      'configuration',
      `memoryObserver: limit: expected a whole number of 1 or more, got ${String(limit)}`,
    )
  }
  let events: (LogEvent | LifecycleEvent)[] = []
  const keep = (event: LogEvent | LifecycleEvent) => {
    events.push(event)
    // Now and then, so that a full memory does not move with every event.
    if (events.length >= 2 * limit) events = events.slice(-limit)
  }
  const newest = () => events.slice(-limit)
  return {
    onLog: keep,
    onLifecycle: keep,
    get events() {
      return newest()
    },
    get logs() {
      return newest().filter((event): event is LogEvent => 'message' in event)
    },
    get steps() {
      return newest().filter((event): event is LifecycleEvent => 'step' in event)
    },
    clear() {
      events = []
    },
  }
}
