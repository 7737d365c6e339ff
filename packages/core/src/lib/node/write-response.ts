import { sendResponse } from '@remix-run/node-fetch-server'
import type { NodeResponse } from './node-message.ts'

/**
 * Writes a web `Response` to a Node response: chunk by chunk, at the pace of the client, every
 * cookie on its own, without a body for HEAD. Cookies set on `res` before are kept. Resolves when
 * all is written or the client is gone; the body is then cancelled.
 *
 * Rejects when the body fails. If the response had begun by then, the connection is cut, so that
 * the client does not take a part for the whole.
 */
export async function writeResponse(res: NodeResponse, response: Response): Promise<void> {
  if (res.destroyed || res.writableEnded) return discard(response)
  for (const cookie of [res.getHeader('set-cookie') ?? []].flat()) {
    if (response.headers.has('set-cookie')) response.headers.append('set-cookie', String(cookie))
  }
  try {
    const sent = sendResponse(res, response)
    // A stream whose first event takes a while is open for the client all the same.
    if (isEventStream(response) && res.headersSent && 'flushHeaders' in res) res.flushHeaders()
    await sent
    if (res.req.method === 'HEAD') await discard(response)
  } catch (error) {
    await discard(response)
    if (res.headersSent) res.destroy()
    throw error
  }
}

function isEventStream(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
}

async function discard(response: Response): Promise<void> {
  if (!response.body?.locked) await response.body?.cancel().catch(() => undefined)
}
