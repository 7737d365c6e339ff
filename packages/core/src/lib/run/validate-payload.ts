import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type Issue, TaskflowError } from '../errors.ts'

/**
 * What the schema makes of a payload; the payload itself without a schema.
 *
 * @throws TaskflowError `invalid_payload` with the schema's issues.
 */
export async function validatePayload(
  schema: StandardSchemaV1 | undefined,
  payload: unknown,
  funcName: string,
): Promise<unknown> {
  if (!schema) return payload
  const outcome = schema['~standard'].validate(payload)
  const result = outcome instanceof Promise ? await outcome : outcome
  if (!result.issues) return result.value
  const issues = result.issues.map(toIssue)
  const [first] = issues
  const where = first?.path.length ? ` at ${first.path.join('.')}` : ''
  throw new TaskflowError(
    'invalid_payload',
    `${funcName}: the payload was refused${where}: ${first?.message ?? 'no reason given'}`,
    { issues },
  )
}

function toIssue({ path = [], message }: StandardSchemaV1.Issue): Issue {
  return {
    path: path.map((segment) => {
      const key = typeof segment === 'object' ? segment.key : segment
      return typeof key === 'number' ? key : String(key)
    }),
    message,
  }
}
