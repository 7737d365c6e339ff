import { describe, expect, it } from 'vitest'
import { linearRegex, type Span } from './linear-regex.ts'

/** What the browser's own engine finds. */
function native(source: string, text: string, flags: string): Span[] | null {
  const found = [...text.matchAll(new RegExp(source, `g${flags}`))]
  if (found.length === 0) return null
  return found
    .map((match): Span => [match.index, match.index + match[0].length])
    .filter(([from, to]) => to > from)
}

const TEXTS = [
  '',
  'a',
  'aaa',
  'abcabc',
  'ERROR: sheet 12 is torn',
  'error at 10.0.0.17:8080 after 250ms',
  'GET /tasks/0190c2d4-7f00?x=1 200',
  '  two  spaces\tand a tab',
  'Käse, Straße, ÄÖÜ and 東京',
  '[warn] (paren) {brace} a|b ^ $ . * + ? \\',
  'foo_bar foo-bar foobar barfoo',
]
const PATTERNS = [
  ...['a', 'a*', 'a+?', 'a??', 'ab|abc', '(ab|abc)c?', '(?:ab)+', '(a|b|c)*', '(?<x>b)c'],
  ...['^error', 'torn$', '^$', '\\bfoo\\b', '\\Bbar', '\\d+', '\\d{2,3}', '\\d{2}', 'o{1,}'],
  ...['\\d{2,3}?', '[a-f\\d]+', '[^\\s]+', '[\\]\\-]', '.*', '.+?s', '\\S+\\s\\S+', '\\w+$', '\\('],
  ...[
    '(\\d+\\.){3}\\d+',
    '(error|warn)',
    'ä',
    '[äöü]+',
    'stra(ß|ss)e',
    '\\u00e4',
    '\\x61',
    '{brace}',
  ],
  ...['(a*)*', '(a*)+b', '(|a)+', 'x{0}a', '[]', '[^]', '(a|ab)(c|bcd)?', 'a{,2}', '(a?){3}'],
]

describe('a regular expression in linear time', () => {
  it.each(PATTERNS)('finds by %s what the engine of the browser does', (source) => {
    for (const text of TEXTS) {
      for (const flags of ['', 'i']) {
        expect([text, linearRegex(source, flags === 'i')(text)]).toEqual([
          text,
          native(source, text, flags),
        ])
      }
    }
  })

  it.each(['(a+)+$', '(a|aa)+$', '(.*)*x', '(a|a)*b', '(\\w+\\s?)*!', 'a*a*a*a*a*a*a*b'])(
    'ends by %s, which others never come back from',
    (source) => {
      expect(linearRegex(source, true)(`${'a'.repeat(8000)}-`)).toBeNull()
    },
  )

  it.each(['(', 'a)', '[', '*', 'a{2,1}', '\\'])('refuses %s, which is none', (source) => {
    expect(() => linearRegex(source, true)).toThrow(/^[^/]+$/)
  })

  it.each(['a(?=b)', '(?!b)', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<x>a)\\k<x>'])(
    'refuses %s, which would have to go back',
    (source) => {
      expect(() => linearRegex(source, false)).toThrow('not supported')
    },
  )

  it('refuses what is too large', () => {
    expect(() => linearRegex('((a{30}){30}){30}', false)).toThrow('too large')
  })
})
