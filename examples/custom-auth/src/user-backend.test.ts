import { createHandler, TaskManager } from '@taskflow/core'
import { hashPassword } from '@taskflow/core/node'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type UserRow, userBackend } from './user-backend.ts'

let ann: UserRow
let table: Map<string, UserRow>
let tasks: TaskManager
let ask: (method: string, path: string, init?: RequestInit) => Promise<Response>

beforeEach(async () => {
  const passwordHash = await hashPassword('secret', { logN: 10 })
  ann = { id: '7', email: 'ann@example.com', name: 'Ann', passwordHash, isAdmin: false }
  table = new Map([[ann.id, ann]])
  const auth = await userBackend({
    byEmail: async (email) => [...table.values()].find((row) => row.email === email),
    byId: async (id) => table.get(id),
  })
  tasks = new TaskManager({ tasks: [] })
  const handler = createHandler(tasks, { auth, secretKey: 'a key for this test, long enough' })
  ask = (method, path, init) =>
    handler(new Request(`http://app.test/tasks${path}`, { method, ...init }))
})
afterEach(async () => {
  vi.useRealTimers()
  await tasks.stop()
})

async function signIn(username: string, password: string) {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ username, password })
  const login = await ask('POST', '/auth/login', { body, headers })
  return { status: login.status, cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '' }
}

it('lets in who is in the table and knows the password', async () => {
  expect((await signIn('nobody@example.com', 'secret')).status).toBe(401)
  expect((await signIn('ann@example.com', 'wrong')).status).toBe(401)
  const { status, cookie } = await signIn(' Ann@Example.com ', 'secret')
  expect(status).toBe(204)
  const session = await ask('GET', '/auth/session', { headers: { cookie } })
  expect(await session.json()).toMatchObject({ user: { id: '7', name: 'Ann' }, rights: ['read'] })
})

it.each([
  ['the password changes', () => Object.assign(ann, { passwordHash: 'another' })],
  ['the role changes', () => Object.assign(ann, { isAdmin: true })],
  ['the user is gone', () => table.clear()],
])('ends sessions when %s', async (_, change) => {
  const { cookie } = await signIn('ann@example.com', 'secret')
  expect((await ask('GET', '', { headers: { cookie } })).status).toBe(200)
  change()
  // The next look at a session is a second later.
  vi.useFakeTimers({ now: Date.now() + 1_000, toFake: ['Date'] })
  expect((await ask('GET', '', { headers: { cookie } })).status).toBe(401)
})
