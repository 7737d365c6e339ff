import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { chargeCard, makeApp } from './app.ts'
import { shopServer } from './shop.ts'

// The real one wants to be built first; the end-to-end tests have it, with a browser.
vi.mock('@taskflow/ui/server', () => ({
  dashboardUi: () => ({ page: () => '<p>', loginPage: () => '<form>', asset: async () => null }),
}))

const app = makeApp('http://localhost:1')
const server = shopServer(app)
let url: string
let taskId: string

beforeAll(async () => {
  await app.tasks.start()
  ;({ taskId } = await app.tasks.enqueue(chargeCard))
  await vi.waitFor(async () => expect((await app.tasks.get(taskId))?.status).toBe('failed'), {
    timeout: 20_000,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  // The export writes for ten seconds; nobody waits for it.
  await app.tasks.stop({ graceMs: 0 })
})

/** The token that a page brings, and the session. */
async function visit(name: string) {
  const page = await fetch(`${url}/${name}`)
  const cookies = page.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')
  const html = await page.text()
  const inPage = /name="csrf-token" content="([^"]+)"/.exec(html)?.[1]
  const inCookie = cookies.find((cookie) => cookie.startsWith('csrftoken='))?.slice(10)
  return { cookie: cookies.join('; '), token: inPage ?? inCookie ?? '', html }
}

it.each([
  ['rails', 'X-CSRF-Token'],
  ['django', 'X-CSRFToken'],
])(
  'the proxy of %s lets reading through, and changes with the token of the page',
  async (name, header) => {
    const { cookie, token } = await visit(name)
    expect(token).not.toBe('')
    const base = `${url}/${name}/tasks`
    expect((await fetch(base, { headers: { cookie } })).status).toBe(200)
    const retry = (more: Record<string, string>) =>
      fetch(`${base}/${taskId}/retry`, { method: 'POST', headers: { cookie, ...more } })
    expect((await retry({})).status).toBe(403)
    expect((await retry({ [header]: `${token.slice(1)}x` })).status).toBe(403)
    expect((await retry({ [header]: token })).status).toBe(200)
  },
)

it('the page of an export brings a token for its run alone', async () => {
  const { html, cookie } = await visit('export')
  expect(cookie).toBe('')
  const [, run = ''] = /run-id="([^"]+)"/.exec(html) ?? []
  const [, token = ''] = / token="([^"]+)"/.exec(html) ?? []
  const headers = { authorization: `Bearer ${token}` }
  expect((await fetch(`${url}/tasks/${run}/status`, { headers })).status).toBe(200)
  expect((await fetch(`${url}/tasks/${taskId}/status`, { headers })).status).toBe(401)
  expect((await fetch(`${url}/tasks`, { headers })).status).toBe(401)
})
