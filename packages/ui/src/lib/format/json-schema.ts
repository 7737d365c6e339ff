import { listFormat } from '../messages/formats.ts'
import { t } from '../messages/messages.ts'

/** What is wrong at one place of a value. */
export interface SchemaIssue {
  path: (string | number)[]
  message: string
}

type Schema = Record<string, unknown>

const MOST = 20

const ITEMS = {
  least: 'expected at least {count} item|expected at least {count} items',
  most: 'expected at most {count} item|expected at most {count} items',
} as const
const CHARACTERS = {
  least: 'expected at least {count} character|expected at least {count} characters',
  most: 'expected at most {count} character|expected at most {count} characters',
} as const

/**
 * Checks a value against the parts of JSON Schema that forms are made of. What it does not know it
 * lets through: the server has the last word.
 */
export function checkSchema(value: unknown, schema: Schema): SchemaIssue[] {
  const issues: SchemaIssue[] = []
  check(value, schema, schema, [], issues, 0)
  return issues.slice(0, MOST)
}

function check(
  value: unknown,
  schema: unknown,
  root: Schema,
  path: (string | number)[],
  issues: SchemaIssue[],
  depth: number,
): void {
  const say = (message: string) => {
    issues.push({ path, message })
  }
  if (schema === false) say(t('is not allowed'))
  if (!isObject(schema) || depth > 40) return
  if (typeof schema.$ref === 'string') {
    check(value, resolve(schema.$ref, root), root, path, issues, depth + 1)
    return
  }
  const types = [schema.type ?? []].flat().map(String)
  if (types.length > 0 && !types.some((type) => isType(value, type))) {
    say(
      t('expected {types}, got {type}', {
        types: listFormat('disjunction').format(types),
        type: typeName(value),
      }),
    )
    return
  }
  if (Array.isArray(schema.enum) && !schema.enum.some((one) => same(one, value))) {
    say(
      t('expected one of {values}', {
        values: schema.enum.map((one) => JSON.stringify(one)).join(', '),
      }),
    )
  }
  if ('const' in schema && !same(schema.const, value)) {
    say(t('expected {value}', { value: JSON.stringify(schema.const) }))
  }
  const alternatives = schema.anyOf ?? schema.oneOf
  if (Array.isArray(alternatives) && !alternatives.some((one) => fits(value, one, root, depth))) {
    say(t('fits none of the allowed forms'))
  }
  if (Array.isArray(schema.allOf)) {
    for (const one of schema.allOf) check(value, one, root, path, issues, depth + 1)
  }
  if (typeof value === 'string') checkString(value, schema, say)
  if (typeof value === 'number') checkNumber(value, schema, say)
  if (Array.isArray(value)) {
    checkSize(value.length, schema.minItems, schema.maxItems, ITEMS, say)
    for (const [index, item] of value.entries()) {
      check(item, schema.items, root, [...path, index], issues, depth + 1)
    }
  } else if (isObject(value)) {
    checkMembers(value, schema, root, path, issues, depth)
  }
}

function checkMembers(
  value: Schema,
  schema: Schema,
  root: Schema,
  path: (string | number)[],
  issues: SchemaIssue[],
  depth: number,
): void {
  const known = isObject(schema.properties) ? schema.properties : {}
  for (const name of Array.isArray(schema.required) ? schema.required.map(String) : []) {
    if (!Object.hasOwn(value, name))
      issues.push({ path: [...path, name], message: t('is missing') })
  }
  for (const [name, member] of Object.entries(value)) {
    const own = Object.hasOwn(known, name)
    const rule = own
      ? known[name]
      : isObject(schema.patternProperties)
        ? true
        : schema.additionalProperties
    if (!own && rule === false) {
      issues.push({ path: [...path, name], message: t('is not known') })
    } else check(member, rule, root, [...path, name], issues, depth + 1)
  }
}

function checkString(value: string, schema: Schema, say: (message: string) => void): void {
  checkSize([...value].length, schema.minLength, schema.maxLength, CHARACTERS, say)
  if (typeof schema.pattern !== 'string') return
  try {
    if (!new RegExp(schema.pattern, 'u').test(value))
      say(t('does not match {pattern}', { pattern: schema.pattern }))
  } catch {
    // A pattern of another language.
  }
}

function checkNumber(value: number, schema: Schema, say: (message: string) => void): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  if (typeof minimum === 'number' && value < minimum)
    say(t('expected at least {number}', { number: minimum }))
  if (typeof maximum === 'number' && value > maximum)
    say(t('expected at most {number}', { number: maximum }))
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) {
    say(t('expected more than {number}', { number: exclusiveMinimum }))
  }
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) {
    say(t('expected less than {number}', { number: exclusiveMaximum }))
  }
}

function checkSize(
  size: number,
  least: unknown,
  most: unknown,
  what: typeof ITEMS | typeof CHARACTERS,
  say: (message: string) => void,
): void {
  if (typeof least === 'number' && size < least) say(t(what.least, { count: least }))
  if (typeof most === 'number' && size > most) say(t(what.most, { count: most }))
}

function fits(value: unknown, schema: unknown, root: Schema, depth: number): boolean {
  const issues: SchemaIssue[] = []
  check(value, schema, root, [], issues, depth + 1)
  return issues.length === 0
}

/** `#/$defs/address`; true, which allows everything, for what is not in the document. */
function resolve(ref: string, root: Schema): unknown {
  if (!ref.startsWith('#')) return true
  let found: unknown = root
  for (const part of ref.slice(1).split('/').filter(Boolean)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (!isObject(found) || !Object.hasOwn(found, name)) return true
    found = found[name]
  }
  return found
}

/** Something that fits a schema's outline, to start from. */
export function exampleOf(schema: unknown, root: Schema | null = null, depth = 0): unknown {
  if (!isObject(schema) || depth > 6) return null
  const top = root ?? schema
  if (typeof schema.$ref === 'string') return exampleOf(resolve(schema.$ref, top), top, depth + 1)
  if ('default' in schema) return schema.default
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0]
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null
  const alternatives = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray)
  if (alternatives) return exampleOf(alternatives[0], top, depth + 1)
  switch ([schema.type].flat()[0] ?? (schema.properties ? 'object' : '')) {
    case 'object': {
      const members = isObject(schema.properties) ? Object.entries(schema.properties) : []
      const required = Array.isArray(schema.required) ? schema.required : []
      return Object.fromEntries(
        members
          .filter(([name]) => required.includes(name))
          .map(([name, member]) => [name, exampleOf(member, top, depth + 1)]),
      )
    }
    case 'array':
      return []
    case 'string':
      return ''
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 0
    case 'boolean':
      return false
    default:
      return null
  }
}

function isType(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  return typeName(value) === type
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
