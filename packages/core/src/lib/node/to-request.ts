import { createRequest } from '@remix-run/node-fetch-server'
import { TaskflowError } from '../errors.ts'
import { isConsumed, isEmpty, type ParsedBody, rebuildBody, wireHeaders } from './consumed-body.ts'
import {
  askedFor,
  type NodeRequest,
  type NodeResponse,
  pathAndQuery,
  pathOf,
} from './node-message.ts'

/** Options of {@link toRequest}. */
export interface ToRequestOptions {
  /** The request target. [`req.originalUrl`, else `req.url`] */
  target?: string | undefined
  /** What an earlier parser left, if it read the body. [`req.body` and `req.rawBody`] */
  parsed?: ParsedBody | undefined
}

/**
 * A Node request as a web `Request`. Its signal aborts when the client goes away before the
 * response is complete. A body that an earlier parser consumed is made anew from what it left.
 *
 * @throws TaskflowError `invalid_input` when host, path or method make no request.
 */
export function toRequest(
  req: NodeRequest,
  res: NodeResponse,
  options: ToRequestOptions = {},
): Request {
  const target = pathAndQuery(options.target ?? askedFor(req))
  if (target === null)
    throw new TaskflowError('invalid_input', 'Expected a path as request target.')
  try {
    const request = requestAt(req, res, target, options.parsed)
    // `Host: h/other#` would have the handler answer for another path than the app was asked for.
    if (new URL(request.url).pathname === pathOf(target)) return request
  } catch (cause) {
    throw badRequest(cause)
  }
  throw badRequest()
}

function requestAt(
  req: NodeRequest,
  res: NodeResponse,
  target: string,
  left: ParsedBody | undefined,
): Request {
  if (!hasBody(req) || !isConsumed(req)) return createAt(req, res, target)
  // As a GET nothing listens for a body that will never come.
  const head = createRequest(viewAt(req, target), res, hostOf(req))
  const headers = new Headers(head.headers)
  for (const name of wireHeaders) headers.delete(name)
  const parsed = left ?? { body: req.body, rawBody: req.rawBody }
  const type = headers.get('content-type')?.toLowerCase() ?? ''
  const body = isEmpty(req) ? null : rebuildBody(parsed, type)
  const { method = 'POST' } = req
  return new Request(head.url, { method, headers, body, signal: head.signal })
}

function badRequest(cause?: unknown): TaskflowError {
  return new TaskflowError('invalid_input', 'Expected a valid host, path and method.', { cause })
}

/** A client that has no name for the server sends an empty one. */
function hostOf({ headers }: NodeRequest): { host?: string } {
  return headers.host === '' ? { host: 'localhost' } : {}
}

function hasBody(req: NodeRequest): boolean {
  return req.method !== 'GET' && req.method !== 'HEAD'
}

/** Methods that a `Request` cannot have. Nobody serves them: any other that is unknown is as good. */
const FORBIDDEN = ['TRACE', 'TRACK', 'CONNECT']

function createAt(req: NodeRequest, res: NodeResponse, target: string) {
  // Express cuts mount paths off `req.url`; both are read at once and put back.
  const { url, method = 'GET' } = req
  const asked: { url?: string | undefined; method?: string | undefined } = req
  asked.url = target
  if (FORBIDDEN.includes(method)) asked.method = 'UNKNOWN'
  try {
    return createRequest(req, res, hostOf(req))
  } finally {
    if (url !== undefined) asked.url = url
    asked.method = method
  }
}

function viewAt(req: NodeRequest, target: string): NodeRequest {
  return Object.create(req, { url: { value: target }, method: { value: 'GET' } })
}
