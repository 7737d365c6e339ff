import { parseQuery, QuerySyntaxError, type QueryTerm } from '../../client/query-language/parse.ts'
import { TaskflowError } from '../../errors.ts'
import { TASK_PHASES, TASK_SOURCES, TASK_STATUSES, type TaskSummary } from '../../record.ts'
import type { TaskFilter } from '../../storage/contract.ts'
import { filterOf, type Query } from '../query.ts'
import { rangeOf, termMatches } from './term-matches.ts'

/** Which tasks a request is about. */
export interface Selection {
  /** What the storage can look for. */
  filter: TaskFilter
  /** What is asked beyond that, of each task; null for nothing. */
  matches: ((task: TaskSummary) => boolean) | null
}

/** The selection of a request: its filter parameters and its `q`, all of which must hold. */
export function selectionOf(query: Query, now: number): Selection {
  const filter = filterOf(query, now)
  const text = query.one('q')
  return text === undefined ? { filter, matches: null } : narrowed(filter, termsOf(text), now)
}

function termsOf(text: string): QueryTerm[] {
  try {
    return parseQuery(text)
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error
    const { message, start } = error
    throw new TaskflowError('invalid_input', `q: at character ${start + 1}: ${message}`, {
      issues: [{ path: ['q', start], message }],
    })
  }
}

/** What the storage knows to look for goes to it; the rest is asked of what it finds. */
function narrowed(filter: TaskFilter, terms: readonly QueryTerm[], now: number): Selection {
  const rest: QueryTerm[] = []
  for (const term of terms) {
    if (!pushDown(filter, term, now)) rest.push(term)
  }
  const hint = rest.find(
    (term) => term.field === 'task' && !term.negated && term.values.length === 1,
  )
  // Less to look through; the pattern itself is asked of each task all the same.
  if (hint && filter.search === undefined) filter.search = longestPart(hint.values[0] ?? '')
  const matches = (task: TaskSummary) => rest.every((term) => termMatches(term, task, now))
  return { filter, matches: rest.length === 0 ? null : matches }
}

/** Puts a term into the filter; false when the filter has no place for it. */
function pushDown(filter: TaskFilter, term: QueryTerm, now: number): boolean {
  switch (term.field) {
    case 'status':
      return put(filter, 'status', amongst(TASK_STATUSES, term))
    case 'phase':
      return put(filter, 'phase', amongst(TASK_PHASES, term))
    case 'source':
      return put(filter, 'source', amongst(TASK_SOURCES, term))
    case 'task':
      return put(filter, 'funcName', exact(term))
    case 'group':
      return put(filter, 'group', exact(term))
    case 'tag':
      return putTag(filter, term)
    case 'executor':
      return put(filter, 'executor', exact(term))
    case 'instance':
      return put(filter, 'instance', exact(term))
    case 'flow':
      return put(filter, 'flowId', exact(term))
    case 'schedule':
      return put(filter, 'scheduleId', exact(term))
    case 'text':
      return put(filter, 'search', term.negated ? undefined : term.values[0])
    case 'created': {
      if (term.negated || term.values.length > 1) return false
      const range = rangeOf(term, term.values[0] ?? '', now)
      return put(filter, 'since', range.since) || put(filter, 'until', range.until)
    }
    default:
      return false
  }
}

function put<Name extends keyof TaskFilter>(
  filter: TaskFilter,
  name: Name,
  value: TaskFilter[Name],
): boolean {
  if (value === undefined || filter[name] !== undefined) return false
  filter[name] = value
  return true
}

function putTag(filter: TaskFilter, { key, values, negated }: QueryTerm): boolean {
  const [value = '*', ...others] = values
  if (negated || others.length > 0 || value.includes('*')) return false
  filter.tags = [...(filter.tags ?? []), { key, value }]
  return true
}

/** What a term leaves of the words there are. */
function amongst<Word extends string>(words: readonly Word[], term: QueryTerm): Word[] | undefined {
  const left = words.filter((word) => term.values.includes(word) !== term.negated)
  return left.length > 0 ? left : undefined
}

/** The values of a term that asks for them as they are. */
function exact({ negated, values }: QueryTerm): string[] | undefined {
  return negated || values.some((value) => value === '' || value.includes('*')) ? undefined : values
}

function longestPart(pattern: string): string | undefined {
  const parts = pattern.split('*').toSorted((a, b) => b.length - a.length)
  return parts[0] || undefined
}
