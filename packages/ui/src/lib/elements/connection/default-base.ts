/**
 * Where the handler is that served a script, e.g. `/tasks` for `/tasks/dashboard/assets/x.js`; with
 * its origin when that is not the page's. Null for scripts that came from elsewhere.
 */
export function baseOfScript(script: string, page: string): string | null {
  if (!URL.canParse(script)) return null
  const { origin, pathname } = new URL(script)
  const [, path] = /^(.*)\/dashboard\/assets\/[^/]+$/.exec(pathname) ?? []
  if (path === undefined) return null
  return (URL.canParse(page) && new URL(page).origin === origin ? path : origin + path) || '/'
}

/** Where elements look for the handler that are not told. */
export function defaultBase(): string {
  return baseOfScript(import.meta.url, location.href) ?? '/tasks'
}
