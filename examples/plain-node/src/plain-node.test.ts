import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeApp } from './app.ts'
import { fetchServer } from './fetch-server.ts'
import { httpServer } from './http-server.ts'

// The real one wants to be built first; the end-to-end tests have it.
vi.mock('@taskflow/ui/server', () => ({
  dashboardUi: () => ({ page: () => '<p>', loginPage: () => '<form>', asset: async () => null }),
}))

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

type Ask = (path: string, init?: RequestInit) => Promise<Response>

async function overHttp(): Promise<Ask> {
  const app = makeApp()
  await app.tasks.start()
  const server = httpServer(app).listen(0, '127.0.0.1')
  ends.push(
    () => app.tasks.stop(),
    () => server.closeAllConnections(),
    () => server.close(),
  )
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init })
}

async function overFetch(): Promise<Ask> {
  const app = makeApp()
  await app.tasks.start()
  ends.push(() => app.tasks.stop())
  const answer = fetchServer(app)
  return (path, init) => answer(new Request(`http://app.test${path}`, init), '192.0.2.1')
}

describe.each([
  ['node:http', overHttp],
  ['a fetch handler', overFetch],
])('on %s', (_, serve) => {
  it('the handler answers its own paths, the app the rest, and tasks run', async () => {
    const ask = await serve()
    expect((await ask('/elsewhere')).status).toBe(404)
    expect((await ask('/tasks')).status).toBe(401)
    expect((await ask('/tasks/dashboard')).status).toBe(303)
    const login = await ask('/tasks/auth/login', {
      method: 'POST',
      body: new URLSearchParams({ username: 'admin', password: 'secret' }),
    })
    const headers = { cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '' }
    const greeted = await ask('/greetings', { method: 'POST' })
    expect(greeted.status).toBe(202)
    const taskId = (await greeted.text()).trim()
    const task = async () => (await ask(`/tasks/${taskId}`, { headers })).json()
    await expect.poll(task, { timeout: 10_000 }).toMatchObject({ status: 'success' })
  })

  it('guesses are counted by address', async () => {
    const ask = await serve()
    const body = JSON.stringify({ username: 'admin', password: 'wrong' })
    const headers = { 'content-type': 'application/json' }
    const statuses: number[] = []
    for (let i = 0; i < 6; i++) {
      const login = await ask('/tasks/auth/login', { method: 'POST', body, headers })
      statuses.push(login.status)
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  })
})
