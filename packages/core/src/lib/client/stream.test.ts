import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { reconnectDelay } from './backoff.ts'
import { openStream, type StreamMessage, type StreamStatus, type TaskflowStream } from './stream.ts'

/** A server whose connections the test writes to. */
function fakeServer() {
  const encoder = new TextEncoder()
  const connections: {
    url: string
    headers: Headers
    write: (text: string) => void
    end: () => void
  }[] = []
  let answer: (() => Response | Promise<Response>) | null = null
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    const refused = await answer?.()
    let write = (_: string) => {}
    let end = () => {}
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        write = (text) => controller.enqueue(encoder.encode(text))
        end = () => controller.close()
      },
    })
    connections.push({ url: String(url), headers: new Headers(init.headers), write, end })
    return refused ?? new Response(body)
  }
  return {
    fetch: fetch as typeof globalThis.fetch,
    connections,
    answerWith(next: typeof answer) {
      answer = next
    },
    get last() {
      const connection = connections.at(-1)
      if (!connection) throw new Error('nothing connected')
      return connection
    },
  }
}

const hello = (heartbeat: number) =>
  `id: e.1\nevent: hello\ndata: ${JSON.stringify({ protocol: 1, heartbeat_ms: heartbeat })}\n\n`

let server: ReturnType<typeof fakeServer>
let messages: StreamMessage[]
let statuses: StreamStatus[]
let stream: TaskflowStream | undefined

function open(more: Partial<Parameters<typeof openStream>[0]> = {}) {
  stream = openStream({
    base: '/tasks',
    fetch: server.fetch,
    onMessage: (message) => messages.push(message),
    onStatus: (status) => statuses.push(status),
    random: () => 1,
    ...more,
  })
  return stream
}

const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  server = fakeServer()
  messages = []
  statuses = []
})

afterEach(() => {
  stream?.close()
  vi.useRealTimers()
})

describe('openStream', () => {
  it('asks for deltas without logs and yields typed events, also across chunks', async () => {
    open({ lastEventId: 'e.0' })
    await settle()
    expect(server.last.url).toBe('/tasks/dashboard/stream?deltas=1&logs=0')
    expect(server.last.headers.get('last-event-id')).toBe('e.0')
    server.last.write('id: e.2\nevent: removed\ndata: {"task_')
    server.last.write('ids":["a"]}\n\n')
    await settle()
    expect(messages).toEqual([{ type: 'removed', data: { task_ids: ['a'] }, id: 'e.2' }])
    expect(stream?.status.state).toBe('live')
  })

  it('follows one task when asked to', async () => {
    open({ taskId: 'a' })
    await settle()
    expect(server.last.url).toContain('task_id=a')
  })

  it('reconnects after a drop and continues after the last event', async () => {
    open()
    await settle()
    server.last.write(hello(1000))
    await settle()
    server.last.end()
    await settle()
    expect(stream?.status.state).toBe('offline')
    await vi.advanceTimersByTimeAsync(500)
    expect(server.connections).toHaveLength(2)
    expect(server.last.headers.get('last-event-id')).toBe('e.1')
  })

  it('gives a connection up that was silent for two and a half heartbeats', async () => {
    open()
    await settle()
    server.last.write(hello(1000))
    await vi.advanceTimersByTimeAsync(2499)
    expect(stream?.status.state).toBe('live')
    await vi.advanceTimersByTimeAsync(1)
    expect(stream?.status.state).toBe('offline')
  })

  it('takes a comment for a sign of life', async () => {
    open()
    await settle()
    server.last.write(hello(1000))
    await vi.advanceTimersByTimeAsync(2000)
    server.last.write(': keep-alive\n\n')
    await vi.advanceTimersByTimeAsync(2000)
    expect(stream?.status.state).toBe('live')
  })

  it('waits at least as long as the server asks for', async () => {
    open()
    await settle()
    server.last.write('retry: 4000\n\n')
    await settle()
    server.last.end()
    await settle()
    await vi.advanceTimersByTimeAsync(3999)
    expect(server.connections).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(501)
    expect(server.connections).toHaveLength(2)
  })

  it('honours Retry-After of a refusal and says error', async () => {
    server.answerWith(() => Response.json({}, { status: 503, headers: { 'retry-after': '9' } }))
    open()
    await settle()
    expect(stream?.status).toMatchObject({ state: 'error', error: { status: 503 } })
    await vi.advanceTimersByTimeAsync(8999)
    expect(server.connections).toHaveLength(1)
  })

  it('stops at 401 until it is told to try again', async () => {
    server.answerWith(() => Response.json({}, { status: 401 }))
    open()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(stream?.status.state).toBe('unauthorised')
    expect(server.connections).toHaveLength(1)
    server.answerWith(null)
    stream?.retryNow()
    await settle()
    server.last.write(hello(1000))
    await settle()
    expect(stream?.status.state).toBe('live')
  })

  it('asks to poll after three attempts without a byte, and goes live when one gets through', async () => {
    open()
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await settle()
      server.last.end()
      await settle()
      if (attempt < 3) await vi.advanceTimersByTimeAsync(30_000)
    }
    expect(stream?.status.state).toBe('polling')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(stream?.status.state).toBe('polling')
    server.last.write(hello(1000))
    await settle()
    expect(stream?.status.state).toBe('live')
  })

  it('tries at once when the network is back', async () => {
    const network = new EventTarget()
    vi.stubGlobal('addEventListener', network.addEventListener.bind(network))
    vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network))
    server.answerWith(() => Promise.reject(new TypeError('offline')))
    open({ random: () => 0.9 })
    await settle()
    expect(statuses.at(-1)?.state).toBe('offline')
    server.answerWith(null)
    network.dispatchEvent(new Event('online'))
    await settle()
    server.last.write(hello(1000))
    await settle()
    expect(stream?.status.state).toBe('live')
    vi.unstubAllGlobals()
  })

  it('is over after close, which may be called twice', async () => {
    const mine = open()
    await settle()
    server.last.write(hello(1000))
    await settle()
    mine.close()
    mine.close()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(server.connections).toHaveLength(1)
  })
})

describe('reconnectDelay', () => {
  it('doubles its ceiling up to half a minute, with full jitter', () => {
    const ceilings = [1, 2, 3, 7, 20].map((failures) => reconnectDelay(failures, 0, () => 1))
    expect(ceilings).toEqual([500, 1000, 2000, 30_000, 30_000])
    expect(reconnectDelay(5, 0, () => 0)).toBe(0)
    expect(reconnectDelay(1, 4000, () => 0.5)).toBe(4250)
    // Whatever a proxy asks for, it is a time that timers know.
    expect(reconnectDelay(1, 1e12)).toBe(2 ** 31 - 1)
  })
})
