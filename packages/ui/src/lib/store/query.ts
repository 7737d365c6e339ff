import {
  formatQuery,
  parseQuery,
  QuerySyntaxError,
  type QueryTerm,
  type TaskJson,
} from '@taskflow/core/client'

/** What is wrong with a query, and where. */
export interface QueryProblem {
  message: string
  start: number
  end: number
}

let last: { text: string; terms: QueryTerm[]; problem: QueryProblem | null } | undefined

/** The terms of a query, or what keeps it from being read. The newest one is remembered. */
export function readQuery(text: string): { terms: QueryTerm[]; problem: QueryProblem | null } {
  if (last?.text === text) return last
  try {
    last = { text, terms: parseQuery(text), problem: null }
  } catch (cause) {
    if (!(cause instanceof QuerySyntaxError)) throw cause
    const { message, start, end } = cause
    last = { text, terms: [], problem: { message, start, end } }
  }
  return last
}

/** A query with a field set to some values, in the place of what it said of it; none takes it out. */
export function withTerm(
  query: string,
  field: QueryTerm['field'],
  values: readonly string[],
  key = '',
): string {
  const terms = readQuery(query).terms.filter(
    (term) => term.field !== field || term.key !== key || term.negated,
  )
  if (values.length === 0) return formatQuery(terms)
  const term = { field, key, operator: ':', values: [...values], negated: false } as const
  return formatQuery([...terms, { ...term, values: [...values] }])
}

/** The values a query wants of a field; empty when it says nothing of it. */
export function termValues(query: string, field: QueryTerm['field']): readonly string[] {
  const found = readQuery(query).terms.find((term) => term.field === field && !term.negated)
  return found?.operator === ':' ? found.values : []
}

const UNITS: Record<string, number> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 }

/** Whether a run meets a query, as the server decides it; a query that cannot be read meets none. */
export function matchesQuery(query: string, task: TaskJson, now: number): boolean {
  const { terms, problem } = readQuery(query)
  return (
    problem === null &&
    terms.every(
      (term) => term.values.some((value) => meets(term, value, task, now)) !== term.negated,
    )
  )
}

function meets(term: QueryTerm, value: string, task: TaskJson, now: number): boolean {
  switch (term.field) {
    case 'status':
    case 'phase':
    case 'source':
      return task[term.field] === value
    case 'task':
      return isLike(value, task.func_name)
    case 'flow':
      return isLike(value, task.flow_id)
    case 'schedule':
      return isLike(value, task.schedule_id)
    case 'group':
    case 'executor':
    case 'instance':
      return isLike(value, task[term.field])
    case 'tag':
      return Object.hasOwn(task.tags, term.key) && isLike(value, task.tags[term.key] ?? null)
    case 'error':
      return task.error?.toLowerCase().includes(value.toLowerCase()) ?? false
    case 'text':
      return holdsText(value.toLowerCase(), task)
    case 'created':
      return isWithin(term, value, task.created_at, now)
    case 'started':
      return isWithin(term, value, task.start_time, now)
    case 'ended':
      return isWithin(term, value, task.end_time, now)
    case 'duration':
      return compares(term, task.duration === null ? null : task.duration * 1000, lengthOf(value))
    case 'attempt':
      return compares(term, task.attempts_made, Number(value))
    case 'priority':
      return compares(term, task.priority, Number(value))
  }
}

/** `*` stands for any text. */
function isLike(pattern: string, text: string | null): boolean {
  const own = text ?? ''
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return own === first
  if (!own.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = own.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return own.length - last.length >= at && own.endsWith(last)
}

function holdsText(text: string, { task_id, func_name }: TaskJson): boolean {
  const id = task_id.toLowerCase()
  return id.startsWith(text) || id.endsWith(text) || func_name.toLowerCase().includes(text)
}

function lengthOf(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text)
  return match ? Number(match[1]) * (UNITS[match[2] ?? 's'] ?? 0) : null
}

/** `<1h` is younger than an hour, `<2026-11-19` before that day. */
function isWithin({ operator }: QueryTerm, value: string, iso: string | null, now: number) {
  if (iso === null) return false
  const at = Date.parse(iso)
  const age = lengthOf(value)
  const greater = operator.startsWith('>')
  if (age !== null) return greater ? at < now - age : at >= now - age
  const edge = Date.parse(value)
  if (operator === '>') return at > edge
  if (operator === '<=') return at <= edge
  return greater ? at >= edge : at < edge
}

function compares({ operator }: QueryTerm, own: number | null, value: number | null): boolean {
  if (own === null || value === null) return false
  if (operator === '<') return own < value
  if (operator === '<=') return own <= value
  if (operator === '>') return own > value
  return operator === '>=' ? own >= value : own === value
}
