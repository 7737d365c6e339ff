import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHandler, type Task, TaskManager, type TaskStorage } from '@taskflow/core'
import { nodeHandler } from '@taskflow/core/node'
import { dashboardUi } from '@taskflow/ui/server'

/** A manager that runs nothing, with its handler and dashboard on a socket. */
export interface DashboardApp {
  manager: TaskManager
  /** Address of the dashboard. */
  dashboard: string
  close(): Promise<void>
}

export async function startApp(
  storage: TaskStorage,
  tasks: readonly Task[] = [],
): Promise<DashboardApp> {
  const manager = new TaskManager({ tasks, storage, concurrency: 0 })
  await manager.start()
  const ui = dashboardUi()
  const handler = createHandler(manager, { auth: false, ui, onWarning: () => {} })
  const server = createServer(nodeHandler(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    manager,
    dashboard: `http://127.0.0.1:${port}/tasks/dashboard`,
    async close() {
      server.close()
      server.closeAllConnections()
      await manager.stop({ graceMs: 0, abortMs: 0 })
    },
  }
}
