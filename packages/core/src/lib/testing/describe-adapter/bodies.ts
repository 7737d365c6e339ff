import assert from 'node:assert/strict'
import { probe, serving, succeeded } from './fixture.ts'
import type { AdapterHarness, AdapterTestRunner } from './harness.ts'

/** Request bodies, read by nobody before or by an earlier parser. */
export function describeBodies(harness: AdapterHarness, { describe, it }: AdapterTestRunner) {
  for (const bodyParser of [false, true]) {
    describe(bodyParser ? 'bodies after a body parser' : 'bodies', () => {
      it('takes JSON', () =>
        serving(harness, { bodyParser }, async ({ url, manager }) => {
          const posted = await postJson(
            `${url}/tasks`,
            JSON.stringify({ func_name: probe.name, payload: { note: 'grüße ✓' } }),
          )
          assert.equal(posted.status, 201)
          const { task_id } = (await posted.json()) as { task_id: string }
          await succeeded(manager, task_id)
          assert.deepEqual((await manager.get(task_id))?.result, { note: 'grüße ✓' })
        }))

      it('takes a form', () =>
        serving(
          harness,
          { bodyParser, options: { auth: ['admin', 'p&ss wörd'] } },
          async ({ url }) => {
            const login = await fetch(`${url}/tasks/auth/login`, {
              method: 'POST',
              redirect: 'manual',
              body: new URLSearchParams({ username: 'admin', password: 'p&ss wörd' }),
            })
            assert.ok([302, 303].includes(login.status), `redirects, not ${login.status}`)
            assert.equal(login.headers.getSetCookie().length > 0, true)
          },
        ))

      it('takes a request without a body', () =>
        serving(harness, { bodyParser }, async ({ url, manager }) => {
          const { taskId } = await manager.enqueue(probe, { note: 'once' })
          await succeeded(manager, taskId)
          const refused = await fetch(`${url}/tasks/${taskId}/retry`, { method: 'POST' })
          assert.equal(refused.status, 400)
          assert.equal(((await refused.json()) as { code: string }).code, 'invalid_input')
        }))
    })
  }

  describe('bad bodies', () => {
    it('answers malformed JSON with 400', () =>
      serving(harness, {}, async ({ url }) => {
        const malformed = await postJson(`${url}/tasks`, '{"func_name":')
        assert.equal(malformed.status, 400)
        assert.match(malformed.headers.get('content-type') ?? '', /^application\/problem\+json/)
        assert.equal(((await malformed.json()) as { code: string }).code, 'invalid_input')
      }))

    it('answers a body that is too large with 413, and goes on', () =>
      serving(harness, { options: { maxBodyBytes: 1_000 } }, async ({ url }) => {
        const payload = { note: 'x'.repeat(2_000_000) }
        const refused = await postJson(
          `${url}/tasks`,
          JSON.stringify({ func_name: probe.name, payload }),
        )
        assert.equal(refused.status, 413)
        await refused.text()
        assert.equal((await fetch(`${url}/tasks/health`)).status, 200)
      }))
  })
}

function postJson(url: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
}
