import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { eventually, serving } from './fixture.ts'
import type { AdapterHarness, AdapterTestRunner } from './harness.ts'

/** How responses reach the client. An `auth` function may answer with any response, so ours does. */
export function describeResponses(harness: AdapterHarness, { describe, it }: AdapterTestRunner) {
  const answering = (answer: (request: Request, native: unknown) => Response) => ({
    options: { auth: async (request: Request, native: unknown) => answer(request, native) },
  })

  describe('responses', () => {
    it('sends every cookie on its own', () => {
      const headers = new Headers()
      headers.append('set-cookie', 'a=1; Path=/')
      headers.append('set-cookie', 'b=2; Path=/')
      return serving(
        harness,
        answering(() => new Response('ok', { headers })),
        async ({ url }) => {
          const response = await fetch(`${url}/tasks`)
          assert.deepEqual(response.headers.getSetCookie(), ['a=1; Path=/', 'b=2; Path=/'])
        },
      )
    })

    it('sends a big response at the pace of the client', () => {
      const chunk = new Uint8Array(64 * 1024).fill(120)
      const chunks = 1_000
      let pulled = 0
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled++
          controller.enqueue(chunk)
          if (pulled === chunks) controller.close()
        },
      })
      return serving(
        harness,
        answering(() => new Response(body)),
        async ({ url }) => {
          const socket = connect(Number(new URL(url).port), '127.0.0.1')
          socket.pause()
          socket.write('GET /tasks HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n')
          await stands(() => pulled)
          assert.ok(pulled < chunks / 2, `waits for the client after ${pulled} chunks`)
          let received = 0
          socket.on('data', (data) => {
            received += data.length
          })
          socket.resume()
          await once(socket, 'end')
          socket.destroy()
          assert.ok(received > chunks * chunk.length, `all arrives, not ${received} bytes`)
        },
      )
    })

    it('cuts the connection when a response fails midway, and goes on', () => {
      const failing = () => {
        let sent = false
        return new ReadableStream<Uint8Array>({
          pull(controller) {
            if (sent) return controller.error(new Error('the body broke'))
            sent = true
            controller.enqueue(new TextEncoder().encode('half'))
          },
        })
      }
      return serving(
        harness,
        answering((request) =>
          request.headers.has('x-fail') ? new Response(failing()) : new Response('whole'),
        ),
        async ({ url }) => {
          await assert.rejects(
            fetch(`${url}/tasks`, { headers: { 'x-fail': '1' } }).then((half) => half.text()),
          )
          assert.equal(await (await fetch(`${url}/tasks`)).text(), 'whole')
        },
      )
    })

    it("hands the framework's own request to auth", () => {
      let seen: unknown
      return serving(
        harness,
        answering((_, native) => {
          seen = native
          return new Response('ok')
        }),
        async ({ url }) => {
          await (await fetch(`${url}/tasks`)).text()
          assert.ok(typeof seen === 'object' && seen !== null)
        },
      )
    })
  })
}

/** Waits until a number has not grown between two looks 100 ms apart. */
async function stands(count: () => number): Promise<void> {
  let before = 0
  let lookedAt = performance.now()
  await eventually('the number stands still', () => {
    if (performance.now() - lookedAt < 100) return false
    const still = count() > 0 && count() === before
    before = count()
    lookedAt = performance.now()
    return still
  })
}
