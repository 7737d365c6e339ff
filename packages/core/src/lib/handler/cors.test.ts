import { afterEach, describe, expect, it } from 'vitest'
import { createToken } from './auth/token.ts'
import type { HandlerOptions } from './options.ts'
import { testApp } from './test-app.ts'

type App = Awaited<ReturnType<typeof testApp>>
const apps: App[] = []
afterEach(() => Promise.all(apps.splice(0).map((app) => app.stop())))

const secretKey = 'the key of this handler, long enough'
const origin = 'https://intranet.example'

async function open(options: Partial<HandlerOptions> = {}) {
  const app = await testApp({ auth: ['ann', 'secret'], secretKey, cors: [origin], ...options })
  apps.push(app)
  return app
}

async function token() {
  const user = { id: 'ann', name: 'Ann', roles: ['operator'] as const }
  return { authorization: `Bearer ${await createToken({ secretKey, user })}` }
}

async function signIn(app: App, headers: Record<string, string> = {}) {
  const body = { username: 'ann', password: 'secret' }
  return app.json('POST', '/auth/login', body, headers)
}

/** What lets pages elsewhere read: nothing, for those that are not listed. */
const corsOf = ({ headers }: { headers: Headers }) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'))

describe('a listed origin', () => {
  it('may ask first, for what the route knows', async () => {
    const app = await open()
    const headers = { origin, 'access-control-request-method': 'POST' }
    const response = await app.call('OPTIONS', '', { headers })
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'Authorization, Content-Type, Last-Event-ID',
      vary: expect.stringMatching(/Origin/),
    })
    expect(response.headers.has('access-control-allow-credentials')).toBe(false)
  })

  it('reads and acts with a token, and sees the headers that paging needs', async () => {
    const app = await open()
    const headers = { origin, 'sec-fetch-site': 'cross-site', ...(await token()) }
    const list = await app.json('GET', '', undefined, headers)
    expect(list.status).toBe(200)
    expect(list.headers.get('access-control-allow-origin')).toBe(origin)
    expect(list.headers.get('access-control-expose-headers')).toBe(
      'Link, X-Total-Count, X-Sort-Window, X-Taskflow-Cursor, Retry-After',
    )
    expect(list.headers.has('access-control-allow-credentials')).toBe(false)
    expect((await app.json('POST', '', { func_name: 'quick' }, headers)).status).toBe(201)
    const stream = await app.call('GET', '/dashboard/stream', { headers })
    expect(stream.headers.get('access-control-allow-origin')).toBe(origin)
    expect(stream.headers.get('vary')).toMatch(/Origin/)
    await stream.body?.cancel()
  })

  it('sees why it was refused', async () => {
    const app = await open()
    const refused = await app.json('GET', '', undefined, { origin })
    expect(refused).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin)
  })

  it('is nobody with the cookie of who is signed in here', async () => {
    const app = await open()
    const cookie = (await signIn(app)).headers.get('set-cookie')?.split(';')[0] ?? ''
    expect((await app.json('GET', '', undefined, { cookie })).status).toBe(200)
    expect((await app.json('GET', '', undefined, { cookie, origin })).status).toBe(401)
    const post = await app.json('POST', '', { func_name: 'quick' }, { cookie, origin })
    expect(post.status).toBe(401)
    const host = await open({ auth: () => ({ id: 'h', name: 'Signed in at the host' }) })
    expect((await host.json('GET', '', undefined, { origin })).status).toBe(401)
    expect((await host.json('GET', '', undefined, { origin, ...(await token()) })).status).toBe(200)
  })

  it('signs nobody in or out', async () => {
    const app = await open()
    expect((await signIn(app, { origin })).status).toBe(403)
    expect((await app.call('POST', '/auth/logout', { headers: { origin } })).status).toBe(403)
  })

  it('that is our own keeps its cookie', async () => {
    const own = 'http://app.test'
    const app = await open({ cors: [own, origin] })
    const cookie = (await signIn(app)).headers.get('set-cookie')?.split(';')[0] ?? ''
    const list = await app.json('GET', '', undefined, { cookie, origin: own })
    expect(list.status).toBe(200)
    expect(corsOf(list)).toEqual([])
  })
})

describe('any other origin', () => {
  it.each([
    'https://intranet.example.evil.example',
    'https://evil-intranet.example',
    'https://sub.intranet.example',
    'http://intranet.example',
    'https://intranet.example:8443',
    'https://INTRANET.example',
    'https://intranet.example/',
    'null',
    '*',
    '',
  ])('gets nothing: %s', async (other) => {
    const app = await open()
    const headers = { origin: other, ...(await token()) }
    expect(corsOf(await app.json('GET', '', undefined, headers))).toEqual([])
    const ask = { origin: other, 'access-control-request-method': 'POST' }
    const preflight = await app.call('OPTIONS', '', { headers: ask })
    expect(preflight.status).toBe(405)
    expect(corsOf(preflight)).toEqual([])
    expect((await app.json('POST', '', { func_name: 'quick' }, headers)).status).toBe(403)
  })

  it('gets nothing where none is listed', async () => {
    const app = await open({ cors: [] })
    expect(corsOf(await app.json('GET', '', undefined, { origin, ...(await token()) }))).toEqual([])
  })
})

it.each([
  [['*']],
  [['null']],
  [['https://x.example/']],
  [['https://x.example/path']],
  [['x.example']],
  [['file://']],
  ['https://x.example'],
  [[undefined]],
])('%j is no list of origins', async (cors) => {
  await expect(open({ cors: cors as never })).rejects.toThrow(/cors: expected/)
})
