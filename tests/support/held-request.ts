// A server in a process of its own whose only request enqueues a task and is never answered.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TaskManager } from '@taskflow/core'
import { releaseAfter } from '@taskflow/core/node'
import { instanceTasks, openStorage, type StorageChoice } from './instance.ts'

/** What it is started with, as JSON in its first argument. */
export interface HeldRequestOptions {
  storage: StorageChoice
  ledger: string
}

const { storage, ledger } = JSON.parse(process.argv[2] ?? '') as HeldRequestOptions
const tasks = instanceTasks(ledger)
const manager = new TaskManager({ tasks: Object.values(tasks), storage: openStorage(storage) })
await manager.start()
const server = createServer(async (_, res) => {
  const { taskId } = await releaseAfter(res, manager.forRequest()).enqueue(tasks.quick, undefined)
  process.send?.({ taskId })
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
