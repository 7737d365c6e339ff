import type { ProblemJson } from '../client/wire.ts'
import { TaskflowError, type TaskflowErrorCode } from '../errors.ts'

const STATUS: Record<TaskflowErrorCode, [number, string]> = {
  invalid_input: [400, 'Invalid input'],
  unauthenticated: [401, 'Sign in first'],
  forbidden: [403, 'Not allowed'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  conflict: [409, 'Conflict'],
  unknown_function: [409, 'Function not registered'],
  too_large: [413, 'Too large'],
  unsupported_media_type: [415, 'Unsupported media type'],
  invalid_payload: [422, 'Payload refused'],
  throttled: [429, 'Too many requests'],
  internal: [500, 'Internal error'],
  configuration: [500, 'Internal error'],
  unavailable: [503, 'Unavailable'],
}

/** Carries how long to wait before another try. */
export class TryLater extends TaskflowError {
  readonly retryAfterSeconds: number

  constructor(code: 'throttled' | 'unavailable', message: string, retryAfterSeconds: number) {
    super(code, message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/**
 * The answer for whatever was thrown. What is not a `TaskflowError`, or is one about our own
 * configuration, tells the client nothing but that it happened.
 */
export function problemResponse(
  error: unknown,
  headers: Record<string, string> = {},
  requestId?: string,
): Response {
  const known = error instanceof TaskflowError ? error : new TaskflowError('internal', '')
  const [status, title] = STATUS[known.code]
  const body: ProblemJson = {
    type: 'about:blank',
    title,
    status,
    code: known.code === 'configuration' ? 'internal' : known.code,
    detail: status === 500 ? 'Something went wrong; the app was told.' : known.message,
    ...(known.issues && { issues: known.issues }),
    ...(requestId !== undefined && { request_id: requestId }),
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json; charset=utf-8' },
  })
}

/** True for failures that the app should hear of. */
export function isOurs(error: unknown): boolean {
  if (error instanceof TryLater) return false
  return !(error instanceof TaskflowError) || STATUS[error.code][0] >= 500
}

/** What a request is called: by the proxy in front, in `X-Request-Id`, or by us. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id') ?? ''
  return /^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID()
}
