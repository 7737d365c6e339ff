import { describe, expect, it } from 'vitest'
import {
  hasMask,
  isSecretPath,
  MASK,
  maskSecrets,
  restoreSecrets,
  secretFilter,
} from './secrets.ts'

const PATHS = ['password', 'card.number', 'items.*.token']
const payload = () => ({
  user: 'ada',
  password: 'correct horse',
  card: { number: 4111111111111111, holder: 'Ada' },
  items: [{ token: 'token-1', n: 1 }, { n: 2 }, { token: null, n: 3 }],
})

describe('secret paths', () => {
  it.each(['password', 'a.b.c', 'items.*.token', '*', '__proto__'])('%s is one', (path) =>
    expect(isSecretPath(path)).toBe(true),
  )

  it.each(['', '.', 'a..b', '.a', 'a.', 1, null])('%s is none', (path) =>
    expect(isSecretPath(path)).toBe(false),
  )
})

describe('masking', () => {
  it('replaces what is there, and leaves the payload alone', () => {
    const original = payload()
    expect(maskSecrets(original, PATHS)).toEqual({
      user: 'ada',
      password: MASK,
      card: { number: MASK, holder: 'Ada' },
      items: [{ token: MASK, n: 1 }, { n: 2 }, { token: MASK, n: 3 }],
    })
    expect(original).toEqual(payload())
  })

  it('takes * for keys and elements, a name for an index, and whole branches', () => {
    expect(maskSecrets({ a: { x: 1, y: 2 } }, ['a.*'])).toEqual({ a: { x: MASK, y: MASK } })
    expect(maskSecrets({ a: [1, 2] }, ['a.1'])).toEqual({ a: [1, MASK] })
    expect(maskSecrets({ a: { b: { c: 1 } } }, ['a.b', 'a.b.c'])).toEqual({ a: { b: MASK } })
  })

  it.each([null, undefined, 'text', 5, [], {}])('leaves %j as it is', (value) => {
    expect(maskSecrets(value, PATHS)).toEqual(value)
  })

  it('reaches own properties only', () => {
    const hostile = JSON.parse('{"__proto__":{"password":"pass word"},"constructor":1}')
    const masked = maskSecrets(hostile, ['__proto__.password', 'toString', 'constructor.name'])
    expect(JSON.stringify(masked)).toBe(`{"__proto__":{"password":"${MASK}"},"constructor":1}`)
    expect(Object.getPrototypeOf(masked)).toBe(Object.prototype)
  })
})

describe('restoring', () => {
  it('puts the original back where a mask came back, and keeps what was edited', () => {
    const edited = maskSecrets(payload(), PATHS) as ReturnType<typeof payload>
    edited.user = 'bob'
    edited.card = { ...edited.card, number: 5500000000000004 }
    expect(hasMask(edited, PATHS)).toBe(true)
    expect(restoreSecrets(edited, payload(), PATHS)).toEqual({
      payload: { ...payload(), user: 'bob', card: { number: 5500000000000004, holder: 'Ada' } },
    })
  })

  it('gives up where the original has nothing, or its array another length', () => {
    expect(restoreSecrets({ password: MASK }, {}, PATHS)).toBe(undefined)
    expect(restoreSecrets({ password: MASK }, null, PATHS)).toBe(undefined)
    expect(restoreSecrets({ items: [{ token: MASK }] }, payload(), PATHS)).toBe(undefined)
    expect(restoreSecrets({ items: { 0: { token: MASK } } }, payload(), PATHS)).toBe(undefined)
  })

  it('takes a mask anywhere else for a text', () => {
    expect(hasMask({ user: MASK }, PATHS)).toBe(false)
    expect(restoreSecrets({ user: MASK }, {}, PATHS)).toEqual({ payload: { user: MASK } })
  })
})

describe('the filter of texts', () => {
  it('takes out strings and numbers, wherever they stand', () => {
    const filter = secretFilter(payload(), PATHS)
    expect(filter('pay with 4111111111111111, correct horse/token-1')).toBe(
      `pay with ${MASK}, ${MASK}/${MASK}`,
    )
    expect(filter('ada pays')).toBe('ada pays')
  })

  it('leaves what is shorter than four characters', () => {
    expect(secretFilter({ password: 'abc', card: { number: 123 } }, PATHS)('abc 123')).toBe(
      'abc 123',
    )
  })

  it('knows values of branches, within JSON, line by line and with patterns in them', () => {
    const filter = secretFilter({ password: { key: 'line one\nline "two"', more: ['a.*$&'] } }, [
      'password',
    ])
    expect(filter('> line one')).toBe(`> ${MASK}`)
    expect(filter(JSON.stringify('line one\nline "two"'))).toBe(`"${MASK}"`)
    expect(filter('a.*$& abcd')).toBe(`${MASK} abcd`)
  })

  it('takes the longer of two that overlap', () => {
    const filter = secretFilter({ a: 'pass', b: 'password' }, ['a', 'b'])
    expect(filter('password pass')).toBe(`${MASK} ${MASK}`)
  })
})
