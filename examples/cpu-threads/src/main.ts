import { createServer } from 'node:http'
import { createHandler, TaskManager } from '@taskflow/core'
import { nodeHandler } from '@taskflow/core/node'
import { dashboardUi } from '@taskflow/ui/server'
import { findHash } from './tasks.ts'

const tasks = new TaskManager({
  tasks: [findHash],
  tasksFile: new URL('./tasks.ts', import.meta.url),
  threads: 2,
  handleSignals: true,
})
await tasks.start()

const taskflow = nodeHandler(
  createHandler(tasks, { auth: false, exposePayloads: true, ui: dashboardUi() }),
)
const server = createServer((req, res) => {
  void taskflow(req, res, async () => {
    const [, text] = /^\/hashes\/(\w+)$/.exec(req.url ?? '') ?? []
    if (req.method !== 'POST' || text === undefined) return res.writeHead(404).end()
    const { taskId } = await tasks.enqueue(findHash, { text, zeros: 4 })
    res.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ taskId }))
  })
})
const port = Number(process.env.PORT ?? 3000)
server.listen(port, '127.0.0.1', () => {
  console.log(`http://localhost:${port}/tasks/dashboard, no password`)
})
tasks.stopping.addEventListener('abort', () => server.close())
