import type { ListInput, ListResult, TaskSort, TaskSummary } from '@taskflow/core'
import { statusOf } from '../codes.ts'
import { rowsBySeq, toSummary } from '../rows.ts'
import type { Session } from '../session.ts'
import { invalidCursor, type Position, parseCursor } from './cursor.ts'
import { findSources } from './find-sources.ts'
import { merge } from './merge.ts'
import { compareMatches } from './sort.ts'
import { type Match, type Source, WINDOW } from './source.ts'

export function list(session: Session, input: ListInput, now: number): ListResult {
  const sort = input.sort ?? 'created_at'
  const direction = input.order === 'asc' ? 1 : -1
  const after = input.cursor === undefined ? null : positionIn(input.cursor, sort)
  const sources = findSources(session, input.filter, sort, now)
  const total = count(sources)
  const found =
    sort === 'created_at'
      ? merge(sources, direction, after?.[1] ?? null, input.limit + 1)
      : sorted(session, sources, sort, direction, after)
  const page = found.slice(0, input.limit)
  const last = page.at(-1)
  const next: Position | null =
    last !== undefined && found.length > page.length
      ? [sort === 'created_at' ? last[0] : last[2], last[0]]
      : null
  return {
    tasks: summaries(session, page, now),
    next: next === null ? null : JSON.stringify(next),
    total: Math.min(total, WINDOW),
    totalExact: total <= WINDOW,
  }
}

const TEXTS: readonly TaskSort[] = ['created_at', 'func_name', 'status']

/** Where the page before ended; throws for the cursor of another order. */
function positionIn(cursor: string, sort: TaskSort): Position {
  const position = parseCursor(cursor)
  const [value] = position
  const fits = TEXTS.includes(sort)
    ? typeof value === 'string'
    : value === null || Number.isSafeInteger(value)
  if (!fits) throw invalidCursor()
  return position
}

/** The newest matches in another order, from a position on. */
function sorted(
  session: Session,
  sources: Source[],
  sort: TaskSort,
  direction: 1 | -1,
  after: Position | null,
): Match[] {
  const toKey = nameOf(session, sort)
  const compare = compareMatches(direction)
  const end: Match | null = after && [after[1], 0, after[0]]
  return merge(sources, -1, null, WINDOW)
    .map((match): Match => [match[0], match[1], toKey(match[2])])
    .filter((match) => end === null || compare(match, end) > 0)
    .sort(compare)
}

/** The name that stands for a number in the rows. */
function nameOf(session: Session, sort: TaskSort): (key: Match[2]) => Match[2] {
  if (sort === 'func_name') return (key) => session.kinds.get(Number(key)).func
  return sort === 'status' ? (key) => statusOf(Number(key)) : (key) => key
}

function summaries(session: Session, page: readonly Match[], now: number): TaskSummary[] {
  const rows = rowsBySeq(
    session,
    page.map(([, seq]) => seq),
  )
  return page.flatMap(([, seq]) => {
    const row = rows.get(seq)
    return row === undefined ? [] : [toSummary(session, row, now)]
  })
}

function count(sources: Source[]): number {
  let total = 0
  for (const source of sources) {
    if (total > WINDOW) break
    total += source.count(WINDOW + 1)
  }
  return total
}
