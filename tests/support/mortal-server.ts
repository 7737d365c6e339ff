// An app with a dashboard in a process of its own, to be killed and started again on the same port.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHandler, defineTask, TaskManager } from '@taskflow/core'
import { nodeHandler } from '@taskflow/core/node'
import { sqliteStorage } from '@taskflow/storage-sqlite'
import { dashboardUi } from '@taskflow/ui/server'

/** What it is started with, as JSON in its first argument. */
export interface MortalOptions {
  file: string
  /** 0: any that is free. */
  port: number
}

/** Long enough that a death finds some of them running. */
export const brief = defineTask({ name: 'brief', run: (_: undefined) => sleep(5) })

if (import.meta.main) {
  const { file, port } = JSON.parse(process.argv[2] ?? '') as MortalOptions
  const manager = new TaskManager({ tasks: [brief], storage: sqliteStorage({ file }) })
  await manager.start()
  const handler = createHandler(manager, { auth: false, ui: dashboardUi(), onWarning: () => {} })
  const server = createServer(nodeHandler(handler)).listen(port, '127.0.0.1')
  await once(server, 'listening')
  process.send?.((server.address() as AddressInfo).port)
}
