import { afterEach, describe, expect, it, vi } from 'vitest'
import type { HandlerOptions } from '../options.ts'
import { testApp } from '../test-app.ts'
import { createToken, type TokenOptions } from './token.ts'

type App = Awaited<ReturnType<typeof testApp>>
const apps: App[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(apps.splice(0).map((app) => app.stop()))
})

const secretKey = 'the key of this handler, long enough'
const user = { id: 'ci', name: 'Deploy script' }

async function open(options: Partial<HandlerOptions> = {}) {
  const app = await testApp({ auth: ['ann', 'secret'], secretKey, ...options })
  apps.push(app)
  return app
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const statusWith = async (app: App, headers: Record<string, string>) =>
  (await app.json('GET', '', undefined, headers)).status

async function signIn(app: App) {
  const login = await app.json('POST', '/auth/login', { username: 'ann', password: 'secret' })
  return login.headers.get('set-cookie')?.split(';')[0] ?? ''
}

describe('a bearer token', () => {
  it('lets a viewer in, who may say who that is', async () => {
    const app = await open()
    const headers = bearer(await createToken({ secretKey, user }))
    expect(await statusWith(app, headers)).toBe(200)
    const { body } = await app.json('GET', '/auth/session', undefined, headers)
    expect(body).toMatchObject({ user, rights: ['read'] })
    expect(Date.parse(body.expires_at) - Date.now()).toBeLessThanOrEqual(600_000)
    const post = await app.json('POST', '', { func_name: 'quick' }, headers)
    expect(post).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  it('carries the roles it was given', async () => {
    const app = await open()
    const token = await createToken({ secretKey, user: { ...user, roles: ['operator'] } })
    expect((await app.json('POST', '', { func_name: 'quick' }, bearer(token))).status).toBe(201)
  })

  it('works beside the session of the host, whose own tokens still go to the host', async () => {
    const app = await open({
      auth: (request) =>
        request.headers.get('authorization') === 'Bearer mine' ? { id: 'h', name: 'Host' } : null,
    })
    expect(await statusWith(app, bearer(await createToken({ secretKey, user })))).toBe(200)
    expect(await statusWith(app, bearer('mine'))).toBe(200)
    expect(await statusWith(app, bearer('yours'))).toBe(401)
  })

  it('ends with its time', async () => {
    const app = await open()
    const headers = bearer(await createToken({ secretKey, user, expiresInMs: 60_000 }))
    expect(await statusWith(app, headers)).toBe(200)
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] })
    expect(await statusWith(app, headers)).toBe(401)
  })

  it('is known by every key of a rotation, signed by the first, and by no key that was retired', async () => {
    const keys = ['the new key, which signs by now', secretKey]
    const rotated = await open({ secretKey: keys })
    expect(await statusWith(rotated, bearer(await createToken({ secretKey, user })))).toBe(200)
    const fresh = bearer(await createToken({ secretKey: keys, user }))
    expect(await statusWith(rotated, fresh)).toBe(200)
    expect(await statusWith(await open(), fresh)).toBe(401)
  })

  it('is for nothing but that: no cookie, as no cookie is a bearer token', async () => {
    const app = await open()
    const token = await createToken({ secretKey, user: { ...user, roles: ['admin'] } })
    const cookie = await signIn(app)
    expect(await statusWith(app, { cookie })).toBe(200)
    expect(await statusWith(app, { cookie: `taskflow_session=${token}` })).toBe(401)
    expect(await statusWith(app, bearer(cookie.split('=')[1] ?? ''))).toBe(401)
  })

  it('that does not hold is not replaced by the cookie beside it', async () => {
    const app = await open()
    const cookie = await signIn(app)
    for (const authorization of ['Bearer x', 'Bearer', 'Basic YW5uOnNlY3JldA==', '']) {
      expect(await statusWith(app, { cookie, authorization })).toBe(401)
    }
  })

  it('holds in no part that was changed, and for no other algorithm', async () => {
    const app = await open()
    const token = await createToken({ secretKey, user })
    const [header = '', payload = '', mac = ''] = token.split('.')
    const encoded = (value: object) => btoa(JSON.stringify(value)).replaceAll('=', '')
    const claims = JSON.parse(atob(payload))
    const tries = [
      `${encoded({ alg: 'none' })}.${payload}.`,
      `${encoded({ alg: 'none' })}.${payload}.${mac}`,
      `${encoded({ alg: 'HS512' })}.${payload}.${mac}`,
      `${header}.${encoded({ ...claims, roles: ['admin'] })}.${mac}`,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${token}.${mac}`,
      `${token}x`,
      'x'.repeat(1_000_000),
      `${token}${'='.repeat(8_000)}`,
    ]
    for (let at = 0; at < token.length; at += 5) {
      const other = token[at] === 'A' ? 'B' : 'A'
      tries.push(token.slice(0, at) + other + token.slice(at + 1))
    }
    for (const bad of tries) {
      const { status, body } = await app.json('GET', '', undefined, bearer(bad))
      expect({ bad: bad.slice(0, 300), status }).toEqual({ bad: bad.slice(0, 300), status: 401 })
      expect(body.code).toBe('unauthenticated')
    }
    expect(app.errors).toEqual([])
  })

  it('can be signed out of', async () => {
    const app = await open()
    const headers = bearer(await createToken({ secretKey, user }))
    await app.call('POST', '/auth/logout', { headers })
    expect(await statusWith(app, headers)).toBe(401)
  })

  it.each<[Partial<TokenOptions>, RegExp]>([
    [{ secretKey: 'short' }, /secretKey: expected at least 16 characters, got 5/],
    [{ secretKey: [] }, /secretKey: expected the handler's/],
    [{ user: { id: 'x' } as never }, /user: expected/],
    [{ user: { ...user, roles: ['root' as never] } }, /user\.roles: expected viewer/],
    [{ expiresInMs: 0 }, /expiresInMs: expected/],
    [{ expiresInMs: 90_000_000 }, /expiresInMs: expected/],
  ])('is not made of %j', async (options, message) => {
    await expect(createToken({ secretKey, user, ...options })).rejects.toThrow(message)
  })
})
