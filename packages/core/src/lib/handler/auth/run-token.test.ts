import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { routes } from '../routes/routes.ts'
import { endless, testApp } from '../test-app.ts'
import { createRunToken, type RunTokenOptions } from './run-token.ts'
import { createToken } from './token.ts'

const secretKey = 'the key of this handler, long enough'
const otherId = '01234567-89ab-7def-8123-456789abcdef'
let app: Awaited<ReturnType<typeof testApp>>
let taskId: string

beforeEach(async () => {
  app = await testApp({ auth: ['ann', 'secret'], secretKey })
  ;({ taskId } = await app.manager.enqueue(endless))
})
afterEach(async () => {
  vi.useRealTimers()
  await app.stop()
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const statusWith = (token: string, id = taskId) =>
  app.json('GET', `/${id}/status`, undefined, bearer(token))

describe('a token of one run', () => {
  it('tells how far the run is, and nothing of what it works on', async () => {
    const { status, body } = await statusWith(await createRunToken({ secretKey, taskId }))
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual([
      'created_at',
      'end_time',
      'phase',
      'progress',
      'start_time',
      'status',
      'task_id',
    ])
    expect(body.task_id).toBe(taskId)
  })

  const others = routes.filter(({ right, pattern }) => {
    return right !== 'none' && pattern !== '/:task_id/status'
  })
  it.each(others.map(({ method, pattern }) => [method, pattern]))(
    'does not open %s %s',
    async (method, pattern) => {
      const path = pattern
        .replace(':task_id', taskId)
        .replace(':name', 'endless')
        .replace(':schedule_id', 'hourly')
        .replace('**', 'runs')
        .replace(/^\/$/, '')
      const token = await createRunToken({ secretKey, taskId })
      const response = await app.call(method, path, { headers: bearer(token) })
      await response.body?.cancel()
      expect([303, 401]).toContain(response.status)
    },
  )

  it('does not open another run', async () => {
    const { taskId: other } = await app.manager.enqueue(endless)
    const token = await createRunToken({ secretKey, taskId })
    expect((await statusWith(token, other)).status).toBe(401)
    expect((await statusWith(token, otherId)).status).toBe(401)
    expect((await statusWith(token, taskId.toUpperCase())).status).toBe(200)
  })

  it('is no cookie, and no other token is one', async () => {
    const token = await createRunToken({ secretKey, taskId })
    const cookie = { cookie: `taskflow_session=${token}` }
    expect((await app.json('GET', `/${taskId}/status`, undefined, cookie)).status).toBe(401)
    const user = { id: taskId, name: 'no roles', roles: [] }
    expect((await statusWith(await createToken({ secretKey, user }))).status).toBe(403)
    expect((await statusWith(`${token}x`)).status).toBe(401)
    expect((await statusWith('x'.repeat(10_000))).status).toBe(401)
  })

  it('ends with its time, and with its key', async () => {
    const options = { secretKey: 'another key, long enough as well', taskId }
    expect((await statusWith(await createRunToken(options))).status).toBe(401)
    const token = await createRunToken({ secretKey, taskId, expiresInMs: 60_000 })
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] })
    expect((await statusWith(token)).status).toBe(401)
  })

  it.each<[string, Parameters<typeof testApp>[0]]>([
    ['does not know the visitor', { auth: () => null }],
    ['knows the visitor, who has no rights', { auth: () => ({ id: 'e', name: 'E', roles: [] }) }],
    ['sends strangers to its login', { auth: () => Response.redirect('http://app.test/login') }],
  ])('is enough where the host %s', async (_, options) => {
    const host = await testApp({ ...options, secretKey })
    const run = await host.manager.enqueue(endless)
    const token = await createRunToken({ secretKey, taskId: run.taskId })
    const path = `/${run.taskId}/status`
    expect((await host.json('GET', path, undefined, bearer(token))).status).toBe(200)
    const without = await host.call('GET', path)
    await without.body?.cancel()
    expect(without.status).not.toBe(200)
    await host.stop()
  })

  it('serves a page of another origin that is listed', async () => {
    const host = await testApp({
      auth: ['ann', 'secret'],
      secretKey,
      cors: ['https://app.example'],
    })
    const run = await host.manager.enqueue(endless)
    const token = await createRunToken({ secretKey, taskId: run.taskId })
    const headers = { ...bearer(token), origin: 'https://app.example' }
    const answer = await host.json('GET', `/${run.taskId}/status`, undefined, headers)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example')
    await host.stop()
  })

  it.each<[Partial<RunTokenOptions>, RegExp]>([
    [{ secretKey: 'short' }, /createRunToken: secretKey: expected at least 16 characters, got 5/],
    [{ taskId: 'x' }, /taskId: expected the id of a task, got "x"/],
    [{ expiresInMs: 86_400_001 }, /createRunToken: expiresInMs: expected/],
  ])('is not made of %j', async (options, message) => {
    await expect(createRunToken({ secretKey, taskId, ...options })).rejects.toThrow(message)
  })
})
