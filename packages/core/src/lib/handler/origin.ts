import type { ResolvedHandlerOptions } from './options.ts'

type ProxyOptions = Pick<ResolvedHandlerOptions, 'publicOrigin' | 'trustProxy'>

/** Origin as browsers see it. Forwarded headers count only where a proxy is trusted to set them. */
export function originOf(request: Request, url: URL, options: ProxyOptions): string {
  if (options.publicOrigin !== null) return options.publicOrigin
  const protocol = forwarded(request, 'x-forwarded-proto', options) ?? url.protocol.slice(0, -1)
  const host = forwarded(request, 'x-forwarded-host', options) ?? url.host
  const origin = `${protocol.toLowerCase()}://${host}`
  // Whatever a proxy passes on by mistake must not become a part of an address.
  return /^https?:/.test(origin) && URL.canParse(origin) && !/[/\\?#@]/.test(host)
    ? new URL(origin).origin
    : url.origin
}

/** Address of the client, without a port; null where nobody knows it. */
export function addressOf(
  request: Request,
  connected: string | undefined,
  options: ProxyOptions,
): string | null {
  const address = forwarded(request, 'x-forwarded-for', options) ?? connected
  return address?.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1') || null
}

const PREFIX = /^(\/[\w.~-]*[\w~-][\w.~-]*)+$/

/** What a trusted proxy has cut off the front of the path; '' for nothing. */
export function prefixOf(request: Request, options: ProxyOptions): string {
  const prefix = forwarded(request, 'x-forwarded-prefix', options)?.replace(/\/$/, '') ?? ''
  return PREFIX.test(prefix) ? prefix : ''
}

/**
 * What the outermost of the trusted proxies saw: each puts its own entry at the end, and what
 * stands before those may have been written by the client.
 */
function forwarded(
  request: Request,
  header: string,
  { trustProxy }: ProxyOptions,
): string | undefined {
  if (trustProxy === 0) return undefined
  const entries = (request.headers.get(header) ?? '').split(',').map((entry) => entry.trim())
  return (entries.at(-trustProxy) ?? entries[0]) || undefined
}
