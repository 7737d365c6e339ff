import { TaskflowError } from '../../errors.ts'
import { isUuid } from '../../uuid.ts'
import type { OpenLog } from './open-log.ts'

/** Where a page of lines ended. */
export interface LogCursor {
  /** Its last line; null at the beginning of a window. */
  last: { at: number; taskId: string } | null
  /** Logs that were being read, and what comes next in them. */
  open: [taskId: string, place: number][]
  /** Below what the window lies; null for that of the newest tasks. */
  below: WindowBound | null
}

/** Tasks created before, whose ids are less too: many may be of one millisecond. */
export interface WindowBound {
  createdBefore: number
  taskId: string
}

/** Places within tasks that a cursor holds. */
const MAX_OPEN = 50

export function writeCursor(
  last: LogCursor['last'],
  open: readonly OpenLog[],
  below: WindowBound | null,
): string {
  const places = open.slice(0, MAX_OPEN).map((log) => [log.task.taskId, log.place])
  const bound = below && [below.createdBefore, below.taskId]
  return JSON.stringify([last && [last.at, last.taskId], places, bound])
}

/** @throws TaskflowError `invalid_input` for what no page ended with. */
export function readCursor(cursor: string): LogCursor {
  try {
    const [last, open, below] = JSON.parse(cursor)
    const isSome = last !== null || below !== null
    if (isSome && (last === null || isPlace(last)) && (below === null || isPlace(below))) {
      if (Array.isArray(open) && open.every(isOpen)) {
        return {
          last: last && { at: last[0], taskId: last[1] },
          open,
          below: below && { createdBefore: below[0], taskId: below[1] },
        }
      }
    }
  } catch {}
  throw new TaskflowError('invalid_input', 'cursor: expected the cursor of an earlier page')
}

/** What attempts threw has a place between those of lines. */
function isOpen([taskId, place]: unknown[]): boolean {
  return Number.isFinite(place) && isPlace([0, taskId])
}

function isPlace([n, taskId]: unknown[]): boolean {
  return Number.isSafeInteger(n) && typeof taskId === 'string' && isUuid(taskId)
}
