import assert from 'node:assert/strict'
import { eventually, probe, serving } from './fixture.ts'
import type { AdapterHarness, AdapterTestRunner } from './harness.ts'

/** Server-Sent Events: at once, live, and gone with the client. */
export function describeStreams(harness: AdapterHarness, { describe, it }: AdapterTestRunner) {
  describe('streams', () => {
    it('sends events as they happen', () =>
      serving(harness, {}, async ({ url, manager }) => {
        const leave = new AbortController()
        const response = await fetch(`${url}/tasks/dashboard/stream?deltas=1`, {
          signal: leave.signal,
        })
        assert.equal(response.status, 200)
        assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
        const received = collect(response)
        await eventually('hello arrives', () => received().includes('event: hello'))
        const { taskId } = await manager.enqueue(probe, { note: 'seen' })
        await eventually('the task arrives', () => received().includes(taskId))
        leave.abort()
      }))

    it('answers HEAD without opening one', () =>
      serving(harness, { options: { maxStreams: 1 } }, async ({ url }) => {
        for (let i = 0; i < 3; i++) {
          const head = await fetch(`${url}/tasks/dashboard/stream`, { method: 'HEAD' })
          assert.equal(head.status, 200)
          assert.match(head.headers.get('content-type') ?? '', /^text\/event-stream/)
        }
      }))

    it('ends with the client: body cancelled, signal aborted', () => {
      let cancelled = false
      let signal: AbortSignal | undefined
      const auth = async (request: Request) => {
        signal = request.signal
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
          cancel: () => {
            cancelled = true
          },
        })
        return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
      }
      return serving(harness, { options: { auth } }, async ({ url }) => {
        const leave = new AbortController()
        const response = await fetch(`${url}/tasks`, { signal: leave.signal })
        const received = collect(response)
        await eventually('the first event arrives', () => received() === 'data: 1\n\n')
        assert.equal(cancelled, false)
        leave.abort()
        await eventually('the body is cancelled', () => cancelled)
        await eventually('the signal aborts', () => signal?.aborted)
      })
    })
  })
}

/** Reads a body in the background; the function it returns tells what has come so far. */
function collect(response: Response): () => string {
  let text = ''
  const read = async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true })
  }
  // The test ends the stream by leaving, which fails the read.
  read().catch(() => undefined)
  return () => text
}
