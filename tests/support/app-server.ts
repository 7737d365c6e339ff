import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createHandler,
  type HandlerOptions,
  type Task,
  TaskManager,
  type TaskManagerOptions,
} from '@taskflow/core'
import { nodeHandler } from '@taskflow/core/node'
import { dashboardUi } from '@taskflow/ui/server'

/** A manager with its handler and dashboard on a `node:http` server of its own. */
export interface App {
  manager: TaskManager
  origin: string
  /** Address of the dashboard. */
  dashboard: string
  close(): Promise<void>
}

/** Starts an app on a free port. `pages` answers what the handler does not own. */
export async function startApp(
  tasks: readonly Task[],
  options: {
    manager?: Omit<TaskManagerOptions, 'tasks'>
    handler?: Partial<HandlerOptions>
    pages?: RequestListener
  } = {},
): Promise<App> {
  const manager = new TaskManager({ tasks, ...options.manager })
  await manager.start()
  const handler = createHandler(manager, { auth: false, ui: dashboardUi(), ...options.handler })
  const answer = nodeHandler(handler)
  const server = createServer((req, res) => {
    void answer(req, res, () => {
      if (options.pages) return options.pages(req, res)
      res.statusCode = 404
      res.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    manager,
    origin,
    dashboard: `${origin}${handler.basePath}/dashboard`,
    async close() {
      server.close()
      await manager.stop({ graceMs: 0, abortMs: 0 })
      server.closeAllConnections()
    },
  }
}
