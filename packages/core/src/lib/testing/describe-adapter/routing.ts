import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { serving } from './fixture.ts'
import type { AdapterHarness, AdapterTestRunner, AppRequest } from './harness.ts'

/** What is answered, and what is left to the app. */
export function describeRouting(harness: AdapterHarness, { describe, it }: AdapterTestRunner) {
  const app = async ({ method, path }: AppRequest) => ({ status: 200, text: `${method} ${path}` })

  describe('routing', () => {
    it('answers the base path and what lies below', () =>
      serving(harness, { app }, async ({ url }) => {
        const list = await fetch(`${url}/tasks`)
        assert.equal(list.status, 200)
        assert.deepEqual(await list.json(), [])
        const health = await fetch(`${url}/tasks/health?x=1`)
        assert.equal(health.status, 200)
        assert.deepEqual(await health.json(), { status: 'ok' })
      }))

    it('takes a trailing slash for nothing', () =>
      serving(harness, { app }, async ({ url }) => {
        assert.deepEqual(await (await fetch(`${url}/tasks/`)).json(), [])
        assert.deepEqual(await (await fetch(`${url}/tasks/health/`)).json(), { status: 'ok' })
      }))

    it('passes everything else on, with path, query and body', () =>
      serving(
        harness,
        {
          app: async ({ method, path, text }) => ({
            status: 200,
            text: `${method} ${path} ${await text()}`,
          }),
        },
        async ({ url }) => {
          assert.equal(await (await fetch(`${url}/`)).text(), 'GET / ')
          assert.equal(await (await fetch(`${url}/tasksy?a=b`)).text(), 'GET /tasksy?a=b ')
          const posted = await fetch(`${url}/orders/tasks`, { method: 'POST', body: '{"n":1}' })
          assert.equal(await posted.text(), 'POST /orders/tasks {"n":1}')
        },
      ))

    it('serves another base path, and leaves /tasks to the app', () =>
      serving(harness, { app, options: { basePath: '/internal/jobs' } }, async ({ url }) => {
        const health = await fetch(`${url}/internal/jobs/health`)
        assert.deepEqual(await health.json(), { status: 'ok' })
        assert.equal(await (await fetch(`${url}/tasks/health`)).text(), 'GET /tasks/health')
        assert.equal(await (await fetch(`${url}/internal`)).text(), 'GET /internal')
      }))

    it('answers HEAD as GET, without a body', () =>
      serving(harness, { app }, async ({ url }) => {
        const head = await fetch(`${url}/tasks/health`, { method: 'HEAD' })
        assert.equal(head.status, 200)
        assert.match(head.headers.get('content-type') ?? '', /^application\/json/)
        assert.equal(await head.text(), '')
      }))

    it('answers for no other path than was asked for, whatever the host', () =>
      serving(harness, { app }, async ({ url }) => {
        const asked = get(`${url}/tasks/nothing`, { headers: { host: 'x/tasks/health#' } })
        const [response] = (await once(asked, 'response')) as [IncomingMessage]
        response.resume()
        assert.equal(response.statusCode, 400)
      }))

    it('answers 404 to an id that does not exist', () =>
      serving(harness, { app }, async ({ url }) => {
        const missing = await fetch(`${url}/tasks/01900000-0000-7000-8000-000000000000`)
        assert.equal(missing.status, 404)
        assert.match(missing.headers.get('content-type') ?? '', /^application\/problem\+json/)
        assert.equal(((await missing.json()) as { code: string }).code, 'not_found')
      }))

    it('brings the dashboard along', () =>
      serving(harness, { app }, async ({ url }) => {
        const page = await fetch(`${url}/tasks/dashboard`)
        assert.equal(page.status, 200)
        assert.match(await page.text(), /<taskflow-dashboard/)
      }))

    it("leaves the app's errors to the framework, and goes on", () =>
      serving(
        harness,
        {
          app: async () => {
            throw new Error('the app broke')
          },
        },
        async ({ url }) => {
          const broken = await fetch(`${url}/broken`)
          assert.equal(broken.status, 500)
          await broken.text()
          assert.equal((await fetch(`${url}/tasks/health`)).status, 200)
        },
      ))
  })
}
