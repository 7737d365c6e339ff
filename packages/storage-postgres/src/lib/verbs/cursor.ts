import { TaskflowError } from '@taskflow/core'

/** Reads the cursor of an earlier page; throws for anything that is none. */
export function parseCursor<Position>(
  cursor: string,
  isPosition: (value: unknown[]) => boolean,
): Position {
  try {
    const value: unknown = JSON.parse(cursor)
    if (Array.isArray(value) && isPosition(value)) return value as Position
  } catch {
    // Answered below.
  }
  throw badCursor()
}

export function badCursor(): TaskflowError {
  return new TaskflowError('invalid_input', 'cursor: expected the cursor of an earlier page')
}
