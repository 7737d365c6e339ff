import type { StandardSchemaV1 } from '@standard-schema/spec'

/** Longer ones help nobody, and are read with every list of functions. */
const MAX_CHARS = 65_536

/** Ways in which schema libraries tell their JSON Schema; none of them is asked for. */
interface Telling {
  '~standard': { jsonSchema?: { input?: (options: { target: string }) => unknown } }
  toJSONSchema?: (options?: { io: 'input' }) => unknown
  toJsonSchema?: () => unknown
}

/**
 * The JSON Schema of what a schema accepts, where its library can tell it: by the JSON Schema part
 * of Standard Schema, or a method of its own. Null otherwise.
 */
export function jsonSchemaOf(schema: StandardSchemaV1 | undefined): Record<string, unknown> | null {
  if (!schema) return null
  const telling = schema as unknown as Telling
  const ways = [
    () => telling['~standard'].jsonSchema?.input?.({ target: 'draft-2020-12' }),
    () => telling.toJSONSchema?.({ io: 'input' }),
    () => telling.toJsonSchema?.(),
  ]
  for (const tell of ways) {
    try {
      const text = JSON.stringify(tell())
      if (text === undefined || text.length > MAX_CHARS) continue
      const told: unknown = JSON.parse(text)
      if (typeof told === 'object' && told !== null && !Array.isArray(told)) {
        return told as Record<string, unknown>
      }
    } catch {
      // Schemas may hold what JSON Schema has no words for, such as transforms.
    }
  }
  return null
}
