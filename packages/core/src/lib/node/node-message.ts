import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

/** A request of `node:http` or `node:http2`, with what a framework may have added to it. */
export type NodeRequest = (IncomingMessage | Http2ServerRequest) & {
  /** Express and Connect: the URL before a mount path was cut off. */
  originalUrl?: string
  /** What an earlier parser made of the body. */
  body?: unknown
  /** The bytes of the body, where an earlier parser kept them. */
  rawBody?: unknown
}

/** A response of `node:http` or `node:http2`. */
export type NodeResponse = ServerResponse | Http2ServerResponse

/** What was asked for, whatever the framework made of `req.url` since. */
export function askedFor(req: NodeRequest): string {
  return req.originalUrl ?? req.url ?? '/'
}

/**
 * Path and query of a request target; null for a target that is not a path, such as that of
 * `OPTIONS *`.
 */
export function pathAndQuery(target: string): string | null {
  if (target.startsWith('/')) return target
  // A proxy's form of it: GET http://host/path HTTP/1.1
  const absolute = URL.parse(target)
  return absolute?.protocol.startsWith('http') ? absolute.pathname + absolute.search : null
}

/** The path of a request target as `new URL()` reads it, dot segments resolved; null without one. */
export function pathOf(target: string): string | null {
  const path = pathAndQuery(target)
  return path === null ? null : (URL.parse(`http://localhost${path}`)?.pathname ?? null)
}
