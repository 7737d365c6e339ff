import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { type HandlerOptions, memoryStorage, TaskManager, type TaskStorage } from '@taskflow/core'
import { postgresStorage } from '@taskflow/storage-postgres'
import { sqliteStorage } from '@taskflow/storage-sqlite'
import { expressShop } from './frameworks/express.ts'
import { honoShop } from './frameworks/hono.ts'
import { koaShop } from './frameworks/koa.ts'
import { type DemoOptions, type Framework, type StorageChoice, UsageError } from './options.ts'
import { scheduleShop } from './schedules.ts'
import { shopTasks } from './tasks/all.ts'
import { startTraffic } from './traffic.ts'

const shops: Record<Framework, (tasks: TaskManager, options: HandlerOptions) => RequestListener> = {
  express: expressShop,
  hono: honoShop,
  koa: koaShop,
}

/** A shop that is open. */
export interface Demo {
  /** Of the dashboard. */
  url: string
  /** Closes in good order: a moment for running tasks, the rest is handed back. Again: at once. */
  stop(): Promise<void>
}

/** Opens the shop; resolves when it answers and its tasks run. `handler` adds to its settings. */
export async function startDemo(
  options: DemoOptions,
  handler: Pick<HandlerOptions, 'ui'> = {},
): Promise<Demo> {
  const tasks = new TaskManager({
    tasks: shopTasks,
    tasksFile: new URL('./tasks/all.ts', import.meta.url),
    storage: openStorage(options.storage),
    concurrency: 8,
    threads: 2,
    processes: 1,
  })
  // The port first: whoever does not get it should not have touched any task. What is asked from
  // here on waits until the storage is open.
  let opened: (serve: RequestListener) => void = () => {}
  const open = new Promise<RequestListener>((resolve) => {
    opened = resolve
  })
  const server = await listen((req, res) => void open.then((serve) => serve(req, res)), options)
  try {
    await tasks.open()
    const auth = options.auth ?? (false as const)
    const title = 'Taskflow shop'
    // The demo says in its own words who can reach it.
    const onWarning = () => {}
    const serve = shops[options.framework]
    opened(serve(tasks, { auth, title, exposePayloads: true, onWarning, ...handler }))
    await scheduleShop(tasks)
    await tasks.start()
  } catch (error) {
    server.close()
    throw error
  }
  const endTraffic = startTraffic(tasks, options.trafficPerSecond)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}/tasks/dashboard`,
    async stop() {
      endTraffic()
      server.close()
      await tasks.stop({ graceMs: 2_000, abortMs: 1_000 })
      server.closeAllConnections()
    },
  }
}

/** A storage in words, without secrets. */
export function describeStorage(choice: StorageChoice): string {
  if (choice.kind === 'sqlite') return `sqlite:${choice.file}`
  return choice.kind === 'postgres' ? `postgres at ${new URL(choice.url).host}` : 'memory'
}

function openStorage(choice: StorageChoice): TaskStorage {
  switch (choice.kind) {
    case 'memory':
      return memoryStorage()
    case 'postgres':
      return postgresStorage({ url: choice.url })
    case 'sqlite':
      mkdirSync(dirname(choice.file), { recursive: true })
      return sqliteStorage({ file: choice.file })
  }
}

async function listen(serve: RequestListener, { port, auth }: DemoOptions): Promise<Server> {
  const server = createServer(serve)
  // Without a password nobody but this machine may come in.
  server.listen(auth ? { port } : { port, host: '127.0.0.1' })
  try {
    await once(server, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    const got = code === 'EADDRINUSE' ? 'one in use' : code
    throw new UsageError(`--port: expected a free port, got ${port} (${got})`)
  }
  return server
}
