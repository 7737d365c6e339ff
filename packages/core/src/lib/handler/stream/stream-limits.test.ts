import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryStorage } from '../../storage/memory/memory-storage.ts'
import type { HandlerOptions } from '../options.ts'
import { quick, testApp } from '../test-app.ts'
import { StreamReader } from './test-stream-reader.ts'

type App = Awaited<ReturnType<typeof testApp>>
const apps: App[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(apps.splice(0).map((app) => app.stop()))
})

async function open(options: Partial<HandlerOptions> = {}, storage = memoryStorage()) {
  const app = await testApp({ auth: ['ann', 'secret'], ...options }, { storage })
  apps.push(app)
  return app
}

async function signIn(app: App) {
  const login = await app.json('POST', '/auth/login', { username: 'ann', password: 'secret' })
  return { cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '' }
}

const stream = (app: App, headers: Record<string, string> = {}, method = 'GET') =>
  app.call(method, '/dashboard/stream?deltas=1&logs=0', { headers })

/** From now on time is told by `pass`. */
const holdTime = () =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000)

describe('an open stream', () => {
  const secretKey = 'one key for both, long enough'

  it('ends within half a minute when its session was ended on another instance', async () => {
    const storage = memoryStorage()
    const here = await open({ secretKey }, storage)
    const there = await open({ secretKey }, storage)
    const headers = await signIn(here)
    holdTime()
    const reader = new StreamReader(await stream(here, headers))
    await reader.next('state')
    await there.call('POST', '/auth/logout', { headers })
    await pass(30)
    expect(await reader.next('bye')).toMatchObject({ data: { reason: 'reauth' } })
    expect(await reader.next()).toBeUndefined()
    expect((await stream(here, headers)).status).toBe(401)
  })

  it('goes on while its session does', async () => {
    const app = await open({ secretKey })
    const headers = await signIn(app)
    holdTime()
    const reader = new StreamReader(await stream(app, headers))
    await reader.next('state')
    await pass(300)
    const { taskId } = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    await pass(1)
    expect(await reader.next('task')).toMatchObject({ data: { task_id: taskId } })
    await reader.close()
  })

  it('ends with its session', async () => {
    const app = await open({ secretKey, tokenExpiryMs: 40_000 })
    const headers = await signIn(app)
    holdTime()
    const reader = new StreamReader(await stream(app, headers))
    await reader.next('state')
    await pass(45)
    expect(await reader.next('bye')).toMatchObject({ data: { reason: 'reauth' } })
  })

  it.each([
    ['is gone', null],
    ['is another', { id: 'bob', name: 'Bob' }],
    ['may no longer read', { id: 'ann', name: 'Ann', roles: [] }],
    ['has lost a right', { id: 'ann', name: 'Ann', roles: ['viewer' as const] }],
  ])("ends when the host's user %s", async (_, later) => {
    let user: unknown = { id: 'ann', name: 'Ann', roles: ['operator'] }
    const app = await open({ auth: async () => user as never })
    holdTime()
    const reader = new StreamReader(await stream(app))
    await reader.next('state')
    user = later
    await pass(30)
    expect(await reader.next('bye')).toMatchObject({ data: { reason: 'reauth' } })
  })

  it('goes on while nobody can tell whether its session holds', async () => {
    const storage = memoryStorage()
    const app = await open({ secretKey }, storage)
    const headers = await signIn(app)
    holdTime()
    const reader = new StreamReader(await stream(app, headers))
    await reader.next('state')
    const sessions = storage.sessions as NonNullable<typeof storage.sessions>
    const ended = vi.spyOn(sessions, 'ended').mockRejectedValue(new Error('down'))
    await pass(60)
    await expect.poll(() => ended.mock.calls.length).toBeGreaterThan(0)
    ended.mockRestore()
    const { taskId } = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    await pass(1)
    expect(await reader.next('task')).toMatchObject({ data: { task_id: taskId } })
    await reader.close()
  })
})

describe('too many streams', () => {
  it('of a session are refused until one of them ends', async () => {
    const app = await open({ maxStreamsPerSession: 2 })
    const headers = await signIn(app)
    const first = await stream(app, headers)
    expect((await stream(app, headers)).status).toBe(200)
    const refused = await stream(app, headers)
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({
      code: 'unavailable',
      detail: 'too many streams are open in this session',
    })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await stream(app, await signIn(app))).status).toBe(200)
    await first.body?.cancel()
    expect((await stream(app, headers)).status).toBe(200)
    expect(app.errors).toEqual([])
  })

  it('of one user of the host are, too', async () => {
    const app = await open({ auth: () => ({ id: 'ann', name: 'Ann' }), maxStreamsPerSession: 1 })
    expect((await stream(app)).status).toBe(200)
    expect((await stream(app)).status).toBe(503)
  })

  it('in all are refused, of whomever', async () => {
    const app = await open({ auth: false, maxStreams: 3, maxStreamsPerSession: 1 })
    const streams = await Promise.all(Array.from({ length: 5 }, () => stream(app)))
    expect(streams.map(({ status }) => status).sort()).toEqual([200, 200, 200, 503, 503])
    expect((await app.call('GET', '/health')).status).toBe(200)
  })

  it('are not those that failed to open, nor those that were only asked about', async () => {
    const storage = memoryStorage()
    const app = await open({ auth: false, maxStreams: 1 }, storage)
    const changes = storage.changes as NonNullable<typeof storage.changes>
    vi.spyOn(changes, 'head').mockRejectedValueOnce(new Error('down'))
    expect((await stream(app)).status).toBe(500)
    const head = await stream(app, {}, 'HEAD')
    expect(head.status).toBe(200)
    expect(head.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(head.body).toBeNull()
    const gone = new AbortController()
    const init = { signal: gone.signal }
    expect((await app.call('GET', '/dashboard/stream', init)).status).toBe(200)
    gone.abort()
    expect((await stream(app)).status).toBe(200)
  })
})

describe('a reader that does not read', () => {
  /** Changes enough to fill many buffers, all seen by a reader that does read. */
  async function flood(app: App, fast: StreamReader, rounds: number, wait = async () => {}) {
    const pad = 'x'.repeat(200)
    for (let round = 0; round < rounds; round++) {
      const items = Array.from({ length: 90 }, () => ({
        payload: {},
        options: { delayMs: 60_000, tags: { pad, more: pad, still: pad } },
      }))
      const refs = await app.manager.enqueueMany(quick, items)
      await wait()
      const left = new Set(refs.map(({ taskId }) => taskId))
      while (left.size > 0) {
        const event = await fast.next('task')
        if (!event) throw new Error('the stream has ended')
        left.delete((event.data as { task_id: string }).task_id)
      }
    }
  }

  it('costs no more than its buffer, and the others nothing', async () => {
    const app = await open({ auth: false })
    const idle = await stream(app)
    const fast = new StreamReader(await stream(app))
    await flood(app, fast, 8)
    await app.stop()
    const left = await new Response(idle.body).bytes()
    expect(left.length).toBeGreaterThan(100_000)
    expect(left.length).toBeLessThan(263_000)
    await fast.close()
  })

  it('is told why, and its connection cut, after half a minute', async () => {
    const app = await open({ auth: false })
    holdTime()
    const disconnect = vi.fn()
    const path = '/dashboard/stream?deltas=1&logs=0'
    const idle = await app.call('GET', path, {}, { disconnect })
    const fast = new StreamReader(await stream(app))
    await flood(app, fast, 6, async () => void (await pass(0.3)))
    await pass(30)
    expect(disconnect).not.toHaveBeenCalled()
    await pass(15)
    expect(disconnect).toHaveBeenCalledOnce()
    const left = await new Response(idle.body).text()
    expect(left.slice(-100)).toMatch(/event: bye\ndata: \{"reason":"slow"\}\n\n$/)
    await fast.close()
  })
})

describe('Last-Event-ID', () => {
  it.each([
    '',
    'nonsense',
    'abcd1234.5',
    '../../etc/passwd',
    "x'; DROP TABLE live; --.1",
    '1.999999999999999999999999',
    '1.-1',
    'x'.repeat(7_000),
    '\u00ff.1',
  ])('that is none of ours starts anew: %s', async (id) => {
    const app = await open({ auth: false })
    const reader = new StreamReader(await stream(app, { 'last-event-id': id }))
    expect(await reader.next('hello')).toMatchObject({ data: { resumed: false } })
    expect(await reader.next()).toMatchObject({ event: 'state' })
    await reader.close()
    expect(app.errors).toEqual([])
  })

  it('from the future of a feed starts anew', async () => {
    const app = await open({ auth: false })
    const { headers } = await app.call('GET', '')
    const [epoch] = (headers.get('x-taskflow-cursor') ?? '').split('.')
    const reader = new StreamReader(await stream(app, { 'last-event-id': `${epoch}.1000000` }))
    expect(await reader.next('hello')).toMatchObject({ data: { resumed: false } })
    await reader.close()
  })

  it('of many who come back at once is looked up a few times', async () => {
    const storage = memoryStorage()
    const app = await open({ auth: false }, storage)
    const id = (await app.call('GET', '')).headers.get('x-taskflow-cursor') ?? ''
    await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    const since = vi.spyOn(storage.changes as NonNullable<typeof storage.changes>, 'since')
    const list = vi.spyOn(storage, 'list')
    const all = await Promise.all(
      Array.from({ length: 100 }, () => stream(app, { 'last-event-id': id })),
    )
    expect(since.mock.calls.length).toBeLessThan(10)
    expect(list.mock.calls.length).toBeLessThan(10)
    const last = new StreamReader(all.at(-1) as Response)
    expect(await last.next('hello')).toMatchObject({ data: { resumed: true } })
    expect(await last.next('task')).toBeDefined()
    await Promise.all(all.slice(0, -1).map((response) => response.body?.cancel()))
    await last.close()
  })
})
