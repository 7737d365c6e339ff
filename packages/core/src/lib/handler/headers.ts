/** On every answer. `same-origin` and not `no-referrer`: that would make a form post send `Origin: null`. */
const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const DATA = {
  'cache-control': 'no-store',
  vary: 'Origin, Cookie, Authorization, Sec-Fetch-Site',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
}

const PAGE = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'permissions-policy':
    'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self), fullscreen=(self)',
}

export function jsonResponse(body: unknown, init: ResponseInit = {}): Response {
  const response = new Response(JSON.stringify(body), init)
  response.headers.set('content-type', 'application/json; charset=utf-8')
  return response
}

export function pageResponse(html: string, init: ResponseInit = {}): Response {
  return new Response(html, { ...init, headers: { ...PAGE, ...(init.headers as object) } })
}

export function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { location, ...headers } })
}

/** Adds what every answer carries, without touching what a route has set. */
export function withDefaults(response: Response): Response {
  const defaults =
    response.headers.has('content-security-policy') || isAsset(response)
      ? COMMON
      : { ...COMMON, ...DATA }
  for (const [name, value] of Object.entries(defaults)) {
    if (!response.headers.has(name)) response.headers.set(name, value)
  }
  return response
}

function isAsset(response: Response): boolean {
  return response.headers.get('access-control-allow-origin') === '*'
}
