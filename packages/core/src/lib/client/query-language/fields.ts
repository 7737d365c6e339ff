import { TASK_PHASES, TASK_SOURCES, TASK_STATUSES } from '../../record.ts'

/** What a term of the query language may ask about, `tag.<key>` aside. */
export type QueryField = keyof typeof QUERY_FIELDS

/** How a field's values are written. */
export type QueryValueKind = 'word' | 'pattern' | 'text' | 'number' | 'duration' | 'instant'

export interface FieldInfo {
  kind: QueryValueKind
  /** What it is about, for completion. */
  about: string
  /** The only words it takes. */
  words?: readonly string[]
}

/**
 * The fields of the query language. A `pattern` may hold `*`, for any text; a `number`, `duration`
 * (`5s`, `100ms`) or `instant` (`1h` ago, or a date) is compared with `<`, `<=`, `>` or `>=`.
 */
export const QUERY_FIELDS = {
  status: { kind: 'word', about: 'status', words: TASK_STATUSES },
  phase: { kind: 'word', about: 'status in more detail', words: TASK_PHASES },
  source: { kind: 'word', about: 'what created it', words: TASK_SOURCES },
  task: { kind: 'pattern', about: 'name of the function' },
  group: { kind: 'pattern', about: 'group of the function' },
  executor: { kind: 'pattern', about: 'where it runs' },
  instance: { kind: 'pattern', about: 'id of the instance' },
  flow: { kind: 'pattern', about: 'id of the flow' },
  schedule: { kind: 'pattern', about: 'id of the schedule' },
  error: { kind: 'text', about: 'part of the error' },
  created: { kind: 'instant', about: 'when it was enqueued' },
  started: { kind: 'instant', about: 'when its last attempt began' },
  ended: { kind: 'instant', about: 'when it ended' },
  duration: { kind: 'duration', about: 'how long it ran' },
  attempt: { kind: 'number', about: 'attempts made' },
  priority: { kind: 'number', about: 'priority' },
} as const satisfies Record<string, FieldInfo>

/** What is known of a field; undefined for one that does not exist. */
export function fieldInfo(field: string): FieldInfo | undefined {
  return Object.hasOwn(QUERY_FIELDS, field) ? QUERY_FIELDS[field as QueryField] : undefined
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `100ms`, `5s`, `1.5m`, `2h`, `7d` in milliseconds; a bare number is seconds. Else null. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)?$/.exec(text)
  return match ? Number(match[1]) * (UNITS[match[2] ?? 's'] ?? 0) : null
}

const INSTANT = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:\d\d)?$/

/** A date or an ISO 8601 instant in epoch milliseconds, UTC unless it says otherwise; else null. */
export function parseInstant(text: string): number | null {
  const [, date, time = '', zone = ''] = INSTANT.exec(text) ?? []
  if (date === undefined || (time === '' && zone !== '')) return null
  // `Date.parse` takes February 30th for March 2nd.
  const midnight = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return null
  const at = Date.parse(`${date}${time || 'T00:00'}${zone || 'Z'}`)
  return Number.isNaN(at) ? null : at
}

/** Whether text is what a pattern says, `*` being any text. */
export function matchesPattern(pattern: string, text: string): boolean {
  let star = pattern.indexOf('*')
  if (star === -1) return text === pattern
  if (!text.startsWith(pattern.slice(0, star))) return false
  let at = star
  // Part by part, as far as they are found: most texts are none of it after the first.
  for (;;) {
    const begin = star + 1
    star = pattern.indexOf('*', begin)
    if (star === -1) {
      const last = pattern.slice(begin)
      return text.length - last.length >= at && text.endsWith(last)
    }
    const part = pattern.slice(begin, star)
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
}
