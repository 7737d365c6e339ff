import { afterEach, describe, expect, it, vi } from 'vitest'
import { hashPassword } from '../../node/password-hash.ts'
import type { TaskManagerOptions } from '../../run/options.ts'
import { memoryStorage } from '../../storage/memory/memory-storage.ts'
import type { AuthBackend, HandlerOptions } from '../options.ts'
import { testApp } from '../test-app.ts'

type App = Awaited<ReturnType<typeof testApp>>
const apps: App[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(apps.splice(0).map((app) => app.stop()))
})

const secretKey = 'one key for all of them, long enough'

async function open(
  auth: HandlerOptions['auth'],
  managerOptions: Partial<TaskManagerOptions> = {},
  options: Partial<HandlerOptions> = {},
) {
  const app = await testApp({ auth, secretKey, ...options }, managerOptions)
  apps.push(app)
  return app
}

async function signIn(app: App, username = 'ann', password = 'secret', headers = {}) {
  const response = await app.json('POST', '/auth/login', { username, password }, headers)
  expect(response.status).toBe(204)
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

const status = async (app: App, cookie: string) =>
  (await app.json('GET', '', undefined, { cookie })).status

/** The next look at a session is a second later. */
const secondsLater = (seconds: number) =>
  vi.useFakeTimers({ now: Date.now() + seconds * 1_000, toFake: ['Date'] })

describe('a session', () => {
  it('holds after a restart with the same password, and ends with another one', async () => {
    const hash = await hashPassword('secret', { logN: 10 })
    const cookie = await signIn(await open(['ann', hash]))
    expect(await status(await open(['ann', hash]), cookie)).toBe(200)
    const other = await hashPassword('secret', { logN: 10 })
    expect(await status(await open(['ann', other]), cookie)).toBe(401)
    expect(await status(await open(['ann', 'secret']), cookie)).toBe(401)
  })

  it('ends when its user is removed, and only then', async () => {
    const both = [
      ['ann', 'secret'],
      ['bob', 'secret'],
    ] as const
    const app = await open(both)
    const [ann, bob] = [await signIn(app), await signIn(app, 'bob')]
    const without = await open([['bob', 'secret']])
    expect(await status(without, ann)).toBe(401)
    expect(await status(without, bob)).toBe(200)
  })

  it('keeps its binding when the key rotates', async () => {
    const cookie = await signIn(await open(['ann', 'secret']))
    const keys = ['a new key that signs from now on', secretKey]
    const rotated = await open(['ann', 'secret'], {}, { secretKey: keys })
    expect(await status(rotated, cookie)).toBe(200)
    const changed = await open(['ann', 'changed'], {}, { secretKey: keys })
    expect(await status(changed, cookie)).toBe(401)
  })

  it('tells nothing of the password it was made from', async () => {
    const claims = (cookie: string) => atob(cookie.split('.')[1] ?? '')
    const [one, two] = [
      await signIn(await open(['ann', 'secret'])),
      await signIn(await open(['ann', 'secret'], {}, { secretKey: 'quite another key than that' })),
    ]
    const boundOf = (cookie: string) => JSON.parse(claims(cookie)).bound
    expect(boundOf(one)).toMatch(/^[\w+/]{22}==$/)
    expect(boundOf(one)).not.toBe(boundOf(two))
  })

  it('is over when somebody signs in anew with it, whoever had a copy', async () => {
    const app = await open(['ann', 'secret'], { storage: memoryStorage() })
    const old = await signIn(app)
    const fresh = await signIn(app, 'ann', 'secret', { cookie: old })
    expect(fresh).not.toBe(old)
    expect(await status(app, old)).toBe(401)
    expect(await status(app, fresh)).toBe(200)
  })
})

describe("a session of the host's own backend", () => {
  function backend() {
    const versions = new Map([['7', 1]])
    const asked: string[] = []
    const auth: AuthBackend = {
      authenticateUser: (name, password) =>
        password === 'secret' ? { id: '7', name, roles: ['operator'] } : null,
      async credentialOf(userId) {
        asked.push(userId)
        const version = versions.get(userId)
        return version === undefined ? null : `${version}`
      },
    }
    return { auth, versions, asked }
  }

  it('ends within a second of what it is bound to changing', async () => {
    const { auth, versions, asked } = backend()
    const app = await open(auth)
    const cookie = await signIn(app)
    expect(await status(app, cookie)).toBe(200)
    asked.length = 0
    expect(await status(app, cookie)).toBe(200)
    expect(asked).toEqual([])
    versions.set('7', 2)
    secondsLater(1)
    expect(await status(app, cookie)).toBe(401)
    expect(asked).toEqual(['7'])
  })

  it('ends when the user is gone', async () => {
    const { auth, versions } = backend()
    const app = await open(auth)
    const cookie = await signIn(app)
    versions.delete('7')
    expect(await status(app, cookie)).toBe(401)
    const again = await app.json('POST', '/auth/login', { username: 'ann', password: 'secret' })
    expect(again.status).toBe(401)
  })

  it('is not taken over from a backend that bound nothing', async () => {
    const { auth } = backend()
    const unbound = { authenticateUser: auth.authenticateUser }
    const cookie = await signIn(await open(unbound))
    expect(await status(await open(unbound), cookie)).toBe(200)
    expect(await status(await open(auth), cookie)).toBe(401)
  })
})

describe('who a backend lets in', () => {
  it.each([[undefined], [null], [false], ['ann'], [1], [{}], [{ name: 'ann' }], [[]]])(
    'is nobody for %j',
    async (answer) => {
      const app = await open({ authenticateUser: () => answer as never })
      const login = await app.json('POST', '/auth/login', { username: 'a', password: 'b' })
      expect(login.status).toBe(401)
      expect(login.headers.get('set-cookie')).toBeNull()
    },
  )

  it.each([[null], ['admin'], [{}], [[]], [['root']], [['__proto__']]])(
    'may do nothing with roles like %j',
    async (roles) => {
      const app = await open({ authenticateUser: () => ({ id: 'a', name: 'A', roles }) as never })
      const cookie = await signIn(app)
      expect(await status(app, cookie)).toBe(403)
    },
  )
})
