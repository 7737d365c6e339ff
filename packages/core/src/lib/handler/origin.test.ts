import { afterEach, describe, expect, it } from 'vitest'
import type { HandlerOptions } from './options.ts'
import { addressOf } from './origin.ts'
import { testApp } from './test-app.ts'

type App = Awaited<ReturnType<typeof testApp>>
const apps: App[] = []
afterEach(() => Promise.all(apps.splice(0).map((app) => app.stop())))

async function open(options: Partial<HandlerOptions> = {}) {
  const app = await testApp({ auth: ['ann', 'secret'], ...options })
  apps.push(app)
  return app
}

/** Status of a login; the address is that of the connection. */
async function login(
  app: App,
  from: { address?: string; username?: string; password?: string },
  headers: Record<string, string> = {},
) {
  const { address, username = 'ann', password = 'wrong' } = from
  const body = JSON.stringify({ username, password })
  const init = { body, headers: { 'content-type': 'application/json', ...headers } }
  return app.call('POST', '/auth/login', init, { address })
}

async function statuses(count: number, attempt: (n: number) => Promise<Response>) {
  const found: number[] = []
  for (let n = 0; n < count; n++) found.push((await attempt(n)).status)
  return found
}

const forwarded = (value: string) => ({ 'x-forwarded-for': value })

describe('without a trusted proxy', () => {
  it('forwarded addresses have no effect', async () => {
    const app = await open()
    const found = await statuses(8, (n) =>
      login(app, { address: '10.0.0.1' }, forwarded(`10.1.0.${n}`)),
    )
    expect(found).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
  })

  it('forwarded hosts and protocols neither open a door nor change a cookie', async () => {
    const app = await open()
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      origin: 'https://evil.example',
    }
    expect((await login(app, { password: 'secret' }, headers)).status).toBe(403)
    const { 'x-forwarded-host': host, 'x-forwarded-proto': proto } = headers
    const fine = await login(
      app,
      { password: 'secret' },
      { 'x-forwarded-host': host, 'x-forwarded-proto': proto },
    )
    expect(fine.headers.get('set-cookie')).not.toMatch(/Secure|evil/)
  })
})

describe('behind a trusted proxy', () => {
  it('the address is what the proxy saw, whatever the client wrote before', async () => {
    const app = await open({ trustProxy: true })
    const address = '10.0.0.1'
    const guess = (n: number, client: string) =>
      login(app, { address }, forwarded(`10.9.9.${n}, ${client}`))
    expect(await statuses(7, (n) => guess(n, '203.0.113.1'))).toEqual([
      401, 401, 401, 401, 401, 429, 429,
    ])
    expect((await guess(0, '203.0.113.2')).status).toBe(401)
  })

  it('origin and https are what the proxy says', async () => {
    const app = await open({ trustProxy: true })
    const headers = {
      'x-forwarded-host': 'admin.example',
      'x-forwarded-proto': 'https',
      origin: 'https://admin.example',
    }
    const response = await login(app, { password: 'secret' }, headers)
    expect(response.status).toBe(204)
    expect(response.headers.get('set-cookie')).toMatch(/; Secure$/)
    const foreign = { ...headers, origin: 'http://admin.example' }
    expect((await login(app, { password: 'secret' }, foreign)).status).toBe(403)
  })

  it.each(['evil.example/x', 'a b', 'user@evil.example', 'x?y', ''])(
    'a host that is none is not believed: %j',
    async (host) => {
      const app = await open({ trustProxy: true })
      const headers = { 'x-forwarded-host': host, origin: 'http://app.test' }
      expect((await login(app, { password: 'secret' }, headers)).status).toBe(204)
    },
  )

  it.each([
    [1, 'a, b, c', 'c'],
    [2, 'a, b, c', 'b'],
    [3, 'a, b, c', 'a'],
    [4, 'a, b, c', 'a'],
    [1, ' 192.0.2.1:4711 ', '192.0.2.1'],
    [1, '[2001:db8::1]:443', '2001:db8::1'],
    [1, '[2001:db8::1]', '2001:db8::1'],
    [1, '2001:db8::1', '2001:db8::1'],
    [1, '', '10.0.0.9'],
    [0, 'a, b, c', '10.0.0.9'],
  ])('with %i proxies, %j comes from %j', (trustProxy, header, address) => {
    const request = new Request('http://app.test', { headers: forwarded(header) })
    const options = { trustProxy, publicOrigin: null }
    expect(addressOf(request, '10.0.0.9', options)).toBe(address)
  })

  it.each([-1, 1.5, 'yes', {}])('there are not %j', async (trustProxy) => {
    await expect(open({ trustProxy: trustProxy as never })).rejects.toThrow(/trustProxy: expected/)
  })
})

describe('the throttle', () => {
  it('takes the addresses of one IPv6 network for one', async () => {
    const app = await open()
    const found = await statuses(6, (n) => login(app, { address: `2001:db8:0:1::${n}:1` }))
    expect(found.at(-1)).toBe(429)
    expect((await login(app, { address: '2001:db8:0:2::1' })).status).toBe(401)
    expect((await login(app, { address: '2001:0db8:0000:0001:ffff::9%eth0' })).status).toBe(429)
  })

  it('takes an IPv4 address for the same in both notations', async () => {
    const app = await open()
    await statuses(5, () => login(app, { address: '::ffff:192.0.2.7' }))
    expect((await login(app, { address: '192.0.2.7' })).status).toBe(429)
    expect((await login(app, { address: '192.0.2.8' })).status).toBe(401)
  })

  it('stops who tries one name after another', async () => {
    const app = await open()
    const found = await statuses(31, (n) =>
      login(app, { address: '192.0.2.7', username: `user${n}` }),
    )
    expect(found.indexOf(429)).toBe(30)
  })

  it('counts per account where nobody knows addresses: one account locked locks no other', async () => {
    const app = await open({
      auth: [
        ['ann', 'secret'],
        ['bob', 'secret'],
      ],
    })
    await statuses(40, (n) => login(app, { username: `user${n}` }))
    expect(await statuses(6, () => login(app, {}))).toEqual([401, 401, 401, 401, 401, 429])
    const bob = { username: 'bob', password: 'secret' }
    expect((await login(app, bob)).status).toBe(204)
  })
})

describe('behind a proxy that cuts a prefix off', () => {
  const headers = { 'x-forwarded-prefix': '/admin/' }
  const ui = {
    page: ({ base }: { base: string }) => `page at ${base}`,
    loginPage: ({ base, next }: { base: string; next: string }) => `login at ${base}, to ${next}`,
    asset: async () => null,
  }

  it('every address has it: redirects, pages, links, the cookie and the way back', async () => {
    const app = await open({ trustProxy: true, ui })
    const sent = await app.call('GET', '/dashboard/runs?x=1', { headers })
    const target = `/admin/tasks/auth/login?${new URLSearchParams({ next: '/admin/tasks/dashboard/runs?x=1' })}`
    expect(sent.headers.get('location')).toBe(target)
    const form = await app.call('GET', target.slice('/admin/tasks'.length), { headers })
    expect(await form.text()).toBe('login at /admin/tasks, to /admin/tasks/dashboard/runs?x=1')
    const body = new URLSearchParams({
      username: 'ann',
      password: 'secret',
      next: '/admin/tasks/dashboard/runs?x=1',
    })
    const entered = await app.call('POST', '/auth/login', { body, headers })
    expect(entered.headers.get('location')).toBe('/admin/tasks/dashboard/runs?x=1')
    const cookie = entered.headers.get('set-cookie') ?? ''
    expect(cookie).toContain('Path=/admin/tasks;')
    const known = { ...headers, cookie: cookie.split(';')[0] ?? '' }
    expect(await (await app.call('GET', '/dashboard', { headers: known })).text()).toBe(
      'page at /admin/tasks',
    )
    const document = await app.json('GET', '/openapi.json', undefined, known)
    expect(document.body.servers).toEqual([{ url: '/admin/tasks' }])
  })

  it.each(['//evil.example', '/a/../b', '/a?b', 'https://evil.example', '/a b', '/..', '/a//b'])(
    'what is no path is not taken for one: %s',
    async (prefix) => {
      const app = await open({ trustProxy: true, ui })
      const sent = await app.call('GET', '/dashboard', {
        headers: { 'x-forwarded-prefix': prefix },
      })
      expect(sent.headers.get('location')).toMatch(/^\/tasks\/auth\/login\?/)
    },
  )

  it('means nothing where no proxy is trusted', async () => {
    const app = await open({ ui })
    const sent = await app.call('GET', '/dashboard', { headers })
    expect(sent.headers.get('location')).toMatch(/^\/tasks\/auth\/login\?/)
  })
})
