import { describe, expect, it } from 'vitest'
import { encodeJson, encodePayload } from './json.ts'

describe('encodeJson', () => {
  it('stores nothing as null', () => {
    expect(encodeJson(undefined, 'payload', 100)).toBe('null')
  })

  const circular: Record<string, unknown> = {}
  circular.self = circular
  it.each([
    ['a cycle', circular],
    ['a BigInt', 1n],
    ['a function', () => {}],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no')
        },
      },
    ],
    ['what looks encrypted', { $encrypted: { v: 1, kid: 'key', iv: '', data: '' } }],
  ])('refuses %s', (_, value) => {
    expect(() => encodeJson(value, 'payload', 100)).toThrow(
      expect.objectContaining({ code: 'invalid_payload' }),
    )
  })

  it('counts bytes, not characters', () => {
    expect(() => encodeJson('é'.repeat(10), 'payload', 21)).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    )
    expect(encodeJson('é'.repeat(10), 'payload', 22)).toHaveLength(12)
  })
})

describe('encodePayload', () => {
  const big = JSON.parse('{"orders":[{"total":1e309}]}')
  it.each([
    [Number.NaN, 'task: payload: expected finite numbers, got NaN'],
    [-Infinity, 'task: payload: expected finite numbers, got -Infinity'],
    [big, 'task: payload: expected finite numbers, got Infinity at "total"'],
    [{ toJSON: () => [Number.NaN] }, 'task: payload: expected finite numbers, got NaN at "0"'],
    [[null, Object(Number.NaN)], 'task: payload: expected finite numbers, got NaN at "1"'],
  ])('refuses numbers that JSON would turn into null (%#)', (payload, message) => {
    expect(() => encodePayload(payload, 'task', 100)).toThrow(
      expect.objectContaining({ code: 'invalid_payload', message }),
    )
  })

  it('keeps what JSON keeps', () => {
    const payload = { at: new Date(0), none: null, left: undefined, text: 'null NaN 1e309' }
    expect(encodePayload(payload, 'task', 100)).toBe(JSON.stringify(payload))
    expect(encodePayload(undefined, 'task', 100)).toBe('null')
    // An invalid date says itself that it is null in JSON.
    expect(encodePayload([new Date(Number.NaN)], 'task', 100)).toBe('[null]')
  })
})
