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

/** What browsers would let a page ask for. */
const OFF = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]

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
  'permissions-policy': [
    ...OFF.map((feature) => `${feature}=()`),
    // The buttons that copy, and that show a log or graph alone.
    'clipboard-write=(self)',
    'fullscreen=(self)',
  ].join(', '),
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

/** HTTP/1.1 has a phrase after the number; what writes a `Response` takes its text as it is. */
const PHRASES: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  303: 'See Other',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** Adds what every answer carries, without touching what a route has set. */
export function withDefaults(response: Response): Response {
  const own = response.headers
  // Pages and streams bring their own policy; assets may be used by any page.
  const isData = !own.has('content-security-policy') && !own.has('access-control-allow-origin')
  const headers = new Headers({ ...COMMON, ...(isData && DATA) })
  for (const [name, value] of own) {
    if (name !== 'set-cookie') headers.set(name, value)
  }
  for (const cookie of own.getSetCookie()) headers.append('set-cookie', cookie)
  // A new one: a Response of the host, such as a redirect, may not let its headers be changed.
  const { status, statusText } = response
  return new Response(response.body, {
    status,
    statusText: statusText || (PHRASES[status] ?? ''),
    headers,
  })
}
