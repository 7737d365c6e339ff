import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import * as forExpress from '@taskflow/adapter-express'
import * as forHono from '@taskflow/adapter-hono'
import * as forKoa from '@taskflow/adapter-koa'
import { createHandler, defineTask, type HandlerOptions, TaskManager } from '@taskflow/core'
import { nodeHandler } from '@taskflow/core/node'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import type { Context, Values } from './context.ts'

const PATH = '/tasks?limit=100'
const ROUNDS = 7
const CONNECTIONS = 10

interface Served {
  url: string
  close(): void
}

/**
 * What an adapter adds to a list page of a hundred tasks. Beside it a bare `node:http` server that
 * asks the same handler and writes the same bytes, with nothing in between; in turns, since a
 * machine is not as fast at all hours.
 */
export async function http(context: Context): Promise<Values> {
  const task = defineTask({ name: 'bench', run: () => {} })
  const manager = new TaskManager({ tasks: [task], concurrency: 0 })
  await manager.enqueueMany(task, Array(100).fill({ payload: undefined }))
  const options: HandlerOptions = {
    auth: false,
    ui: { page: () => '', loginPage: () => '', asset: async () => null },
    onWarning: () => {},
  }
  const requests = Math.max(20, Math.round(context.settings.count / 20))
  const bare = await listen(bareServer(manager, options))
  const values: Values = {}
  for (const [name, serve] of Object.entries(adapters)) {
    const server = await serve(manager, options)
    const ratios: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const [own, other] = [await timed(bare.url, requests), await timed(server.url, requests)]
      // The first round warms up.
      if (round > 0) ratios.push(other / own)
    }
    server.close()
    values[`http-${name}`] = (median(ratios) - 1) * 100
  }
  bare.close()
  await manager.stop()
  return values
}

/** As little as there can be between a socket and the handler. */
function bareServer(manager: TaskManager, options: HandlerOptions): RequestListener {
  const handler = createHandler(manager, options)
  return async (_, res) => {
    const response = await handler(new Request(`http://localhost${PATH}`))
    const body = new Uint8Array(await response.arrayBuffer())
    res.writeHead(response.status, Object.fromEntries(response.headers))
    res.end(body)
  }
}

type Serve = (manager: TaskManager, options: HandlerOptions) => Promise<Served>

const adapters: Record<string, Serve> = {
  node: (manager, options) => listen(nodeHandler(createHandler(manager, options))),
  express: (manager, options) => listen(express().use(forExpress.taskflow(manager, options))),
  koa: (manager, options) => listen(new Koa().use(forKoa.taskflow(manager, options)).callback()),
  async hono(manager, options) {
    const app = new Hono<forHono.TaskflowEnv>()
    app.use(forHono.taskflow(manager, options))
    const server = createAdaptorServer({ fetch: app.fetch })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return served(server.address() as AddressInfo, () => server.close())
  },
}

async function listen(listener: RequestListener): Promise<Served> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return served(server.address() as AddressInfo, () => server.close())
}

function served({ port }: AddressInfo, close: () => void): Served {
  return { url: `http://127.0.0.1:${port}${PATH}`, close }
}

/** Milliseconds for that many requests over a few connections that stay open. */
async function timed(url: string, requests: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  let left = requests
  const start = performance.now()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) {
        const asked = request(url, { agent }).end()
        const [response] = (await once(asked, 'response')) as [IncomingMessage]
        if (response.statusCode !== 200) throw new Error(`expected 200, got ${response.statusCode}`)
        response.resume()
        await once(response, 'end')
      }
    }),
  )
  const elapsed = performance.now() - start
  agent.destroy()
  return elapsed
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
