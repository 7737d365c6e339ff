import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type { TaskflowHandler } from '../handler/create-handler.ts'
import { type NodeHandlerOptions, nodeHandler } from './node-handler.ts'

type From = Parameters<TaskflowHandler>[1]

const servers: { close(): unknown }[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

function handlerOf(
  answer: (request: Request, from: From) => Response | Promise<Response>,
): TaskflowHandler {
  const handler = async (request: Request, from?: From) => answer(request, from)
  const owns = (path: string) => path.startsWith('/tasks')
  return Object.assign(handler, { basePath: '/tasks', owns, close: () => {} })
}

async function listen(server: Server): Promise<string> {
  servers.push({ close: () => server.closeAllConnections() }, server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function serve(
  answer: (request: Request, from: From) => Response | Promise<Response>,
  options: NodeHandlerOptions = {},
): Promise<string> {
  return listen(createServer(nodeHandler(handlerOf(answer), options)))
}

/** Sends text over a bare socket and reads until the server closes. */
async function raw(url: string, request: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end(request)
  return text(socket)
}

describe('nodeHandler', () => {
  it('passes method, URL, headers, body, address and native request', async () => {
    const url = await serve(async (request, from) =>
      Response.json({
        method: request.method,
        url: request.url,
        header: request.headers.get('x-one'),
        body: await request.text(),
        address: from?.address,
        native: (from?.native as { url?: string } | undefined)?.url,
      }),
    )
    const response = await fetch(`${url}/tasks/a?b=c`, {
      method: 'POST',
      body: 'hello',
      headers: { 'x-one': '1' },
    })
    expect(await response.json()).toEqual({
      method: 'POST',
      url: `${url}/tasks/a?b=c`,
      header: '1',
      body: 'hello',
      address: '127.0.0.1',
      native: '/tasks/a?b=c',
    })
  })

  it('sends every cookie on its own and keeps those set before', async () => {
    const handler = nodeHandler(
      handlerOf(() => {
        const headers = new Headers()
        headers.append('set-cookie', 'a=1; Path=/')
        headers.append('set-cookie', 'b=2; Path=/')
        return new Response('ok', { headers })
      }),
    )
    const url = await listen(
      createServer((req, res) => {
        res.setHeader('set-cookie', 'host=3')
        return handler(req, res)
      }),
    )
    const { headers } = await fetch(url)
    expect(headers.getSetCookie().sort()).toEqual(['a=1; Path=/', 'b=2; Path=/', 'host=3'])
  })

  it('answers HEAD without a body and cancels it', async () => {
    let cancelled = false
    const cancel = () => {
      cancelled = true
    }
    const url = await serve(
      () => new Response(new ReadableStream({ cancel }), { headers: { 'x-one': '1' } }),
    )
    const response = await fetch(url, { method: 'HEAD' })
    expect(response.headers.get('x-one')).toBe('1')
    expect(await response.text()).toBe('')
    await expect.poll(() => cancelled, { timeout: 4_000 }).toBe(true)
  })

  it('opens an event stream before its first event', async () => {
    const url = await serve(
      () =>
        new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } }),
    )
    const leave = new AbortController()
    const response = await fetch(url, { signal: leave.signal })
    expect(response.status).toBe(200)
    leave.abort()
  })

  it('cancels the body and aborts the signal when the client leaves', async () => {
    let cancelled = false
    let signal: AbortSignal | undefined
    const url = await serve((request) => {
      signal = request.signal
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
        cancel: () => {
          cancelled = true
        },
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    })
    const leave = new AbortController()
    const response = await fetch(url, { signal: leave.signal })
    const first = await response.body?.getReader().read()
    expect(new TextDecoder().decode(first?.value)).toBe('data: 1\n\n')
    leave.abort()
    await expect.poll(() => cancelled, { timeout: 4_000 }).toBe(true)
    await expect.poll(() => signal?.aborted, { timeout: 4_000 }).toBe(true)
  })

  it('does not abort the signal after a complete response', async () => {
    let signal: AbortSignal | undefined
    const url = await serve((request) => {
      signal = request.signal
      return new Response('done')
    })
    await (await fetch(url, { headers: { connection: 'close' } })).text()
    await fetch(url)
    expect(signal?.aborted).toBe(false)
  })

  it('reads no faster than the client', async () => {
    let pulled = 0
    const chunk = new Uint8Array(64 * 1024)
    const url = await serve(() => {
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled++
          controller.enqueue(chunk)
          if (pulled === 2_000) controller.close()
        },
      })
      return new Response(body)
    })
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    // The buffers of two sockets are full when nothing is pulled between two looks.
    let before = -1
    await expect
      .poll(
        () => {
          const still = before === pulled && pulled > 0
          before = pulled
          return still
        },
        { interval: 100, timeout: 10_000 },
      )
      .toBe(true)
    expect(pulled).toBeLessThan(1_000)
    let received = 0
    socket.on('data', (data) => {
      received += data.length
    })
    socket.resume()
    await once(socket, 'end')
    expect(pulled).toBe(2_000)
    expect(received).toBeGreaterThan(2_000 * chunk.length)
    socket.destroy()
  })

  it('cuts the connection and reports when a body fails midway', async () => {
    const errors: unknown[] = []
    const boom = new Error('boom')
    const url = await serve(
      () => {
        let sent = false
        const body = new ReadableStream<Uint8Array>({
          pull(controller) {
            if (sent) return controller.error(boom)
            sent = true
            controller.enqueue(new Uint8Array(10))
          },
        })
        return new Response(body)
      },
      { onError: (error) => errors.push(error) },
    )
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow()
    await expect.poll(() => errors, { timeout: 4_000 }).toEqual([boom])
  })

  it('never rejects, though onError throws', async () => {
    const onError = () => {
      throw new Error('of onError')
    }
    const listener = nodeHandler(
      handlerOf(() => {
        throw new Error('down')
      }),
      { onError },
    )
    const ends: Promise<void>[] = []
    const url = await listen(createServer((req, res) => void ends.push(listener(req, res))))
    expect((await fetch(`${url}/tasks`)).status).toBe(500)
    await expect(Promise.all(ends)).resolves.toHaveLength(1)
  })

  it('answers 400 to a host that makes no URL', async () => {
    const url = await serve(() => new Response('no'))
    const answer = await raw(url, 'GET /tasks HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/)
    expect(answer).toContain('application/problem+json')
    expect(answer).toContain('x-content-type-options: nosniff')
    expect(answer).toContain("content-security-policy: default-src 'none'")
  })

  it.each(['a/tasks/history#', 'a/b', 'a?', 'a#'])(
    'answers 400 to the host %j, which would make another path of the target',
    async (host) => {
      const url = await serve((request) => new Response(request.url))
      for (const body of ['', 'Content-Length: 2\r\n\r\n{}']) {
        const head = `${body === '' ? 'GET' : 'POST'} /tasks/x HTTP/1.1\r\nHost: ${host}\r\n`
        const answer = await raw(url, `${head}Connection: close\r\n${body || '\r\n'}`)
        expect(answer).toMatch(/^HTTP\/1.1 400 /)
      }
    },
  )

  it('takes a request that names no host', async () => {
    const url = await serve((request) => new Response(request.url))
    const answer = await raw(url, 'GET /tasks/x HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 200 /)
    expect(answer).toContain('http://localhost/tasks/x')
  })

  it("understands a proxy's absolute request target", async () => {
    const url = await serve((request) => new Response(request.url))
    const answer = await raw(
      url,
      'GET http://other/tasks/x?y HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n',
    )
    expect(answer).toContain('http://here/tasks/x?y')
  })

  it('lets the client see the answer to a body that nobody reads', async () => {
    const url = await serve(() => new Response('too large', { status: 413 }))
    const { port } = new URL(url)
    const body = 'x'.repeat(4_000_000)
    const answer = await raw(
      url,
      `POST /tasks HTTP/1.1\r\nHost: x:${port}\r\nContent-Length: ${body.length}\r\n\r\n${body}` +
        `GET /tasks HTTP/1.1\r\nHost: x:${port}\r\nConnection: close\r\n\r\n`,
    )
    expect(answer.match(/HTTP\/1.1 413 /g)).toHaveLength(2)
  })

  it('passes on what the handler does not own, with its body, and errors', async () => {
    const handler = nodeHandler(
      handlerOf(() => {
        throw new Error('boom')
      }),
    )
    const url = await listen(
      createServer((req, res) =>
        handler(req, res, (error) => {
          if (error) res.writeHead(500).end(String(error))
          else text(req).then((body) => res.end(`app: ${body}`))
        }),
      ),
    )
    const other = await fetch(`${url}/other`, { method: 'POST', body: 'hello' })
    expect(await other.text()).toBe('app: hello')
    const failed = await fetch(`${url}/tasks`)
    expect(failed.status).toBe(500)
    expect(await failed.text()).toBe('Error: boom')
    const dots = await raw(url, 'GET /x/../tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(dots).toMatch(/^HTTP\/1.1 500 /)
    const options = await raw(url, 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(options).toContain('app: ')
  })

  it('serves HTTP/2', async () => {
    const server = createHttp2Server(
      nodeHandler(handlerOf(async (request) => new Response(`got ${await request.text()}`))),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    servers.push(client, server)
    const stream = client.request({ ':path': '/tasks', ':method': 'POST' })
    stream.end('hello')
    expect(await text(stream)).toBe('got hello')
  })
})
