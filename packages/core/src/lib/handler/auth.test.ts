import { afterEach, describe, expect, it, vi } from 'vitest'
import type { TaskManagerOptions } from '../run/options.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { createHandler } from './create-handler.ts'
import type { HandlerOptions, User } from './options.ts'
import { routes } from './routes/routes.ts'
import { testApp } from './test-app.ts'

type App = Awaited<ReturnType<typeof testApp>>
const apps: App[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(apps.splice(0).map((app) => app.stop()))
})

const ui: NonNullable<HandlerOptions['ui']> = {
  page: ({ base, title }) => `<main data-base="${base}">${title}</main>`,
  loginPage: ({ next, message }) => `<form data-next="${next}">${message}</form>`,
  asset: async () => null,
}

async function open(
  options: Partial<HandlerOptions> = {},
  managerOptions: Partial<TaskManagerOptions> = {},
) {
  const app = await testApp({ auth: ['admin', 'secret'], ui, ...options }, managerOptions)
  apps.push(app)
  return app
}

const form = (fields: Record<string, string>): RequestInit => ({
  body: new URLSearchParams(fields),
  headers: { origin: 'http://app.test' },
})

/** The cookie of a fresh login. */
async function signIn(app: App, username = 'admin', password = 'secret') {
  const response = await app.json('POST', '/auth/login', { username, password })
  expect(response.status).toBe(204)
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

describe('without a session', () => {
  const unknownId = '01234567-89ab-7def-8123-456789abcdef'
  const guarded = routes.filter(({ right }) => right !== 'none')

  it.each(guarded.map((route) => [route.method, route.pattern, route.right]))(
    '%s %s is closed',
    async (method, pattern, right) => {
      const app = await open()
      const path = pattern
        .replace(':task_id', unknownId)
        .replace(':schedule_id', 'any')
        .replace('**', 'runs')
      const response = await app.call(method, path)
      expect(response.status).toBe(right === 'page' ? 303 : 401)
    },
  )

  it('the page leads to the login and back', async () => {
    const app = await open()
    const response = await app.call('GET', '/dashboard/runs?q=1')
    const to = new URL(response.headers.get('location') ?? '', 'http://app.test')
    expect(to.pathname).toBe('/tasks/auth/login')
    expect(to.searchParams.get('next')).toBe('/tasks/dashboard/runs?q=1')
  })

  it('health and the login page are open', async () => {
    const app = await open()
    expect((await app.call('GET', '/health')).status).toBe(200)
    expect((await app.call('GET', '/auth/login')).status).toBe(200)
    expect((await app.json('GET', '/auth/session')).status).toBe(401)
  })
})

describe('login', () => {
  it('by form sets a cookie and leads on', async () => {
    const app = await open()
    const response = await app.call(
      'POST',
      '/auth/login',
      form({ username: 'admin', password: 'secret', next: '/tasks/dashboard/runs' }),
    )
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/tasks/dashboard/runs')
    expect(response.headers.get('set-cookie')).toMatch(
      /^taskflow_session=[\w.-]+; Path=\/tasks; Max-Age=86400; HttpOnly; SameSite=Lax$/,
    )
  })

  it('opens list, stream and session', async () => {
    const app = await open()
    const cookie = await signIn(app)
    expect((await app.json('GET', '', undefined, { cookie })).status).toBe(200)
    const stream = await app.call('GET', '/dashboard/stream', { headers: { cookie } })
    expect(stream.status).toBe(200)
    await stream.body?.cancel()
    expect((await app.json('GET', '/auth/session', undefined, { cookie })).body).toMatchObject({
      user: { id: 'admin', name: 'admin' },
      rights: expect.arrayContaining(['read', 'retry', 'delete']),
      expires_at: expect.any(String),
    })
  })

  it('says nothing of which half was wrong', async () => {
    const app = await open()
    const answers = await Promise.all(
      [
        { username: 'admin', password: 'wrong' },
        { username: 'nobody', password: 'secret' },
      ].map((body) => app.json('POST', '/auth/login', body)),
    )
    expect(answers[0]?.status).toBe(401)
    const [wrong, unknown] = answers.map(({ body: { request_id: _, ...said } }) => said)
    expect(wrong).toEqual(unknown)
  })

  it('slows down who guesses, and lets others in', async () => {
    const app = await open()
    const from = { address: '10.0.0.1' }
    const attempt = (password: string, at = from) =>
      app.call('POST', '/auth/login', form({ username: 'admin', password }), at)
    for (let i = 0; i < 5; i++) expect((await attempt('wrong')).status).toBe(401)
    const refused = await attempt('secret')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60)
    expect((await attempt('secret', { address: '10.0.0.2' })).status).toBe(303)
  })

  it('slows down who guesses many at once', async () => {
    const app = await open()
    const attempt = () =>
      app.call('POST', '/auth/login', form({ username: 'admin', password: 'wrong' }))
    const answers = await Promise.all(Array.from({ length: 20 }, attempt))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
  })

  it('counts the guesses of all instances together', async () => {
    const storage = memoryStorage()
    const apps = [await open({}, { storage }), await open({}, { storage })]
    const attempt = (n: number, password: string) =>
      apps[n % 2]?.call('POST', '/auth/login', form({ username: 'admin', password }))
    for (let n = 0; n < 5; n++) expect((await attempt(n, 'wrong'))?.status).toBe(401)
    for (let n = 0; n < 2; n++) expect((await attempt(n, 'secret'))?.status).toBe(429)
  })

  it('never counts who knows the password, nor a backend that fails', async () => {
    let down = true
    const app = await open({
      auth: {
        authenticateUser: (_, password) => {
          if (down) throw new Error('no route to host')
          return password === 'secret'
        },
      },
    })
    const attempt = async () =>
      (await app.call('POST', '/auth/login', form({ username: 'a', password: 'secret' }))).status
    for (let i = 0; i < 10; i++) expect(await attempt()).toBe(500)
    down = false
    for (let i = 0; i < 40; i++) expect(await attempt()).toBe(303)
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    '/%09/evil.example',
    'https://evil.example/tasks/dashboard',
    'https:evil.example',
    'javascript:alert(1)',
    '/elsewhere',
    '/tasks/dashboard/../auth/logout',
    '/tasks/dashboardx',
  ])('never leads to %s', async (next) => {
    const app = await open()
    const fields = form({ username: 'admin', password: 'secret', next })
    const response = await app.call('POST', '/auth/login', fields)
    expect(response.headers.get('location')).toBe('/tasks/dashboard')
  })

  it('takes a list of users, and a backend of the host', async () => {
    const many = await open({
      auth: [
        ['ann', 'one'],
        ['bob', 'two'],
      ],
    })
    await signIn(many, 'bob', 'two')
    expect(
      (await many.json('POST', '/auth/login', { username: 'ann', password: 'two' })).status,
    ).toBe(401)
    const backend = await open({
      auth: { authenticateUser: async (user, password) => user === 'x' && password === 'y' },
    })
    await signIn(backend, 'x', 'y')
  })

  it('leads back to a login that says so, after signing out', async () => {
    const app = await open()
    const cookie = await signIn(app)
    const response = await app.call('POST', '/auth/logout', { headers: { cookie } })
    const to = response.headers.get('location') ?? ''
    expect(to).toBe('/tasks/auth/login?reason=signed-out')
    expect(await (await app.call('GET', to.slice('/tasks'.length))).text()).toContain('signed out')
    for (const [accept, status] of [
      ['application/json', 204],
      ['application/json, text/plain, */*', 204],
      ['text/html,application/xhtml+xml,application/json;q=0.5', 303],
      ['*/*', 303],
    ] as const) {
      const answer = await app.call('POST', '/auth/logout', { headers: { accept } })
      expect(answer.status, accept).toBe(status)
    }
  })

  it('finds its session among other cookies, and behind one that a sibling domain has put there', async () => {
    const app = await open()
    const cookie = await signIn(app)
    const list = (...cookies: string[]) =>
      app.json('GET', '', undefined, { cookie: cookies.join('; ') })
    expect((await list('theme=dark', 'taskflow_session=planted', cookie, 'x')).status).toBe(200)
    const many = Array.from({ length: 50 }, () => 'taskflow_session=planted')
    expect((await list(...many, cookie)).status).toBe(401)
  })

  it('sets the cookie that a frame on another site needs', async () => {
    const app = await open({
      publicOrigin: 'https://admin.example',
      cookie: { name: 'jobs', sameSite: 'none' },
    })
    const login = await app.json('POST', '/auth/login', { username: 'admin', password: 'secret' })
    expect(login.headers.get('set-cookie')).toMatch(/^jobs=.*; SameSite=None; Secure$/)
  })

  it('marks the cookie Secure behind https', async () => {
    const app = await open({ publicOrigin: 'https://admin.example' })
    const login = await app.json('POST', '/auth/login', { username: 'admin', password: 'secret' })
    expect(login.headers.get('set-cookie')).toMatch(/; Secure$/)
  })
})

describe('sessions', () => {
  it('end with their time', async () => {
    const app = await open({ tokenExpiryMs: 60_000 })
    const cookie = await signIn(app)
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] })
    expect((await app.json('GET', '', undefined, { cookie })).status).toBe(401)
  })

  it('hold in no part that was changed, cut or made by another key', async () => {
    const app = await open()
    const other = await open({ secretKey: 'another key, long enough' })
    const cookie = await signIn(app)
    const tries = [cookie.slice(0, -3), `${cookie}x`, await signIn(other)]
    for (let i = 20; i < cookie.length; i += 17) {
      const flipped = cookie[i] === 'A' ? 'B' : 'A'
      tries.push(cookie.slice(0, i) + flipped + cookie.slice(i + 1))
    }
    const none = btoa('{"alg":"none"}').replaceAll('=', '')
    tries.push(cookie.replace(/=[^.]+/, `=${none}`))
    for (const bad of tries) {
      expect((await app.json('GET', '', undefined, { cookie: bad })).status).toBe(401)
    }
  })

  it('survive a restart and a rotation of the key', async () => {
    const old = 'the old key, long enough'
    const cookie = await signIn(await open({ secretKey: old }))
    const rotated = await open({ secretKey: ['the new key, long enough', old] })
    expect((await rotated.json('GET', '', undefined, { cookie })).status).toBe(200)
  })

  it('end by logout, which another site cannot ask for', async () => {
    const app = await open()
    const cookie = await signIn(app)
    const response = await app.call('POST', '/auth/logout', { headers: { cookie } })
    expect(response.status).toBe(303)
    expect(response.headers.get('set-cookie')).toMatch(/^taskflow_session=; .*Max-Age=0/)
    const foreign = { headers: { cookie, 'sec-fetch-site': 'cross-site' } }
    expect((await app.call('GET', '/auth/logout', foreign)).status).toBe(403)
    expect((await app.call('HEAD', '/auth/logout', foreign)).status).toBe(403)
    expect((await app.call('POST', '/auth/logout', foreign)).status).toBe(403)
  })

  it('that were ended hold for no copy of the cookie, on no instance', async () => {
    const storage = memoryStorage()
    const secretKey = 'one key for both, long enough'
    const here = await open({ secretKey }, { storage })
    const there = await open({ secretKey }, { storage })
    const cookie = await signIn(here)
    const other = await signIn(here)
    expect((await here.json('GET', '', undefined, { cookie })).status).toBe(200)
    await here.call('POST', '/auth/logout', { headers: { cookie } })
    for (const app of [here, there]) {
      expect((await app.json('GET', '', undefined, { cookie })).status).toBe(401)
      expect((await app.json('GET', '', undefined, { cookie: other })).status).toBe(200)
    }
  })

  it('that another instance ended hold no longer than a second', async () => {
    const storage = memoryStorage()
    const secretKey = 'one key for both, long enough'
    const here = await open({ secretKey }, { storage })
    const there = await open({ secretKey }, { storage })
    const cookie = await signIn(here)
    expect((await there.json('GET', '', undefined, { cookie })).status).toBe(200)
    await here.call('POST', '/auth/logout', { headers: { cookie } })
    vi.useFakeTimers({ now: Date.now() + 1_000, toFake: ['Date'] })
    expect((await there.json('GET', '', undefined, { cookie })).status).toBe(401)
  })
})

describe('roles and read-only', () => {
  const as = (...roles: NonNullable<User['roles']>) =>
    open({ auth: () => ({ id: 'u', name: 'U', roles }) })
  const post = (app: App) => app.json('POST', '', { func_name: 'quick' })

  it('let a viewer read, an operator act, and say who may what', async () => {
    const viewer = await as('viewer')
    expect((await viewer.json('GET')).status).toBe(200)
    expect(await post(viewer)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await viewer.json('GET', '/auth/session')).body.rights).toEqual(['read'])
    expect((await post(await as('operator'))).status).toBe(201)
  })

  it('read-only refuses changes to everybody', async () => {
    const app = await open({ auth: false, readOnly: true })
    expect((await post(app)).status).toBe(403)
    expect((await app.json('GET')).status).toBe(200)
  })

  it('a function reuses the session of the host, and may answer itself', async () => {
    const app = await open({
      auth: (request) =>
        request.headers.has('x-user')
          ? { id: 'h', name: 'Host user' }
          : Response.redirect('http://app.test/login'),
    })
    expect((await app.call('GET', '/dashboard')).headers.get('location')).toBe(
      'http://app.test/login',
    )
    const known = await app.json('GET', '/auth/session', undefined, { 'x-user': '1' })
    expect(known.body.user.name).toBe('Host user')
  })
})

describe("the host's session", () => {
  it.each([undefined, null, false, true, 'ann', {}, { status: 302 }])(
    'lets nobody in who is no user: %j',
    async (answer) => {
      const app = await open({ auth: () => answer as never })
      expect((await app.json('GET')).status).toBe(401)
      expect((await app.json('GET', '/auth/session')).status).toBe(401)
    },
  )

  it('does not close what is open to all', async () => {
    const app = await open({ auth: () => Response.redirect('http://app.test/login') })
    expect((await app.call('GET', '/health')).status).toBe(200)
  })

  it('is not asked where nobody needs to be known, so probes hold while it fails', async () => {
    let asked = 0
    const app = await open({
      auth: () => {
        asked++
        throw new Error('the session store is away')
      },
    })
    expect((await app.call('GET', '/health')).status).toBe(200)
    expect((await app.call('GET', '/dashboard/assets/none.js')).status).toBe(404)
    expect(asked).toBe(0)
    expect((await app.call('GET', '/auth/session')).status).toBe(500)
  })
})

describe('pages', () => {
  it('send those who may see nothing to the login, which says why', async () => {
    const app = await open({
      auth: { authenticateUser: (id) => ({ id, name: id, roles: [] }) },
    })
    const cookie = await signIn(app)
    const response = await app.call('GET', '/dashboard/runs', { headers: { cookie } })
    const to = response.headers.get('location') ?? ''
    expect(to).toBe('/tasks/auth/login?next=%2Ftasks%2Fdashboard%2Fruns&reason=not-allowed')
    const page = await app.call('GET', to.slice('/tasks'.length), { headers: { cookie } })
    expect(await page.text()).toContain('may not see that page')
    expect((await app.call('GET', '/metrics', { headers: { cookie } })).status).toBe(403)
  })

  it('carry a strict policy and no cache', async () => {
    const app = await open({ auth: false })
    const response = await app.call('GET', '/dashboard')
    expect(await response.text()).toContain('data-base="/tasks"')
    expect(response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'.*require-trusted-types-for 'script'/,
    )
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})

describe('options', () => {
  it.each([
    [{}, /auth: expected credentials/],
    [{ auth: [] }, /auth: expected at least one/],
    [{ auth: ['admin', ''] as [string, string] }, /auth: expected pairs/],
    [{ auth: 'admin' as never }, /auth/],
    [{ auth: false as const, basePath: 'tasks' }, /basePath: expected a path/],
    [{ auth: false as const, basePath: 5 as never }, /basePath: expected a path/],
    [{ auth: 'secret' as never }, /auth: expected \[user, password\]/],
    [{ auth: true as never }, /auth: expected \[user, password\]/],
    // As they come out of an environment.
    [
      { auth: false as const, exposePayloads: 'false' as never },
      /exposePayloads: expected true or f/,
    ],
    [{ auth: false as const, readOnly: '' as never }, /readOnly: expected true or false, got ""/],
    [{ auth: false as const, title: 5 as never }, /title: expected text, got 5/],
    [{ auth: false as const, tokenExpiryMs: Number.MAX_SAFE_INTEGER }, /tokenExpiryMs: expected/],
    [
      { auth: false as const, pollIntervalMs: 2 ** 31 },
      /pollIntervalMs: expected .* to 2147483647/,
    ],
    [{ auth: false as const, secretKey: 'short' }, /secretKey: expected at least 16/],
    [{ auth: false as const, publicOrigin: 'https://x/y' }, /publicOrigin: expected an origin/],
    [{ auth: false as const, tokenExpiryMs: 0 }, /tokenExpiryMs/],
    [{ auth: null as never }, /auth: expected/],
    [{ auth: {} as never }, /auth: expected/],
    [{ auth: false as const, cookie: { name: 'a b' } }, /cookie\.name: expected/],
    [{ auth: false as const, cookie: { name: '__Host-x' } }, /cookie\.name: expected/],
    [{ auth: false as const, cookie: { sameSite: 'None' as never } }, /cookie\.sameSite/],
    [{ auth: false as const, cookie: { sameSite: 'none' as const } }, /'none' only with/],
    [
      {
        auth: false as const,
        publicOrigin: 'http://x.example',
        cookie: { sameSite: 'none' as const },
      },
      /'none' only with/,
    ],
    [{ auth: false as const, cookie: { secure: 'yes' as never } }, /cookie\.secure/],
    [{ auth: false as const, maxStreams: 0 }, /maxStreams: expected/],
    [
      { auth: false as const, secretKey: [] },
      /secretKey: expected a key or a list of keys, got none/,
    ],
    [
      { auth: false as const, ui: {} as never },
      /ui: expected dashboardUi\(\) of .*, got an object/,
    ],
    [{ auth: false as const, onError: 'log' as never }, /onError: expected a function, got string/],
    [{ auth: false as const, onWarning: 1 as never }, /onWarning: expected a function, got number/],
    [{ auth: false as const, maxStreamsPerSession: -1 }, /maxStreamsPerSession: expected/],
  ])('%j are refused', async (options, message) => {
    const { manager } = await open()
    expect(() => createHandler(manager, options as HandlerOptions)).toThrow(message)
  })

  it('alone are refused, without a manager', () => {
    expect(() => createHandler({ auth: false } as never, { auth: false })).toThrow(
      'createHandler: expected a TaskManager, got an object',
    )
  })
})
