import { formatRoute, HOME, parseRoute, type Route } from './route.ts'

/** Where the dashboard keeps its place: in the path, the hash, a query parameter, or nowhere. */
export type UrlSyncMode = 'path' | 'hash' | 'query' | 'none'

const NAME = 'taskflow'

/** Reads the place from an address; the overview when it holds none. */
export function routeFromUrl(url: URL, mode: UrlSyncMode, root: string): Route | null {
  switch (mode) {
    case 'path':
      return url.pathname.startsWith(root)
        ? parseRoute(url.pathname.slice(root.length) + url.search)
        : HOME
    case 'hash':
      return parseRoute(hashPart(url.hash) ?? '/')
    case 'query':
      return parseRoute(url.searchParams.get(NAME) ?? '/')
    case 'none':
      return HOME
  }
}

/** The address that {@link routeFromUrl} reads as `route`; other parts of `url` stay. */
export function urlForRoute(url: URL, mode: UrlSyncMode, root: string, route: Route): string {
  const text = formatRoute(route)
  switch (mode) {
    case 'path': {
      const [path = '/', query] = text.split('?')
      return root + (path === '/' ? '' : path) + (query ? `?${query}` : '')
    }
    case 'hash':
      return url.pathname + url.search + withHashPart(url.hash, text)
    case 'query': {
      const changed = new URL(url)
      if (text === '/') changed.searchParams.delete(NAME)
      else changed.searchParams.set(NAME, text)
      return changed.pathname + changed.search + changed.hash
    }
    case 'none':
      return url.pathname + url.search + url.hash
  }
}

/** Our part of `#a=1&taskflow=/runs?status=failed`: it runs to the end, for it may hold `&`. */
function hashPart(hash: string): string | null {
  const at = markerIndex(hash)
  if (at < 0) return null
  const text = hash.slice(at).replace(new RegExp(`^[#&]${NAME}=`), '')
  return text || '/'
}

function withHashPart(hash: string, text: string): string {
  const at = markerIndex(hash)
  const others = at < 0 ? hash : hash.slice(0, at)
  if (text === '/') return others === '#' ? '' : others
  return others === '' || others === '#' ? `#${NAME}=${text}` : `${others}&${NAME}=${text}`
}

function markerIndex(hash: string): number {
  return hash.search(new RegExp(`[#&]${NAME}=`))
}
