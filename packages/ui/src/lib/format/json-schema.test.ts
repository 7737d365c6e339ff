import { describe, expect, it } from 'vitest'
import { checkSchema, exampleOf } from './json-schema.ts'

const order = {
  type: 'object',
  properties: {
    id: { type: 'integer', minimum: 1 },
    state: { enum: ['new', 'paid'] },
    lines: { type: 'array', minItems: 1, items: { $ref: '#/$defs/line' } },
    note: { anyOf: [{ type: 'string', maxLength: 3 }, { type: 'null' }] },
  },
  required: ['id', 'lines'],
  additionalProperties: false,
  $defs: {
    line: {
      type: 'object',
      properties: { sku: { type: 'string', pattern: '^[A-Z]+$' } },
      required: ['sku'],
    },
  },
}

const issues = (value: unknown, schema: Record<string, unknown> = order) =>
  checkSchema(value, schema).map(({ path, message }) => `${path.join('.')}: ${message}`)

describe('checkSchema', () => {
  it('lets through what fits', () => {
    expect(issues({ id: 1, lines: [{ sku: 'MUG', more: 1 }], note: null, state: 'new' })).toEqual(
      [],
    )
  })

  it('names the place of what does not', () => {
    expect(
      issues({ id: 0.5, lines: [{ sku: 'mug' }, {}], state: 'old', note: 'long', x: 1 }),
    ).toEqual([
      'id: expected integer, got number',
      'lines.0.sku: does not match ^[A-Z]+$',
      'lines.1.sku: is missing',
      'state: expected one of "new", "paid"',
      'note: fits none of the allowed forms',
      'x: is not known',
    ])
    expect(issues([])).toEqual([': expected object, got array'])
    expect(issues({ id: 0, lines: [] })).toEqual([
      'id: expected at least 1',
      'lines: expected at least 1 item',
    ])
  })

  it('lets through what it does not know, and ends on schemas that hold themselves', () => {
    expect(issues(1, { $ref: 'https://elsewhere.example/x' })).toEqual([])
    expect(issues('x', { type: 'string', pattern: '(' })).toEqual([])
    expect(issues({ a: {} }, { $ref: '#' })).toEqual([])
    expect(issues(1, { if: { type: 'string' }, else: false })).toEqual([])
  })
})

describe('exampleOf', () => {
  it('holds what is required, and fits where a blank can', () => {
    expect(exampleOf(order)).toEqual({ id: 1, lines: [] })
    expect(
      exampleOf({ type: 'object', required: ['x'], properties: { x: { default: 7 } } }),
    ).toEqual({ x: 7 })
    expect(exampleOf({ $ref: '#' })).toBe(null)
  })
})
