import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type { NodeRequest } from './node-message.ts'
import { type ToRequestOptions, toRequest } from './to-request.ts'

const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A server that echoes the request `toRequest` makes, after `before` did with it what it wants. */
async function echo(
  before: (req: NodeRequest) => Promise<ToRequestOptions | undefined>,
): Promise<string> {
  const server = createServer(async (req, res) => {
    const request = toRequest(req, res, await before(req))
    const headers = Object.fromEntries(request.headers)
    const answer = { method: request.method, url: request.url, headers, body: await request.text() }
    res.end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Echo {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}

async function read(response: Response): Promise<Echo> {
  return (await response.json()) as Echo
}

async function post(url: string, body: string, type = 'application/json'): Promise<Echo> {
  return read(await fetch(url, { method: 'POST', body, headers: { 'content-type': type } }))
}

/** What a body parser does: reads everything, then leaves `left` of it. */
function parser(left: (bytes: Buffer) => Partial<NodeRequest>) {
  return async (req: NodeRequest) => {
    Object.assign(req, left(await buffer(req)))
    return undefined
  }
}

describe('toRequest', () => {
  it('streams a body that nobody has read', async () => {
    const url = await echo(async () => undefined)
    const got = await post(`${url}/tasks?x=1`, '{"a":1}')
    expect(got).toMatchObject({ method: 'POST', url: `${url}/tasks?x=1`, body: '{"a":1}' })
    expect(got.headers['content-length']).toBe('7')
  })

  it.each([
    ['JSON', (bytes: Buffer) => ({ body: JSON.parse(String(bytes)) }), '{"a":1}'],
    ['text', (bytes: Buffer) => ({ body: String(bytes) }), '{ "a": 1 }'],
    ['bytes', (bytes: Buffer) => ({ body: bytes }), '{ "a": 1 }'],
    ['kept raw bytes', (bytes: Buffer) => ({ body: { a: 1 }, rawBody: bytes }), '{ "a": 1 }'],
    ['nothing', () => ({}), ''],
  ])('makes a consumed body anew from %s', async (_, left, body) => {
    const url = await echo(parser(left))
    const got = await post(url, '{ "a": 1 }')
    expect(got).toMatchObject({ method: 'POST', body })
    expect(got.headers).toHaveProperty('content-type', 'application/json')
    expect(got.headers).not.toHaveProperty('content-length')
  })

  it('makes a consumed form anew', async () => {
    const url = await echo(parser(() => ({ body: { user: 'a&b', role: ['x', 'y'] } })))
    const got = await post(url, 'user=a%26b&role=x&role=y', 'application/x-www-form-urlencoded')
    expect(got.body).toBe('user=a%26b&role=x&role=y')
  })

  it('takes what a parser left elsewhere', async () => {
    const url = await echo(async (req) => ({
      parsed: { body: JSON.parse(String(await buffer(req))) },
    }))
    expect((await post(url, '{ "a": 1 }')).body).toBe('{"a":1}')
  })

  it('prefers the original URL to the one a mount path was cut off', async () => {
    const url = await echo(async (req) => {
      req.originalUrl = req.url ?? ''
      req.url = '/rest'
      return undefined
    })
    expect((await post(`${url}/mount/rest`, '{}')).url).toBe(`${url}/mount/rest`)
  })

  it('takes nothing of forwarded headers: what they are worth the handler knows', async () => {
    const headers = { 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'https' }
    const url = await echo(async () => undefined)
    expect((await read(await fetch(url, { headers }))).url).toBe(`${url}/`)
  })
})
