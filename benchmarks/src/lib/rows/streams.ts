import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createHandler, defineTask, TaskManager } from '@taskflow/core'
import { nodeHandler } from '@taskflow/core/node'
import { percentile } from '../statistics.ts'
import type { ReadersMessage } from '../workers/stream-readers.ts'
import type { Context, Values } from './context.ts'

const STREAM = '/tasks/dashboard/stream?deltas=1&logs=0'
const IDLE_STREAMS = 1_000
const STUCK_READERS = 200
/** Between two changes: each is a frame of its own. */
const APART_MS = 120
/** Until memory and buffers stand still. */
const SETTLE_MS = 5_000
const workerFile = fileURLToPath(new URL('../workers/stream-readers.ts', import.meta.url))

const task = defineTask({ name: 'bench', run: () => {} })

interface Server {
  manager: TaskManager
  port: number
  close(): Promise<void>
}

/** What live streams cost: bytes of a change, memory of idle ones, and what stuck readers do. */
export async function streams({ settings }: Context): Promise<Values> {
  const changes = Math.max(10, Math.round(settings.count / 200))
  return {
    ...(await bytesOfChanges(changes)),
    ...(await memoryOfIdle(settings.count >= 10_000 ? IDLE_STREAMS : 20)),
    ...(await delays(changes)),
  }
}

/** All that a connected dashboard gets while tasks change, numbers and all. */
async function bytesOfChanges(changes: number): Promise<Values> {
  const server = await serve()
  const reader = await read(server.port)
  const before = reader.bytes()
  await change(server.manager, changes, reader)
  const bytes = (reader.bytes() - before) / changes
  reader.close()
  await server.close()
  return { 'streams-change-bytes': bytes }
}

async function memoryOfIdle(count: number): Promise<Values> {
  const server = await serve()
  await read(server.port).then((reader) => reader.close())
  await sleep(SETTLE_MS)
  const before = process.memoryUsage.rss()
  const readers = await openReaders({ port: server.port, path: STREAM, count, reads: true })
  await sleep(SETTLE_MS)
  const cpu = process.cpuUsage()
  const from = performance.now()
  await sleep(SETTLE_MS)
  const { user, system } = process.cpuUsage(cpu)
  const busy = (user + system) / 1000 / (performance.now() - from)
  const megabytes = (process.memoryUsage.rss() - before) / 1e6
  readers.kill()
  await server.close()
  return { 'streams-idle-memory': megabytes, 'streams-idle-cpu': busy * 100 }
}

/** How late a reader hears of a change, without and with others that never read. */
async function delays(changes: number): Promise<Values> {
  const server = await serve()
  const reader = await read(server.port)
  const alone = await change(server.manager, changes, reader)
  const readers = await openReaders({
    port: server.port,
    path: STREAM,
    count: STUCK_READERS,
    reads: false,
  })
  await sleep(SETTLE_MS)
  // Enough to fill the buffers of those who do not read.
  const payloads = Array.from({ length: 50 }, () => ({ payload: undefined }))
  for (let i = 0; i < 40; i++) {
    await server.manager.enqueueMany(task, payloads)
    await sleep(APART_MS)
  }
  const beside = await change(server.manager, changes, reader)
  reader.close()
  readers.kill()
  await server.close()
  return {
    'streams-delay-p95': percentile(alone, 95),
    'streams-delay-stuck-p95': percentile(beside, 95),
  }
}

async function serve(): Promise<Server> {
  const manager = new TaskManager({ tasks: [task] })
  await manager.start()
  const handler = createHandler(manager, {
    auth: false,
    maxStreams: 2 * IDLE_STREAMS,
    onWarning: () => {},
  })
  const server = createServer(nodeHandler(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    manager,
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close()
      await manager.stop({ graceMs: 0, abortMs: 0 })
      server.closeAllConnections()
    },
  }
}

interface Reader {
  bytes(): number
  /** Resolves when a text has come since the stream began. */
  seen(text: string): Promise<void>
  close(): void
}

async function read(port: number): Promise<Reader> {
  const request = get({ port, host: '127.0.0.1', path: STREAM, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let bytes = 0
  let text = ''
  const waiting = new Set<() => void>()
  response.setEncoding('utf8').on('data', (chunk: string) => {
    bytes += Buffer.byteLength(chunk)
    text = (text + chunk).slice(-1_000_000)
    for (const look of waiting) look()
  })
  const seen = (wanted: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!text.includes(wanted)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  await seen('event: state')
  return { bytes: () => bytes, seen, close: () => request.destroy() }
}

/** Tasks change one after the other; how long each change took to arrive. */
async function change(manager: TaskManager, changes: number, reader: Reader): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < changes; i++) {
    const start = performance.now()
    const { taskId } = await manager.enqueue(task, undefined, { delayMs: 3_600_000 })
    await reader.seen(taskId)
    times.push(performance.now() - start)
    await sleep(APART_MS)
  }
  return times
}

async function openReaders(message: ReadersMessage) {
  const child = fork(workerFile, [], { execArgv: [] })
  child.send(message)
  await once(child, 'message')
  return child
}
