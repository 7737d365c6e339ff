import { describe, expect, it } from 'vitest'
import { matchesPattern, parseDuration, QUERY_FIELDS } from './fields.ts'
import { formatQuery } from './format.ts'
import { parseQuery, QuerySyntaxError, type QueryTerm } from './parse.ts'

const plain = (text: string) =>
  parseQuery(text).map(({ field, key, operator, values, negated }) => ({
    ...{ field, key, operator, values, negated },
  }))

function errorOf(text: string): QuerySyntaxError {
  try {
    parseQuery(text)
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error
    throw error
  }
  throw new Error(`expected ${text} to be refused`)
}

describe('parseQuery', () => {
  it('reads fields, lists, comparisons, quotes, negation, tags and free text', () => {
    const text =
      'status:failed,interrupted task:send_* created:<1h duration:>=5s attempt:2 tag.tenant:acme error:"time \\"out\\"" -task:heartbeat free'
    expect(plain(text)).toEqual([
      {
        field: 'status',
        key: '',
        operator: ':',
        values: ['failed', 'interrupted'],
        negated: false,
      },
      { field: 'task', key: '', operator: ':', values: ['send_*'], negated: false },
      { field: 'created', key: '', operator: '<', values: ['1h'], negated: false },
      { field: 'duration', key: '', operator: '>=', values: ['5s'], negated: false },
      { field: 'attempt', key: '', operator: ':', values: ['2'], negated: false },
      { field: 'tag', key: 'tenant', operator: ':', values: ['acme'], negated: false },
      { field: 'error', key: '', operator: ':', values: ['time "out"'], negated: false },
      { field: 'task', key: '', operator: ':', values: ['heartbeat'], negated: true },
      { field: 'text', key: '', operator: ':', values: ['free'], negated: false },
    ])
  })

  it('is empty for nothing and for spaces', () => {
    expect(parseQuery('')).toEqual([])
    expect(parseQuery('  \t ')).toEqual([])
  })

  it('says where each term stands', () => {
    expect(parseQuery(' a  -status:failed').map(({ start, end }) => [start, end])).toEqual([
      [1, 2],
      [4, 18],
    ])
  })

  it.each([
    ['statsu:failed', 0, 'unknown field "statsu"'],
    ['a https://x', 2, 'unknown field "https"'],
    ['status:done', 7, 'one of pending, running'],
    ['status:failed,', 14, 'expected a value'],
    ['status:', 7, 'expected a value'],
    ['status:>failed', 8, 'expected no >'],
    ['duration:5s', 9, 'expected < or >'],
    ['duration:>soon', 10, 'expected a duration'],
    ['created:<yesterday', 9, 'expected an age'],
    ['created:2026-01-01', 8, 'expected < or > before a date'],
    ['attempt:>1e309', 9, 'a whole number'],
    ['attempt:>1,2', 0, 'one value'],
    ['error:"open', 6, 'closing quote'],
    ['"a"b', 3, 'expected a space'],
    ['- a', 1, 'expected a value'],
    ['tag.:x', 0, 'unknown field "tag."'],
    ['__proto__:x', 0, 'unknown field'],
    ['x'.repeat(2_001), 2_000, 'at most 2000'],
  ])('refuses %s', (text, start, message) => {
    const error = errorOf(text)
    expect(error.message).toContain(message)
    expect(error.start).toBe(start)
  })
})

describe('formatQuery', () => {
  it('makes of any terms a text that is read as the same terms', () => {
    const random = seeded(7)
    for (let n = 0; n < 2_000; n += 1) {
      const terms = Array.from({ length: 1 + pick(random, 4) }, () => randomTerm(random))
      expect(plain(formatQuery(terms))).toEqual(terms)
    }
  })
})

describe('patterns and durations', () => {
  it.each([
    ['send_*', 'send_mail', true],
    ['send_*', 'resend_mail', false],
    ['*mail', 'send_mail', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c', false],
    ['a*a', 'a', false],
    ['*', '', true],
    ['exact', 'exact', true],
    ['exact', 'exactly', false],
    ['a.c', 'abc', false],
  ])('%s and %s: %s', (pattern, text, matches) => {
    expect(matchesPattern(pattern, text)).toBe(matches)
  })

  it('takes no time over patterns made to take long', () => {
    const started = performance.now()
    expect(matchesPattern('*a'.repeat(500), 'a'.repeat(400))).toBe(false)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('reads units, and a bare number as seconds', () => {
    expect(['100ms', '1.5m', '2h', '7d', '3', '', '1w', '-1s'].map(parseDuration)).toEqual([
      100,
      90_000,
      7_200_000,
      604_800_000,
      3_000,
      null,
      null,
      null,
    ])
  })
})

/** The same numbers each time: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const pick = (random: () => number, count: number) => Math.floor(random() * count)
const one = <Value>(random: () => number, values: readonly Value[]): Value =>
  values[pick(random, values.length)] as Value

function randomTerm(random: () => number): Omit<QueryTerm, 'start' | 'end'> {
  const fields = [...Object.keys(QUERY_FIELDS), 'tag', 'text'] as QueryTerm['field'][]
  const field = one(random, fields)
  const negated = random() < 0.3
  const operator = one(random, ['<', '<=', '>', '>='] as const)
  const text = () => randomText(random)
  const base = { field, key: '', operator: ':' as QueryTerm['operator'], negated }
  if (field === 'text') return { ...base, values: [text()] }
  if (field === 'tag') return { ...base, key: one(random, ['a', 'b.c', 'd-e']), values: [text()] }
  const info = QUERY_FIELDS[field]
  if (info.kind === 'number') return { ...base, operator, values: [`${pick(random, 99) - 9}`] }
  if (info.kind === 'duration') return { ...base, operator, values: [`${pick(random, 99)}ms`] }
  if (info.kind === 'instant') return { ...base, operator, values: ['2026-11-22T10:00:00Z'] }
  const values = () => ('words' in info ? one(random, info.words) : text())
  return { ...base, values: Array.from({ length: 1 + pick(random, 3) }, values) }
}

function randomText(random: () => number): string {
  const characters = [
    'a',
    'Z',
    '9',
    ' ',
    '"',
    '\\',
    ',',
    ':',
    '-',
    '<',
    '>',
    '*',
    '%',
    '_',
    'ü',
    '😀',
  ]
  return Array.from({ length: pick(random, 6) }, () => one(random, characters)).join('')
}
