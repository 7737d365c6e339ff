/** How the dashboard looks; `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark'

const COOKIE = 'taskflow_theme'
const YEAR_SECONDS = 31_536_000

/** The other of what is seen now. */
export function oppositeTheme(theme: Theme): 'light' | 'dark' {
  const dark =
    theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  return dark ? 'light' : 'dark'
}

/** Tells the server, so that the next stand-alone page comes in this theme at once. */
export function writeThemeCookie(theme: Theme, path: string): void {
  const age = theme === 'auto' ? 0 : YEAR_SECONDS
  // biome-ignore lint/suspicious/noDocumentCookie: cookieStore exists neither everywhere nor on http
  document.cookie = `${COOKIE}=${theme}; path=${path || '/'}; max-age=${age}; SameSite=Lax`
}
