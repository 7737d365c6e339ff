import { matchesPattern, parseDuration, parseInstant } from '../../client/query-language/fields.ts'
import type { QueryTerm } from '../../client/query-language/parse.ts'
import type { TaskSummary } from '../../record.ts'

/** Whether a task meets one term of a query. */
export function termMatches(term: QueryTerm, task: TaskSummary, now: number): boolean {
  return term.values.some((value) => valueMatches(term, value, task, now)) !== term.negated
}

function valueMatches(term: QueryTerm, value: string, task: TaskSummary, now: number): boolean {
  switch (term.field) {
    case 'status':
      return task.status === value
    case 'phase':
      return task.phase === value
    case 'source':
      return task.source === value
    case 'task':
      return matchesPattern(value, task.funcName)
    case 'group':
      return matchesPattern(value, task.group ?? '')
    case 'executor':
      return matchesPattern(value, task.executor)
    case 'instance':
      return matchesPattern(value, task.instance ?? '')
    case 'flow':
      return matchesPattern(value, task.flowId ?? '')
    case 'schedule':
      return matchesPattern(value, task.scheduleId ?? '')
    case 'tag': {
      const tag = Object.hasOwn(task.tags, term.key) ? task.tags[term.key] : undefined
      return tag !== undefined && matchesPattern(value, tag)
    }
    case 'error':
      return task.error?.toLowerCase().includes(value.toLowerCase()) ?? false
    case 'text':
      return matchesText(value.toLowerCase(), task)
    case 'created':
      return isWithin(term, value, task.createdAt, now)
    case 'started':
      return isWithin(term, value, task.startTime, now)
    case 'ended':
      return isWithin(term, value, task.endTime, now)
    case 'duration':
      return compares(term, task.durationMs, parseDuration(value))
    case 'attempt':
      return compares(term, task.attemptsMade, Number(value))
    case 'priority':
      return compares(term, task.priority, Number(value))
  }
}

/** From `since` on, and before `until`, of a term about an instant. */
export function rangeOf(
  { operator }: Pick<QueryTerm, 'operator'>,
  value: string,
  now: number,
): { since?: number; until?: number } {
  const at = parseInstant(value)
  // An age counts backwards: `<1h` is younger than an hour, as is a bare `1h`.
  if (at === null) {
    const edge = now - (parseDuration(value) ?? 0)
    return operator.startsWith('>') ? { until: edge } : { since: edge }
  }
  const isAfter = operator.startsWith('>')
  const edge = operator === '>' || operator === '<=' ? at + 1 : at
  return isAfter ? { since: edge } : { until: edge }
}

function isWithin(term: QueryTerm, value: string, at: number | null, now: number): boolean {
  if (at === null) return false
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = rangeOf(
    term,
    value,
    now,
  )
  return at >= since && at < until
}

function compares({ operator }: QueryTerm, own: number | null, value: number | null): boolean {
  if (own === null || value === null) return false
  switch (operator) {
    case '<':
      return own < value
    case '<=':
      return own <= value
    case '>':
      return own > value
    case '>=':
      return own >= value
    default:
      return own === value
  }
}

function matchesText(text: string, { taskId, funcName }: TaskSummary): boolean {
  const id = taskId.toLowerCase()
  return id.startsWith(text) || id.endsWith(text) || funcName.toLowerCase().includes(text)
}
