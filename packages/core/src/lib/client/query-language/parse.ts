import {
  type FieldInfo,
  fieldInfo,
  parseDuration,
  parseInstant,
  type QueryField,
} from './fields.ts'

/** How values are compared; `:` is one of the values. */
export type QueryOperator = ':' | '<' | '<=' | '>' | '>='

/** One condition of a query; all of them must hold. */
export interface QueryTerm {
  /** `text` is a word without a field: part of a function's name, or start or end of an id. */
  field: QueryField | 'tag' | 'text'
  /** The tag's key; empty for every other field. */
  key: string
  operator: QueryOperator
  /** One of them must be met. */
  values: string[]
  /** None of them must. */
  negated: boolean
  /** Where it stands in the text. */
  start: number
  end: number
}

/** A query that cannot be read: why, and where. */
export class QuerySyntaxError extends Error {
  override readonly name = 'QuerySyntaxError'
  /** First character that is wrong, from 0, and the one after the last. */
  readonly start: number
  readonly end: number

  constructor(message: string, start: number, end: number) {
    super(message)
    this.start = start
    this.end = end
  }
}

const MAX_LENGTH = 2_000
const MAX_VALUES = 200
const NAME = /-?[a-zA-Z_][\w.-]*:/y
const OPERATOR = /[<>]=?/y
const BARE = /[^\s",]+/y
const BARE_WORD = /[^\s"]+/y

/**
 * Reads a query such as `status:failed task:send_* created:<1h -tag.tenant:acme "free text"`.
 *
 * @throws QuerySyntaxError with the position of what is wrong.
 */
export function parseQuery(text: string): QueryTerm[] {
  if (text.length > MAX_LENGTH) {
    throw new QuerySyntaxError(`expected at most ${MAX_LENGTH} characters`, MAX_LENGTH, text.length)
  }
  const terms: QueryTerm[] = []
  for (let at = skipSpace(text, 0); at < text.length; ) {
    const term = parseTerm(text, at)
    terms.push(term)
    if (term.end < text.length && !/\s/.test(text[term.end] ?? '')) {
      throw new QuerySyntaxError('expected a space', term.end, term.end + 1)
    }
    at = skipSpace(text, term.end)
  }
  return terms
}

function parseTerm(text: string, start: number): QueryTerm {
  const named = match(NAME, text, start)
  const negated = text[start] === '-'
  if (named === null) {
    const value = parseValue(text, start + (negated ? 1 : 0), BARE_WORD)
    const word = { field: 'text', key: '', operator: ':', values: [value.text] } as const
    return { ...word, values: [value.text], negated, start, end: value.end }
  }
  const name = named.slice(negated ? 1 : 0, -1)
  const tag = /^tag\../.test(name) ? name.slice(4) : null
  const info = tag === null ? fieldInfo(name) : ({ kind: 'pattern' } as const)
  if (info === undefined) {
    const end = start + named.length
    throw new QuerySyntaxError(`unknown field "${name}"; quote it to search for it`, start, end)
  }
  let at = start + named.length
  const operator = (match(OPERATOR, text, at) ?? ':') as QueryOperator
  if (operator !== ':') at += operator.length
  const values: string[] = []
  for (;;) {
    const value = parseValue(text, at, BARE)
    const problem = problemOf(info, operator, value.text)
    if (problem !== null) throw new QuerySyntaxError(`${name}: ${problem}`, at, value.end)
    values.push(value.text)
    at = value.end
    if (text[at] !== ',') break
    at += 1
  }
  if (values.length > MAX_VALUES || (operator !== ':' && values.length > 1)) {
    const most = operator === ':' ? `at most ${MAX_VALUES} values` : `one value after ${operator}`
    throw new QuerySyntaxError(`${name}: expected ${most}`, start, at)
  }
  const field = tag === null ? (name as QueryField) : 'tag'
  return { field, key: tag ?? '', operator, values, negated, start, end: at }
}

/** A word, or text in quotes in which `\` keeps the character after it. */
function parseValue(text: string, start: number, bare: RegExp): { text: string; end: number } {
  if (text[start] !== '"') {
    const word = match(bare, text, start)
    if (word === null) throw new QuerySyntaxError('expected a value', start, start + 1)
    return { text: word, end: start + word.length }
  }
  let value = ''
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return { text: value, end: at + 1 }
    if (text[at] === '\\') at += 1
    value += text[at] ?? ''
  }
  throw new QuerySyntaxError('expected a closing quote', start, text.length)
}

/** What is wrong with a value; null when nothing is. */
function problemOf(
  info: Pick<FieldInfo, 'kind' | 'words'>,
  operator: QueryOperator,
  value: string,
): string | null {
  const { kind, words } = info
  const compares = kind === 'number' || kind === 'duration' || kind === 'instant'
  if (operator !== ':' && !compares) return `expected no ${operator}`
  if (words && !words.includes(value)) return `expected one of ${words.join(', ')}`
  if (kind === 'number') {
    return /^-?\d{1,15}$/.test(value) ? null : 'expected a whole number'
  }
  if (kind === 'duration') {
    if (operator === ':') return 'expected < or >, as in duration:>5s'
    return parseDuration(value) === null ? 'expected a duration such as 100ms, 5s or 2m' : null
  }
  if (kind === 'instant') {
    if (/^\d/.test(value) && !value.includes('-') && parseDuration(value) !== null) return null
    if (parseInstant(value) === null) return 'expected an age such as 1h, or a date'
    return operator === ':' ? 'expected < or > before a date' : null
  }
  return null
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1
  return at
}
