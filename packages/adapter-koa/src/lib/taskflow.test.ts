import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { memoryStorage, TaskManager } from '@taskflow/core'
import { type AdapterHarness, describeAdapter } from '@taskflow/core/testing'
import Koa, { type Middleware } from 'koa'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { taskflow } from './taskflow.ts'

// The real one wants to be built first; the end-to-end tests have it.
vi.mock('@taskflow/ui/server', () => ({
  dashboardUi: () => ({
    page: () => '<taskflow-dashboard></taskflow-dashboard>',
    loginPage: () => '<form></form>',
    asset: async () => null,
  }),
}))

async function listen(app: Koa) {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** What Koa's body parsers do. */
const parseBody: Middleware = async (ctx, next) => {
  const body = await text(ctx.req)
  const parsed = ctx.is('json') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))
  Object.assign(ctx.request, { body: parsed })
  await next()
}

const harness: AdapterHarness = {
  async serve({ manager, options, bodyParser, app: answer }) {
    const app = new Koa()
    app.silent = true
    if (bodyParser) app.use(parseBody)
    app.use(taskflow(manager, options))
    app.use(async (ctx) => {
      const { method, originalUrl: path, tasks } = ctx
      const response = await answer({ method, path, tasks, text: () => text(ctx.req) })
      ctx.status = response.status
      ctx.body = response.text
    })
    return listen(app)
  },
}

describeAdapter('koa', harness, { describe, it })

describe('koa', () => {
  const ends: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  async function serving(app: Koa, manager: TaskManager): Promise<string> {
    const { url, close } = await listen(app)
    ends.push(close, () => manager.stop({ graceMs: 0, abortMs: 0 }))
    return url
  }

  it('prefers the bytes a parser kept', async () => {
    const manager = new TaskManager({ tasks: [] })
    const app = new Koa()
    app.use(async (ctx, next) => {
      Object.assign(ctx.request, { rawBody: await text(ctx.req), body: { parsed: true } })
      await next()
    })
    app.use(taskflow(manager, { auth: false }))
    const url = await serving(app, manager)
    const headers = { 'content-type': 'application/json' }
    const malformed = await fetch(`${url}/tasks`, { method: 'POST', body: '{', headers })
    expect(malformed.status).toBe(400)
  })

  it('finds its base path below a rewritten path', async () => {
    const manager = new TaskManager({ tasks: [] })
    const app = new Koa()
    app.use(async (ctx, next) => {
      ctx.path = ctx.path.replace(/^\/ops/, '')
      await next()
    })
    app.use(taskflow(manager, { auth: false, basePath: '/ops/jobs' }))
    const url = await serving(app, manager)
    expect(await (await fetch(`${url}/ops/jobs/health`)).json()).toEqual({ status: 'ok' })
  })

  it('tells the manager of a start that failed, and the app goes on', async () => {
    const storage = memoryStorage()
    storage.open = () => Promise.reject(new Error('no such storage'))
    const errors: unknown[] = []
    const onError = (error: unknown) => void errors.push(error)
    const manager = new TaskManager({ tasks: [], storage, onError })
    const app = new Koa()
    app.use(taskflow(manager, { auth: false }))
    app.use((ctx) => {
      ctx.body = 'app'
    })
    const url = await serving(app, manager)
    await expect.poll(() => errors.length, { timeout: 4_000 }).toBeGreaterThan(0)
    expect((await fetch(`${url}/tasks/health`)).status).toBe(503)
    expect(await (await fetch(`${url}/other`)).text()).toBe('app')
  })
})
