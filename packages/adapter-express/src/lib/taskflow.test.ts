import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { memoryStorage, TaskManager } from '@taskflow/core'
import { type AdapterHarness, describeAdapter } from '@taskflow/core/testing'
import express, { type ErrorRequestHandler, type Express } from 'express'
import express4 from 'express4'
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

async function listen(app: Express) {
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

const onError: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) next(error)
  else res.status(500).send(`app: ${error.message}`)
}

/** Express 4 has the same types as far as this goes, but hands on no rejections of its own. */
const harnessOf = (framework: typeof express): AdapterHarness => ({
  async serve({ manager, options, bodyParser, app: answer }) {
    const app = framework()
    if (bodyParser) app.use(framework.json(), framework.urlencoded({ extended: true }))
    app.use(taskflow(manager, options))
    app.use((req, res, next) => {
      const { method, originalUrl: path, tasks } = req
      answer({ method, path, tasks, text: () => text(req) })
        .then((response) => void res.status(response.status).send(response.text))
        .catch(next)
    })
    app.use(onError)
    return listen(app)
  },
})

describeAdapter('express 5', harnessOf(express), { describe, it })
describeAdapter('express 4', harnessOf(express4), { describe, it })

describe.each([
  ['5', express],
  ['4', express4],
])('express %s', (_, framework) => {
  const ends: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  async function serving(app: Express, manager: TaskManager): Promise<string> {
    app.use((req, res) => void res.send(`app ${req.originalUrl}`))
    app.use(onError)
    const { url, close } = await listen(app)
    ends.push(close, () => manager.stop({ graceMs: 0, abortMs: 0 }))
    return url
  }

  it('answers everything below a mount path, in any case', async () => {
    const manager = new TaskManager({ tasks: [] })
    const app = framework()
    app.use('/ops/jobs', taskflow(manager, { auth: false }))
    const url = await serving(app, manager)
    expect(await (await fetch(`${url}/OPS/jobs/health`)).json()).toEqual({ status: 'ok' })
    expect(await (await fetch(`${url}/ops/jobs/health?x`)).json()).toEqual({ status: 'ok' })
    expect(await (await fetch(`${url}/ops/jobs`)).json()).toEqual([])
    expect((await fetch(`${url}/ops/jobs/nothing`)).status).toBe(404)
    expect(await (await fetch(`${url}/ops/job`)).text()).toBe('app /ops/job')
    expect(await (await fetch(`${url}/tasks`)).text()).toBe('app /tasks')
  })

  it('is where the mount path says, though the first request spelt it in capitals', async () => {
    const manager = new TaskManager({ tasks: [] })
    const app = framework()
    app.use('/ops/jobs', taskflow(manager, { auth: ['admin', 'secret'], onWarning: () => {} }))
    const url = await serving(app, manager)
    const pathAt = async (path: string) => {
      const response = await fetch(`${url}${path}/dashboard`, { redirect: 'manual' })
      return response.headers.get('location')?.replace(/\?.*/, '')
    }
    expect(await pathAt('/OPS/jobs')).toBe('/OPS/jobs/auth/login')
    expect(await pathAt('/ops/jobs')).toBe('/ops/jobs/auth/login')
    expect(await pathAt('/OPS/JOBS')).toBe('/ops/jobs/auth/login')
  })

  it('takes a base path as the whole path, below a mount path too', async () => {
    const manager = new TaskManager({ tasks: [] })
    const app = framework()
    app.use('/ops', taskflow(manager, { auth: false, basePath: '/ops/jobs' }))
    const url = await serving(app, manager)
    expect(await (await fetch(`${url}/ops/jobs/health`)).json()).toEqual({ status: 'ok' })
    expect(await (await fetch(`${url}/ops/other`)).text()).toBe('app /ops/other')
  })

  it('tells onError of a start that failed', async () => {
    const storage = memoryStorage()
    storage.open = () => Promise.reject(new Error('no such storage'))
    const manager = new TaskManager({ tasks: [], storage })
    const errors: unknown[] = []
    const app = framework()
    app.use(taskflow(manager, { auth: false, onError: (error) => void errors.push(error) }))
    const url = await serving(app, manager)
    await expect
      .poll(() => errors, { timeout: 4_000 })
      .toMatchObject([{ cause: { code: 'unavailable' } }])
    expect((await fetch(`${url}/tasks/health`)).status).toBe(503)
    expect(await (await fetch(`${url}/other`)).text()).toBe('app /other')
  })
})
