import type { ResolvedHandlerOptions } from './options.ts'
import { originOf } from './origin.ts'

const EXPOSED = 'Link, X-Total-Count, X-Sort-Window, X-Taskflow-Cursor, Retry-After'
const ALLOWED = 'Authorization, Content-Type, Last-Event-ID'
/** Seconds that a browser may go by one preflight. */
const MAX_AGE = '600'

/** The origin that a request comes from, if it is another than ours and `cors` lists it. */
export function foreignOrigin(request: Request, options: ResolvedHandlerOptions): string | null {
  const origin = request.headers.get('origin')
  if (origin === null || !options.cors.includes(origin)) return null
  return origin === originOf(request, new URL(request.url), options) ? null : origin
}

/** The answer to a browser that asks whether it may send a request; null when it does not ask. */
export function preflight(request: Request, methods: Iterable<string>): Response | null {
  const asks = request.headers.has('access-control-request-method')
  if (request.method !== 'OPTIONS' || !asks) return null
  const headers = {
    'access-control-allow-methods': [...methods].join(', '),
    'access-control-allow-headers': ALLOWED,
    'access-control-max-age': MAX_AGE,
  }
  return new Response(null, { status: 204, headers })
}

/**
 * Lets a page of a listed origin read the answer. Never with credentials: a page elsewhere shows a
 * bearer token, or is nobody.
 */
export function readableBy(origin: string | null, response: Response): Response {
  if (origin === null || response.headers.has('access-control-allow-origin')) return response
  response.headers.set('access-control-allow-origin', origin)
  response.headers.set('access-control-expose-headers', EXPOSED)
  if (!/\borigin\b/i.test(response.headers.get('vary') ?? '')) {
    response.headers.append('vary', 'Origin')
  }
  return response
}
