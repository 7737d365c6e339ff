import { parseInstant } from '../client/query-language/fields.ts'
import { TaskflowError } from '../errors.ts'
import { TASK_PHASES, TASK_SOURCES, TASK_STATUSES } from '../record.ts'
import { type ListInput, TASK_SORTS, type TaskFilter } from '../storage/contract.ts'

const LONGEST_VALUE = 2_000
const LONGEST_CURSOR = 10_000
/** Ids and names of functions, which are searched, are no longer. */
const LONGEST_SEARCH = 200

/** Reads query parameters; whatever is not as expected is refused by name. */
export class Query {
  readonly #params: URLSearchParams

  constructor(params: URLSearchParams) {
    this.#params = params
  }

  /** One value of at most so many characters; twice is refused: nobody can tell which was meant. */
  one(name: string, longest = LONGEST_VALUE): string | undefined {
    const values = this.#params.getAll(name)
    checkLength(name, values, longest)
    if (values.length > 1) throw refused(name, 'one value', `${values.length} values`)
    return values[0] === '' ? undefined : values[0]
  }

  many(name: string): string[] | undefined {
    const values = this.#params.getAll(name).filter((value) => value !== '')
    checkLength(name, values, LONGEST_VALUE)
    if (values.length > 200) throw refused(name, 'at most 200 values', `${values.length}`)
    return values.length > 0 ? values : undefined
  }

  oneOf<Value extends string>(name: string, allowed: readonly Value[]): Value | undefined {
    const value = this.one(name)
    return value === undefined ? undefined : among(name, allowed, value)
  }

  manyOf<Value extends string>(name: string, allowed: readonly Value[]): Value[] | undefined {
    return this.many(name)?.map((value) => among(name, allowed, value))
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const text = this.one(name)
    if (text === undefined) return fallback
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw invalid(name, `a whole number from ${min} to ${max}`, text)
  }

  flag(name: string): boolean {
    const value = this.oneOf(name, ['1', '0', 'true', 'false'])
    return value === '1' || value === 'true'
  }

  required(name: string): string {
    const value = this.one(name)
    if (value !== undefined) return value
    throw new TaskflowError('invalid_input', `${name}: expected a value, it is required`)
  }

  /** How long, such as `90m`, `6h`, `7d`, in milliseconds. */
  duration(name: string, fallback: number): number {
    const text = this.one(name)
    if (text === undefined) return fallback
    const age = ageOf(text)
    if (age !== null && age > 0) return age
    throw invalid(name, 'how long, such as 90m, 6h, 7d', text)
  }

  /** An instant: ISO 8601, or an age such as `90m`, `6h`, `7d`. */
  instant(name: string, now: number): number | undefined {
    const text = this.one(name)
    if (text === undefined) return undefined
    const age = ageOf(text)
    if (age !== null) return now - age
    const at = parseInstant(text)
    if (at !== null) return at
    throw invalid(
      name,
      'an instant such as 2026-11-22T10:00:00Z, or an age such as 90m, 6h, 7d',
      text,
    )
  }
}

function ageOf(text: string): number | null {
  const match = /^(\d{1,6})([smhd])$/.exec(text)
  return match ? Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0) : null
}

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The filter parameters that list, stream and export share. */
export function filterOf(query: Query, now: number): TaskFilter {
  return {
    status: query.manyOf('status', TASK_STATUSES),
    phase: query.manyOf('phase', TASK_PHASES),
    funcName: query.many('func_name'),
    group: query.many('group'),
    executor: query.many('executor'),
    source: query.manyOf('source', TASK_SOURCES),
    instance: query.many('instance'),
    flowId: query.many('flow_id'),
    scheduleId: query.many('schedule_id'),
    tags: query.many('tag')?.map(tagOf),
    search: query.one('search', LONGEST_SEARCH),
    since: query.instant('since', now),
    until: query.instant('until', now),
  }
}

/** Order and page of a list request. */
export function pageInputOf(query: Query): Omit<ListInput, 'filter' | 'now'> {
  return {
    ...sortingOf(query),
    limit: query.integer('limit', 100, 1, 1000),
    cursor: cursorOf(query),
  }
}

export function sortingOf(query: Query): Pick<ListInput, 'sort' | 'order'> {
  return { sort: query.oneOf('sort', TASK_SORTS), order: query.oneOf('order', ['asc', 'desc']) }
}

/** The storage's cursor in a request; undefined for the first page. */
export function cursorOf(query: Query): string | undefined {
  const cursor = query.one('cursor', LONGEST_CURSOR)
  return cursor === undefined ? undefined : decodeCursor(cursor)
}

/** A `Link` header to the page that begins at a cursor. */
export function nextLink(path: string, search: string, cursor: string): string {
  const next = new URLSearchParams(search)
  next.set('cursor', encodeCursor(cursor))
  return `<${path}?${next}>; rel="next"`
}

/** Cursors travel as base64url, since storages may put any text into them. */
function encodeCursor(cursor: string): string {
  const binary = String.fromCharCode(...new TextEncoder().encode(cursor))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function decodeCursor(text: string): string {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
  } catch {
    throw invalid('cursor', 'the cursor of an earlier page', text)
  }
}

function tagOf(text: string): { key: string; value: string } {
  const at = text.indexOf(':')
  if (at < 1) throw invalid('tag', 'key:value', text)
  return { key: text.slice(0, at), value: text.slice(at + 1) }
}

function checkLength(name: string, values: readonly string[], longest: number): void {
  const long = values.find((value) => value.length > longest)
  if (long === undefined) return
  throw refused(name, `at most ${longest} characters`, `${long.length}`)
}

function among<Value extends string>(name: string, allowed: readonly Value[], text: string): Value {
  const found = allowed.find((value) => value === text)
  if (found !== undefined) return found
  throw invalid(name, `one of ${allowed.join(', ')}`, text)
}

function invalid(name: string, expected: string, got: string): TaskflowError {
  return refused(name, expected, JSON.stringify(got.slice(0, 100)))
}

function refused(name: string, expected: string, got: string): TaskflowError {
  return new TaskflowError('invalid_input', `${name}: expected ${expected}, got ${got}`)
}
