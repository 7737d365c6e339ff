import { TaskflowError } from '@taskflow/core'

const statuses: Partial<Record<string, [status: number, title: string]>> = {
  invalid_input: [400, 'Invalid input'],
  too_large: [413, 'Too large'],
  invalid_payload: [422, 'Payload refused'],
  unavailable: [503, 'Not available'],
}

/** An error as `application/problem+json`. */
export interface Problem {
  status: number
  json: string
}

export const problemType = 'application/problem+json'

/** What the shop answers to an error: the client's faults by name, ours without details. */
export function problemOf(error: unknown): Problem {
  const code = error instanceof TaskflowError ? error.code : fromFramework(error)
  const [status, title] = statuses[code] ?? [500, 'Internal error']
  const ours = status === 500
  const problem = {
    type: 'about:blank',
    title,
    status,
    code: ours ? 'internal' : code,
    detail: ours || !(error instanceof Error) ? 'Something went wrong' : error.message,
    ...(error instanceof TaskflowError && error.issues && { issues: error.issues }),
  }
  return { status, json: JSON.stringify(problem) }
}

/** Body parsers say by a status whose fault it was. */
function fromFramework(error: unknown): string {
  const status = error instanceof Error && 'status' in error ? error.status : 500
  if (status === 413) return 'too_large'
  return typeof status === 'number' && status >= 400 && status < 500 ? 'invalid_input' : 'internal'
}
