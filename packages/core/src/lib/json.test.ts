import { describe, expect, it } from 'vitest'
import { encodeJson } from './json.ts'

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
