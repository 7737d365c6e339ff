import type { ListInput, ListResult, TaskSort, TaskSummary } from '@taskflow/core'
import { EngineError } from '../errors.ts'
import { toSummary } from '../rows.ts'
import type { Store } from '../store.ts'
import { compareKeys, type Position, sortKeys } from './sort.ts'
import { findStreams, rowsById, type Stream } from './streams.ts'

/** How many matches are counted, and how many are put in an order other than that of ids. */
const WINDOW = 10_000

export function list(store: Store, input: ListInput, now: number): ListResult {
  const sort = input.sort ?? 'created_at'
  const direction = input.order === 'asc' ? 1 : -1
  const after = input.cursor === undefined ? null : parseCursor(input.cursor)
  const streams = findStreams(store, input.filter, now)
  const total = count(streams)
  const page =
    sort === 'created_at'
      ? pageById(streams, after, direction, input.limit, now)
      : pageBySort(store, streams, sort, after, direction, input.limit, now)
  return {
    tasks: page.tasks,
    next: page.next === null ? null : JSON.stringify(page.next),
    total: Math.min(total, WINDOW),
    totalExact: total <= WINDOW,
  }
}

interface Page {
  tasks: TaskSummary[]
  next: Position | null
}

function pageById(
  streams: Stream[],
  after: Position | null,
  direction: 1 | -1,
  limit: number,
  now: number,
): Page {
  const rows = streams
    .flatMap((stream) => stream.summaries(direction, after?.[1] ?? null, limit + 1))
    .sort((a, b) => (a.id < b.id ? -direction : direction))
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next: Position | null = last && rows.length > limit ? [last.id, last.id] : null
  return { tasks: page.map((row) => toSummary(row, now)), next }
}

function pageBySort(
  store: Store,
  streams: Stream[],
  sort: Exclude<TaskSort, 'created_at'>,
  after: Position | null,
  direction: 1 | -1,
  limit: number,
  now: number,
): Page {
  const toKey = sortKeys[sort]
  const compare = compareKeys(direction)
  const keys = streams
    .flatMap((stream) => stream.keys(WINDOW))
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, WINDOW)
    .map((row): Position => [toKey(row), row.id])
    .filter((key) => after === null || compare(key, after) > 0)
    .sort(compare)
  const page = keys.slice(0, limit)
  const rows = rowsById(
    store,
    page.map(([, id]) => id),
  )
  return {
    tasks: page.flatMap(([, id]) => {
      const row = rows.get(id)
      return row === undefined ? [] : [toSummary(row, now)]
    }),
    next: keys.length > limit ? (page.at(-1) ?? null) : null,
  }
}

function count(streams: Stream[]): number {
  let total = 0
  for (const stream of streams) {
    if (total > WINDOW) break
    total += stream.count(WINDOW + 1)
  }
  return total
}

function parseCursor(cursor: string): Position {
  try {
    const [value, id] = JSON.parse(cursor) as unknown[]
    const plain = value === null || typeof value === 'string' || typeof value === 'number'
    if (plain && typeof id === 'string') return [value, id]
  } catch {
    // Answered below.
  }
  throw new EngineError('invalid_input', 'cursor: expected the cursor of an earlier page')
}
