/** The part of JSON Schema (2020-12) that the API is described with, and bodies are checked by. */
export interface Schema {
  $ref?: string
  type?: SchemaType | readonly SchemaType[]
  enum?: readonly (string | number | null)[]
  const?: string | number | boolean
  properties?: Record<string, Schema>
  required?: readonly string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  minItems?: number
  maxItems?: number
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  format?: string
  default?: unknown
  description?: string
  anyOf?: readonly Schema[]
}

type SchemaType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'

/** Named schemas, which others refer to by `#/components/schemas/<name>`. */
export type Schemas = Record<string, Schema>

const PREFIX = '#/components/schemas/'

export const ref = (name: string): Schema => ({ $ref: `${PREFIX}${name}` })

/**
 * Where and how a value is not what a schema says; null when it is. Never holds the value.
 */
export function schemaProblem(
  schema: Schema,
  value: unknown,
  schemas: Schemas,
  path = '',
): string | null {
  if (schema.$ref !== undefined) {
    const named = schemas[schema.$ref.slice(PREFIX.length)]
    return named ? schemaProblem(named, value, schemas, path) : `${path}: no schema ${schema.$ref}`
  }
  const at = path === '' ? '' : `${path}: `
  if (schema.anyOf) {
    const problems = schema.anyOf.map((one) => schemaProblem(one, value, schemas, path))
    if (problems.includes(null)) return null
    // Of a list, what is wrong in it says more than that it is no text.
    const meant = schema.anyOf.findIndex((one) => hasType(one, value))
    return problems[Math.max(0, meant)] ?? null
  }
  if (!hasType(schema, value)) return `${at}expected ${typesOf(schema).join(' or ')}`
  if (schema.const !== undefined && value !== schema.const) return `${at}expected ${schema.const}`
  if (schema.enum && !schema.enum.some((one) => one === value)) {
    return `${at}expected one of ${schema.enum.join(', ')}`
  }
  if (typeof value === 'number') return numberProblem(schema, value, at)
  if (typeof value === 'string') return textProblem(schema, value, at)
  if (Array.isArray(value)) return arrayProblem(schema, value, schemas, path, at)
  if (typeof value === 'object' && value !== null) {
    return objectProblem(schema, value as Record<string, unknown>, schemas, path, at)
  }
  return null
}

function isOfType(type: SchemaType, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'integer':
      return Number.isSafeInteger(value)
    case 'number':
      return Number.isFinite(value)
    case 'string':
      return typeof value === 'string'
    case 'boolean':
      return typeof value === 'boolean'
  }
}

function typesOf({ type }: Schema): SchemaType[] {
  return type === undefined ? [] : [type].flat()
}

function hasType(schema: Schema, value: unknown): boolean {
  const types = typesOf(schema)
  return types.length === 0 || types.some((type) => isOfType(type, value))
}

function numberProblem({ minimum, maximum }: Schema, value: number, at: string): string | null {
  if (value < (minimum ?? value)) return `${at}expected ${minimum} or more`
  if (value > (maximum ?? value)) return `${at}expected ${maximum} or less`
  return null
}

function textProblem({ minLength = 0, maxLength }: Schema, value: string, at: string) {
  if (value.length >= minLength && value.length <= (maxLength ?? value.length)) return null
  return `${at}expected ${minLength} to ${maxLength ?? 'any number of'} characters`
}

function arrayProblem(
  { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY }: Schema,
  value: unknown[],
  schemas: Schemas,
  path: string,
  at: string,
): string | null {
  if (value.length < minItems || value.length > maxItems) {
    return `${at}expected ${minItems} to ${maxItems} elements, got ${value.length}`
  }
  if (!items) return null
  for (const [n, one] of value.entries()) {
    const problem = schemaProblem(items, one, schemas, `${path}[${n}]`)
    if (problem !== null) return problem
  }
  return null
}

function objectProblem(
  { properties = {}, required = [], additionalProperties = true }: Schema,
  value: Record<string, unknown>,
  schemas: Schemas,
  path: string,
  at: string,
): string | null {
  const missing = required.find((name) => !Object.hasOwn(value, name))
  if (missing !== undefined) return `${at}expected ${missing}`
  const below = (name: string) => (path === '' ? name : `${path}.${name}`)
  for (const [name, one] of Object.entries(value)) {
    const own = Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    if (own === false) {
      const known = Object.keys(properties).join(', ')
      return `${at}expected only ${known}, got ${JSON.stringify(name.slice(0, 100))}`
    }
    if (own === true || own === undefined) continue
    const problem = schemaProblem(own, one, schemas, below(name))
    if (problem !== null) return problem
  }
  return null
}
