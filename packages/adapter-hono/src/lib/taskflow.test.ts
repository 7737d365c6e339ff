import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { defineTask, memoryStorage, TaskManager } from '@taskflow/core'
import { type AdapterHarness, describeAdapter } from '@taskflow/core/testing'
import { Hono } from 'hono'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type TaskflowEnv, taskflow } from './taskflow.ts'

// The real one wants to be built first; the end-to-end tests have it.
vi.mock('@taskflow/ui/server', () => ({
  dashboardUi: () => ({
    page: () => '<taskflow-dashboard></taskflow-dashboard>',
    loginPage: () => '<form></form>',
    asset: async () => null,
  }),
}))

async function listen(app: Hono<TaskflowEnv>) {
  const server = createAdaptorServer({ fetch: app.fetch })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
    },
  }
}

const harness: AdapterHarness = {
  async serve({ manager, options, bodyParser, app: answer }) {
    const app = new Hono<TaskflowEnv>()
    if (bodyParser) {
      app.use(async (c, next) => {
        const isJson = c.req.header('content-type')?.startsWith('application/json')
        await (isJson ? c.req.json() : c.req.parseBody())
        // Reads bodies that have no type too, as loggers do.
        await c.req.text()
        await next()
      })
    }
    app.use(taskflow(manager, options))
    app.all('*', async (c) => {
      const { pathname, search } = new URL(c.req.url)
      const { tasks } = c.var
      const path = pathname + search
      const { method } = c.req
      const response = await answer({ method, path, tasks, text: () => c.req.text() })
      return new Response(response.text, { status: response.status })
    })
    app.onError((error, c) => c.text(`app: ${error.message}`, 500))
    return listen(app)
  },
}

describeAdapter('hono', harness, { describe, it })

describe('hono', () => {
  const probe = defineTask({ name: 'probe', run: () => {} })
  const ends: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  function managing(storage = memoryStorage()): TaskManager {
    const manager = new TaskManager({ tasks: [probe], storage })
    ends.push(() => manager.stop({ graceMs: 0, abortMs: 0 }))
    return manager
  }

  it('works without a Node server, where tasks start once the response was handed over', async () => {
    const manager = managing()
    const app = new Hono<TaskflowEnv>()
    app.use(taskflow(manager, { auth: false }))
    app.post('/orders', async (c) => c.json(await c.var.tasks.enqueue(probe)))
    expect(await (await app.request('/tasks/health')).json()).toEqual({ status: 'ok' })
    const response = await app.request('/orders', { method: 'POST' })
    const { taskId } = (await response.json()) as { taskId: string }
    await expect
      .poll(async () => (await manager.get(taskId))?.status, { timeout: 4_000 })
      .toBe('success')
  })

  it('works below a base path of the app', async () => {
    const app = new Hono<TaskflowEnv>().basePath('/ops')
    app.use(taskflow(managing(), { auth: false, basePath: '/ops/jobs' }))
    expect(await (await app.request('/ops/jobs/health')).json()).toEqual({ status: 'ok' })
  })

  it('tells onError of a start that failed, and the app goes on', async () => {
    const storage = memoryStorage()
    storage.open = () => Promise.reject(new Error('no such storage'))
    const errors: unknown[] = []
    const onError = (error: unknown) => void errors.push(error)
    const app = new Hono<TaskflowEnv>()
    app.use(taskflow(managing(storage), { auth: false, onError }))
    await expect.poll(() => errors.length, { timeout: 4_000 }).toBeGreaterThan(0)
    expect((await app.request('/tasks/health')).status).toBe(503)
  })
})
