import { once } from 'node:events'
import { createServer, type Server, type ServerOptions } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testApp } from '../handler/test-app.ts'
import { nodeHandler } from './node-handler.ts'

let app: Awaited<ReturnType<typeof testApp>>
let server: Server
beforeEach(async () => {
  app = await testApp()
})
afterEach(async () => {
  server.close()
  server.closeAllConnections()
  await app.stop()
})

async function serve(limits: ServerOptions) {
  server = createServer(limits, nodeHandler(app.handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
}

/** What comes back for bytes as they are, until the server ends the connection. */
async function sent(request: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (data) => {
    text += data
  })
  // A server that hangs up before it has read all may reset the connection.
  socket.on('error', () => {})
  socket.write(request)
  await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return text
}

const HEAD = 'POST /tasks HTTP/1.1\r\nHost: app\r\nContent-Type: application/json\r\n'

describe("a server with Node's limits", () => {
  it.each([
    ['a body that stops', `${HEAD}Content-Length: 100\r\n\r\n{"func_name":`],
    ['a chunked body that stops', `${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n`],
    ['headers that stop', HEAD],
  ])('ends %s with 408, and the app hears of no error', async (_, request) => {
    // Five minutes and one, as Node ships.
    await serve({ requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 50 })
    expect(await sent(request)).toMatch(/^HTTP\/1\.1 408 /)
    expect(app.errors).toEqual([])
    expect((await app.json('GET')).body).toEqual([])
  })

  it.each([
    ['ten thousand headers', `${HEAD}${'x-a: 1\r\n'.repeat(10_000)}\r\n`],
    ['a path of 20 000 characters', `GET /tasks?search=${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`],
  ])('refuses %s with 431, if the client still listens', async (_, request) => {
    await serve({})
    expect(await sent(request)).toMatch(/^(HTTP\/1\.1 431 |$)/)
    expect(app.errors).toEqual([])
  })
})
