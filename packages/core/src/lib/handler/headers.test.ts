import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DashboardUi } from '../ui.ts'
import { testApp } from './test-app.ts'

const ui: DashboardUi = {
  page: () => '<!doctype html>',
  loginPage: () => '<form></form>',
  asset: async (name) =>
    name === 'a.js'
      ? {
          body: new Uint8Array(1),
          contentType: 'text/javascript',
          contentEncoding: null,
          etag: '"1"',
          immutable: true,
        }
      : null,
}

let app: Awaited<ReturnType<typeof testApp>>
beforeEach(async () => {
  app = await testApp({ ui })
})
afterEach(() => app.stop())

async function headersOf(method: string, path: string): Promise<Headers> {
  const abort = new AbortController()
  const response = await app.call(method, path, { signal: abort.signal })
  abort.abort()
  await response.body?.cancel()
  return response.headers
}

const EVERYTHING: [method: string, path: string, type: string | null][] = [
  ['GET', '', 'application/json; charset=utf-8'],
  ['GET', '/metrics', 'application/json; charset=utf-8'],
  ['GET', '/metrics?format=prometheus', 'text/plain; version=0.0.4; charset=utf-8'],
  ['GET', '/health', 'application/json; charset=utf-8'],
  ['GET', '/nothing/there', 'application/problem+json; charset=utf-8'],
  ['GET', '?limit=0', 'application/problem+json; charset=utf-8'],
  ['PUT', '', 'application/problem+json; charset=utf-8'],
  ['HEAD', '', 'application/json; charset=utf-8'],
  ['GET', '/export.csv', 'text/csv; charset=utf-8'],
  ['GET', '/dashboard/stream', 'text/event-stream; charset=utf-8'],
  ['GET', '/dashboard', 'text/html; charset=utf-8'],
  ['GET', '/dashboard/assets/a.js', 'text/javascript'],
  ['GET', '/auth/login', null],
]

describe('headers', () => {
  it.each(EVERYTHING)('of %s %s say what it is, and that nobody is to guess', async (...one) => {
    const [method, path, type] = one
    const headers = await headersOf(method, path)
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('server')).toBeNull()
    expect(headers.get('x-powered-by')).toBeNull()
    const anyone = path.startsWith('/dashboard/assets')
    const policy = anyone ? 'cross-origin' : 'same-origin'
    expect(headers.get('cross-origin-resource-policy')).toBe(policy)
    expect(headers.get('access-control-allow-origin')).toBe(anyone ? '*' : null)
  })

  it.each(EVERYTHING.filter(([, path]) => !path.startsWith('/dashboard')))(
    'of %s %s keep it for nobody, and let nothing in it run',
    async (method, path) => {
      const headers = await headersOf(method, path)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('vary')).toBe('Origin, Cookie, Authorization, Sec-Fetch-Site')
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; frame-ancestors 'none'; sandbox",
      )
    },
  )

  it('of the stream are the same, and no middleware holds it back', async () => {
    const headers = await headersOf('GET', '/dashboard/stream')
    expect(headers.get('cache-control')).toBe('no-store, no-transform')
    expect(headers.get('vary')).toBe('Origin, Cookie, Authorization, Sec-Fetch-Site')
    expect(headers.get('content-security-policy')).toContain('sandbox')
  })

  it('of the page let it do what it needs, and no more', async () => {
    const headers = await headersOf('GET', '/dashboard')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
        "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; " +
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html",
    )
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
    const allowed = (headers.get('permissions-policy') ?? '')
      .split(', ')
      .filter((feature) => !feature.endsWith('=()'))
    expect(allowed).toEqual(['clipboard-write=(self)', 'fullscreen=(self)'])
  })

  it('of an asset keep it for good', async () => {
    const headers = await headersOf('GET', '/dashboard/assets/a.js')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('vary')).toBe('Accept-Encoding')
  })

  it.each([
    ['"1"', 304],
    ['"0", "1"', 304],
    // A proxy that compresses calls it weak.
    ['W/"1"', 304],
    ['*', 304],
    ['"11"', 200],
    ['1', 200],
  ])('of an asset that the browser has as %s are answered with %i', async (known, status) => {
    const headers = { 'if-none-match': known }
    const response = await app.call('GET', '/dashboard/assets/a.js', { headers })
    expect(response.status).toBe(status)
    expect(response.headers.get('etag')).toBe('"1"')
    expect((await response.arrayBuffer()).byteLength).toBe(status === 200 ? 1 : 0)
  })
})
