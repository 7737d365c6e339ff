import type { ProblemJson } from './wire.ts'

/** One thing the server's schema refused: where, and why. */
export type ClientIssue = NonNullable<ProblemJson['issues']>[number]

/**
 * A request that did not succeed. `status` is 0 and `code` is `network` when no answer came at all;
 * otherwise both repeat what the server said.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  /** HTTP status, 0 without an answer. */
  readonly status: number
  /** Stable name of the problem, e.g. `not_found`. */
  readonly code: string
  /** One sentence for people. */
  readonly detail: string
  /** With `invalid_payload`: what was refused. */
  readonly issues: readonly ClientIssue[]
  /** Milliseconds the server asked to wait before another try; undefined when it did not. */
  readonly retryAfterMs: number | undefined

  constructor(
    problem: { status: number; code: string; detail: string },
    more: { issues?: readonly ClientIssue[]; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(problem.detail, more.cause === undefined ? undefined : { cause: more.cause })
    this.status = problem.status
    this.code = problem.code
    this.detail = problem.detail
    this.issues = more.issues ?? []
    this.retryAfterMs = more.retryAfterMs
  }
}

const codeByStatus: Record<number, string> = {
  400: 'invalid_input',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'too_large',
  415: 'unsupported_media_type',
  422: 'invalid_payload',
  429: 'throttled',
  503: 'unavailable',
}

/** Turns a refused response into a {@link ClientError}; a body that is no problem document is fine. */
export async function errorFromResponse(response: Response): Promise<ClientError> {
  const problem = await readProblem(response)
  const { status } = response
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'))
  return new ClientError(
    {
      status,
      code: problem.code ?? codeByStatus[status] ?? 'internal',
      detail: problem.detail ?? problem.title ?? `The server answered ${status}.`,
    },
    {
      ...(problem.issues && { issues: problem.issues }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  )
}

/** Wraps what `fetch` threw. Aborts pass through, so that callers can tell them apart. */
export function errorFromFetch(cause: unknown): unknown {
  if (cause instanceof ClientError || isAbort(cause)) return cause
  return new ClientError(
    { status: 0, code: 'network', detail: 'The server could not be reached.' },
    { cause },
  )
}

/** True for the error of an aborted request. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** `Retry-After` in milliseconds: seconds or an HTTP date. */
export function parseRetryAfter(value: string | null, now = Date.now()): number | undefined {
  if (!value) return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

async function readProblem(response: Response): Promise<Partial<ProblemJson>> {
  try {
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null ? (body as Partial<ProblemJson>) : {}
  } catch {
    return {}
  }
}
