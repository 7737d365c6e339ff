import type { Answer } from '../route.ts'
import { ref, type Schema } from './schema.ts'
import { listOf } from './shapes.ts'

const JSON_TYPE = 'application/json'

/** JSON of a named schema. */
export const json = (schema: string, description: string): Answer => ({
  description,
  content: { [JSON_TYPE]: ref(schema) },
})

/** A JSON array, all of it. */
export const jsonList = (schema: string, description: string): Answer => ({
  description,
  content: { [JSON_TYPE]: listOf(ref(schema)) },
})

/** A JSON array of which more may follow by `Link`. */
export const pagedList = (schema: string, description: string, more: string[] = []): Answer => ({
  ...jsonList(schema, description),
  headers: ['Link', ...more],
})

/** Text of some type. */
export const textAnswer = (type: string, description: string): Answer => ({
  description,
  content: { [type]: { type: 'string' } satisfies Schema },
})

export const empty = (description: string, headers: string[] = []): Answer => ({
  description,
  headers,
})
