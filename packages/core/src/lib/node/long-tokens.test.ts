import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quick, testApp } from '../handler/test-app.ts'
import { nodeHandler } from './node-handler.ts'

const MEGABYTE = 1_048_576

let app: Awaited<ReturnType<typeof testApp>>
let server: Server
beforeEach(async () => {
  const secretKey = 'a secret key of the tests'
  app = await testApp({ auth: ['admin', 'secret'], secretKey })
})
afterEach(async () => {
  server.close()
  server.closeAllConnections()
  await app.stop()
})

async function serve(limits: { maxHeaderSize?: number }) {
  server = createServer(limits, nodeHandler(app.handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
}

/** Status of the answer; null when the server hung up before it. */
async function statusOf(path: string, headers: Record<string, string>): Promise<number | null> {
  const { port } = server.address() as AddressInfo
  const asked = request({ port, host: '127.0.0.1', path, headers, agent: false }).end()
  // Also told of a connection that ends once the answer was read.
  asked.on('error', () => {})
  try {
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    await once(answer, 'end')
    return answer.statusCode ?? null
  } catch {
    return null
  }
}

/** In use once garbage is collected. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

describe('a token of a megabyte', () => {
  const long = 'e'.repeat(MEGABYTE)
  const places: [name: string, headers: Record<string, string>][] = [
    ['a bearer token', { authorization: `Bearer ${long}` }],
    ['a bearer token in three parts', { authorization: `Bearer ${long}.${long}.${long}` }],
    ['a session', { cookie: `taskflow_session=${long}` }],
  ]

  it.each(places)('as %s is refused by Node with 431', async (_, headers) => {
    await serve({})
    expect([431, null]).toContain(await statusOf('/tasks', headers))
    expect(await statusOf('/tasks', {})).toBe(401)
    expect(app.errors).toEqual([])
  })

  it.each(places)('as %s is worth 401 where Node lets it in', async (_, headers) => {
    const { taskId } = await app.manager.enqueue(quick, {})
    await serve({ maxHeaderSize: 4 * MEGABYTE })
    const paths = ['/tasks', `/tasks/${taskId}/status`]
    for (const path of paths) expect(await statusOf(path, headers)).toBe(401)
    const before = heapInUse()
    for (let n = 0; n < 8; n++) {
      for (const path of paths) expect(await statusOf(path, headers)).toBe(401)
    }
    // Sixteen to forty-eight megabytes were sent.
    expect(heapInUse() - before).toBeLessThan(10 * MEGABYTE)
    expect(app.errors).toEqual([])
  })
})
