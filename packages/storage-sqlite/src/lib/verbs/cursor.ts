import { EngineError } from '../errors.ts'

/** Where a page ended: what it was ordered by, and the id of its last entry. */
export type Position = [value: string | number | null, id: string]

export function parseCursor(cursor: string): Position {
  try {
    const [value, id] = JSON.parse(cursor) as unknown[]
    const plain = value === null || typeof value === 'string' || typeof value === 'number'
    if (plain && typeof id === 'string') return [value, id]
  } catch {
    // Answered below.
  }
  throw invalidCursor()
}

export function invalidCursor(): EngineError {
  return new EngineError('invalid_input', 'cursor: expected the cursor of an earlier page')
}
