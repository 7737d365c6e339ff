import { TaskflowError } from '../../errors.ts'
import type { ListInput, ListResult, TaskSort } from '../contract.ts'
import { matcherOf } from '../filter.ts'
import { isSortValue } from '../sort-value.ts'
import { phaseOf, type Row, toSummary } from './row.ts'

/** How many matches are counted, and how many a sort other than by creation orders. */
const WINDOW = 10_000

const durationOf = ({ startTime, endTime }: Row) =>
  startTime === null || endTime === null ? null : endTime - startTime

const sortValues: Record<TaskSort, (row: Row) => string | number | null> = {
  created_at: (row) => row.taskId,
  func_name: (row) => row.funcName,
  status: (row) => row.status,
  duration: durationOf,
  retries_used: (row) => Math.max(0, row.attemptsMade - 1),
  priority: (row) => row.priority,
  start_time: (row) => row.startTime,
  end_time: (row) => row.endTime,
}

/** Where a page ended: the sort value and the id of its last task. */
type Position = [value: string | number | null, taskId: string]

/** One page of `rows`, which are in id order. */
export function listRows(rows: readonly Row[], input: ListInput, now: number): ListResult {
  const sort = input.sort ?? 'created_at'
  const compare = comparison(sort, input.order === 'asc' ? 1 : -1)
  const after = input.cursor === undefined ? null : parseCursor(input.cursor, sort)
  const asked = matcherOf(input.filter)
  const matches = (row: Row) => asked(row, phaseOf(row, now))

  const newest = take(rows, rows.length - 1, -1, WINDOW + 1, matches)
  const total = Math.min(newest.length, WINDOW)
  const candidates =
    sort === 'created_at'
      ? after === null && input.order !== 'asc' && input.limit < WINDOW
        ? newest.slice(0, input.limit + 1)
        : takeFrom(rows, after, input, matches)
      : newest
          .slice(0, WINDOW)
          .sort((a, b) => compare(a, [sortValues[sort](b), b.taskId]))
          .filter((row) => after === null || compare(row, after) > 0)
          .slice(0, input.limit + 1)
  const page = candidates.slice(0, input.limit)
  const last = page.at(-1)
  return {
    tasks: page.map((row) => toSummary(row, now)),
    next:
      last && candidates.length > page.length
        ? JSON.stringify([sortValues[sort](last), last.taskId])
        : null,
    total,
    totalExact: newest.length <= WINDOW,
  }
}

/** The page after a position by creation, and one more to know whether there is another. */
function takeFrom(
  rows: readonly Row[],
  after: Position | null,
  input: ListInput,
  matches: (row: Row) => boolean,
): Row[] {
  const step = input.order === 'asc' ? 1 : -1
  let start = step === 1 ? 0 : rows.length - 1
  if (after) {
    const found = lowerBound(rows, after[1])
    const itself = rows[found]?.taskId === after[1]
    start = step === 1 ? found + (itself ? 1 : 0) : found - 1
  }
  return take(rows, start, step, input.limit + 1, matches)
}

function take(
  rows: readonly Row[],
  start: number,
  step: 1 | -1,
  limit: number,
  matches: (row: Row) => boolean,
): Row[] {
  const taken: Row[] = []
  for (let i = start; taken.length < limit; i += step) {
    const row = rows[i]
    if (!row) break
    if (matches(row)) taken.push(row)
  }
  return taken
}

/** Index of the first row whose id is not below. */
export function lowerBound(rows: readonly Row[], taskId: string): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] as Row).taskId < taskId) low = middle + 1
    else high = middle
  }
  return low
}

/** Empty values last in either direction; equal ones by id in the direction asked for. */
function comparison(sort: TaskSort, direction: 1 | -1) {
  return (row: Row, [value, taskId]: Position): number => {
    const own = sortValues[sort](row)
    if (own !== value) {
      if (own === null) return 1
      if (value === null) return -1
      return own < value ? -direction : direction
    }
    return row.taskId === taskId ? 0 : row.taskId < taskId ? -direction : direction
  }
}

function parseCursor(cursor: string, sort: TaskSort): Position {
  try {
    const [value, taskId] = JSON.parse(cursor)
    if (isSortValue(sort, value) && typeof taskId === 'string') return [value, taskId]
  } catch {}
  throw new TaskflowError('invalid_input', 'cursor: expected the cursor of an earlier page')
}
