import { describe, expect, it } from 'vitest'
import { baseOfScript } from '../elements/connection/default-base.ts'
import { acquireStore } from './registry.ts'
import { SharedTransport } from './shared-transport.ts'

/** Answers with 401 unless there is a token; tells what came. */
function guarded() {
  const came: [string, string | null, string | null][] = []
  const fetch: typeof globalThis.fetch = async (_, init) => {
    const headers = new Headers(init?.headers)
    const token = headers.get('authorization')
    came.push([init?.method ?? 'GET', token, headers.get('x-csrf-token')])
    return new Response(null, { status: token ? 200 : 401 })
  }
  return { came, fetch }
}
const headers = () => ({ authorization: 'Bearer x' })

describe('the transport that elements share', () => {
  it('sends again what was refused while headers were on their way', async () => {
    const { came, fetch } = guarded()
    const transport = new SharedTransport()
    transport.configure({ fetch })
    const answer = transport.fetch('/tasks')
    expect(transport.configure({ headers })).toBe(true)
    expect((await answer).status).toBe(200)
    expect(came.map(([, token]) => token)).toEqual([null, 'Bearer x'])
  })

  it('takes a refusal for what it is when nothing new is known', async () => {
    const { came, fetch } = guarded()
    const transport = new SharedTransport()
    transport.configure({ fetch })
    expect((await transport.fetch('/tasks')).status).toBe(401)
    expect(came).toHaveLength(1)
  })

  it('adds the headers for changes to changes alone', async () => {
    const { came, fetch } = guarded()
    const transport = new SharedTransport()
    transport.configure({ fetch, headers, changeHeaders: () => ({ 'x-csrf-token': 't' }) })
    await transport.fetch('/tasks')
    await transport.fetch('/tasks/x/retry', { method: 'POST' })
    expect(came).toEqual([
      ['GET', 'Bearer x', null],
      ['POST', 'Bearer x', 't'],
    ])
  })

  it('keeps what earlier elements brought, and sees when nothing is new', () => {
    const transport = new SharedTransport()
    expect(transport.isPlain).toBe(true)
    expect(transport.configure({ headers })).toBe(true)
    expect(transport.configure({})).toBe(false)
    expect(transport.configure({ headers })).toBe(false)
    expect(transport.isPlain).toBe(false)
  })
})

describe('the store of a base', () => {
  it('is one for all who ask, and another for other credentials or clients', () => {
    const { fetch } = guarded()
    const options = { base: '/tasks', fetch }
    const one = acquireStore(options)
    const same = acquireStore({ base: '/tasks/' })
    const other = acquireStore({ ...options, credentials: 'include' })
    const own = acquireStore({ ...options, client: one.store.client })
    expect(same.store).toBe(one.store)
    expect(new Set([one.store, other.store, own.store]).size).toBe(3)
    for (const { release } of [one, same, other, own]) release()
  })

  it('polls as often as the page says, else as the server says', () => {
    const { store, release } = acquireStore({ base: '/polled', fetch: guarded().fetch })
    store.connection.serverPollMs = 10_000
    expect(store.connection.pollMs).toBe(10_000)
    store.configure({ base: '/polled', pollMs: 5_000 })
    expect(store.connection.pollMs).toBe(5_000)
    release()
  })
})

describe('the base of a script', () => {
  it.each([
    ['https://a.example/tasks/dashboard/assets/chunk-1.js', 'https://a.example/x', '/tasks'],
    ['https://a.example/in/a/dashboard/assets/taskflow.js', 'https://a.example/', '/in/a'],
    ['https://a.example/dashboard/assets/taskflow.js', 'https://a.example/', '/'],
    [
      'https://b.example/tasks/dashboard/assets/t.js',
      'https://a.example/',
      'https://b.example/tasks',
    ],
    ['https://a.example/node_modules/@taskflow/ui/dist/index.js', 'https://a.example/', null],
    ['nonsense', 'https://a.example/', null],
  ])('%s on %s is %s', (script, page, base) => {
    expect(baseOfScript(script, page)).toBe(base)
  })
})
