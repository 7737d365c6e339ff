import type { Context } from 'hono'

/** The request with its body; made anew where an earlier middleware has read that. */
export async function unread({ req }: Context): Promise<Request> {
  if (!req.raw.bodyUsed) return req.raw
  const { method, headers, signal, url } = req.raw
  return new Request(url, { method, headers, signal, body: await req.arrayBuffer() })
}

/** What @hono/node-server tells of Node's request and response. */
export interface NodeBindings {
  incoming?: { socket?: { remoteAddress?: string } }
  outgoing?: {
    destroyed: boolean
    destroy?(): unknown
    once(event: 'close', listener: () => void): unknown
  }
}

/** Node's request and response behind a context; empty on other servers. */
export function nodeOf({ env }: Context): NodeBindings {
  return env?.server ?? env ?? {}
}
