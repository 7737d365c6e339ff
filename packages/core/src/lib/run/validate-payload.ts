import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type Issue, TaskflowError } from '../errors.ts'
import { secretFilter } from './secrets.ts'

/**
 * What the schema makes of a payload; the payload itself without a schema. What a schema says of a
 * value may quote it: what lies at the paths of `secret` is taken out.
 *
 * @throws TaskflowError `invalid_payload` with the schema's issues.
 */
export async function validatePayload(
  schema: StandardSchemaV1 | undefined,
  payload: unknown,
  funcName: string,
  secret: readonly string[],
): Promise<unknown> {
  if (!schema) return payload
  const outcome = schema['~standard'].validate(payload)
  const result = outcome instanceof Promise ? await outcome : outcome
  if (!result.issues) return result.value
  const hide = secretFilter(payload, secret)
  const issues = result.issues.map((issue) => toIssue(issue, hide))
  const [first] = issues
  const where = first?.path.length ? ` at ${first.path.join('.')}` : ''
  throw new TaskflowError(
    'invalid_payload',
    `${funcName}: the payload was refused${where}: ${first?.message ?? 'no reason given'}`,
    { issues },
  )
}

function toIssue(
  { path = [], message }: StandardSchemaV1.Issue,
  hide: (text: string) => string,
): Issue {
  return {
    path: path.map((segment) => {
      const key = typeof segment === 'object' ? segment.key : segment
      return typeof key === 'number' ? key : String(key)
    }),
    message: hide(message),
  }
}
