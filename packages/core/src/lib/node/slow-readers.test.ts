import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createHandler } from '../handler/create-handler.ts'
import { StreamReader } from '../handler/stream/test-stream-reader.ts'
import { defineTask } from '../run/define-task.ts'
import { TaskManager } from '../run/task-manager.ts'
import { nodeHandler } from './node-handler.ts'

const chatty = defineTask({
  name: 'chatty',
  run(_: undefined, { log }) {
    for (let n = 0; n < 20; n++) log('x'.repeat(8_000))
  },
})

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

it('sockets that are never read slow nobody down, and can be cut', async () => {
  const manager = new TaskManager({ tasks: [chatty] })
  await manager.start()
  const cuts: (() => void)[] = []
  const handler = createHandler(manager, { auth: false, onWarning: () => {} })
  const listening = nodeHandler(
    Object.assign(
      (request: Request, from?: Parameters<typeof handler>[1]) => {
        if (request.headers.has('x-lazy') && from?.disconnect) cuts.push(from.disconnect)
        return handler(request, from)
      },
      { basePath: handler.basePath, owns: handler.owns, close: handler.close },
    ),
  )
  const server = createServer(listening).listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(
    () => server.close(),
    () => manager.stop({ graceMs: 0, abortMs: 0 }),
    () => server.closeAllConnections(),
  )
  const { port } = server.address() as AddressInfo

  // 16 MB for each who opens a stream now: more than the system's own buffers hold.
  await manager.enqueueMany(chatty, Array(100).fill({ payload: undefined }))
  await expect.poll(async () => (await manager.metrics()).success, { timeout: 20_000 }).toBe(100)
  const lazy = Array.from({ length: 10 }, (): Socket => {
    const socket = connect(port, '127.0.0.1')
    socket.pause()
    const path = '/tasks/dashboard/stream?deltas=1&limit=100'
    socket.write(`GET ${path} HTTP/1.1\r\nHost: app\r\nX-Lazy: 1\r\n\r\n`)
    return socket
  })
  ends.push(() => lazy.forEach((socket) => void socket.destroy()))
  await expect.poll(() => cuts.length, { timeout: 20_000 }).toBe(10)

  const url = `http://127.0.0.1:${port}/tasks/dashboard/stream?deltas=1&logs=0`
  const fast = new StreamReader(await fetch(url))
  ends.push(() => fast.close())
  const { taskId } = await manager.enqueue(chatty)
  for (let status = ''; status !== 'success'; ) {
    const event = await fast.next('task')
    const task = event?.data as { task_id: string; status: string } | undefined
    if (!task) throw new Error('the stream has ended')
    if (task.task_id === taskId) status = task.status
  }
  for (let round = 0; round < 4; round++) {
    const refs = await manager.enqueueMany(chatty, Array(80).fill({ payload: undefined }))
    const left = new Set(refs.map((ref) => ref.taskId))
    while (left.size > 0) {
      const { data } = (await fast.next('task')) ?? {}
      const task = data as { task_id: string; status: string } | undefined
      if (!task) throw new Error('the stream has ended')
      if (task.status === 'success') left.delete(task.task_id)
    }
  }

  for (const cut of cuts) cut()
  await Promise.all(
    lazy.map(async (socket) => {
      const closed = once(socket, 'close')
      socket.on('error', () => undefined)
      socket.resume()
      await closed
    }),
  )
})
