import type { NodeRequest } from './node-message.ts'

/** A body as an earlier parser left it. */
export interface ParsedBody {
  /** What the parser made of it. */
  body: unknown
  /** The bytes, where the parser kept them; they win. */
  rawBody?: unknown
}

/** True when HTTP/1 says that no body was sent; parsers leave `{}` all the same. */
export function isEmpty(req: NodeRequest): boolean {
  if (req.httpVersionMajor !== 1 || req.headers['transfer-encoding'] !== undefined) return false
  return !(Number(req.headers['content-length']) > 0)
}

/** True when an earlier middleware has read the body: the stream would never yield it again. */
export function isConsumed(req: NodeRequest): boolean {
  return req.readableEnded || req.readableDidRead
}

type RebuiltBody = string | Uint8Array<ArrayBuffer> | URLSearchParams | null

/**
 * The body of a request that an earlier parser consumed, made anew from what the parser left.
 * An eaten multipart body cannot be made anew; like a body nobody kept, it is null.
 */
export function rebuildBody({ body, rawBody }: ParsedBody, contentType: string): RebuiltBody {
  for (const kept of [rawBody, body]) {
    if (typeof kept === 'string') return kept
    // A copy: Node's buffers may lie in shared memory, which a BodyInit must not.
    if (kept instanceof Uint8Array) return new Uint8Array(kept)
  }
  if (body === undefined || contentType.startsWith('multipart/')) return null
  return isForm(contentType) && isFields(body) ? formBody(body) : JSON.stringify(body)
}

/** Headers that spoke of the bytes on the wire and are wrong for a body made anew. */
export const wireHeaders = ['content-length', 'transfer-encoding', 'content-encoding']

function isForm(contentType: string): boolean {
  return contentType.startsWith('application/x-www-form-urlencoded')
}

function isFields(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null
}

function formBody(fields: Record<string, unknown>): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) form.append(name, String(one))
  }
  return form
}
