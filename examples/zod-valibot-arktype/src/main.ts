import { createServer } from 'node:http'
import { createHandler, TaskManager } from '@taskflow/core'
import { nodeHandler } from '@taskflow/core/node'
import { dashboardUi } from '@taskflow/ui/server'
import { chargeCard, makeReport, sendEmail } from './tasks.ts'

const tasks = new TaskManager({ tasks: [sendEmail, chargeCard, makeReport], handleSignals: true })
await tasks.start()

const taskflow = nodeHandler(
  createHandler(tasks, { auth: false, exposePayloads: true, ui: dashboardUi() }),
)
const server = createServer((req, res) => {
  // POST /tasks starts any task by its name; its schema checks what comes.
  void taskflow(req, res, () => res.writeHead(404).end())
})
const port = Number(process.env.PORT ?? 3000)
server.listen(port, '127.0.0.1', () => {
  console.log(`http://localhost:${port}/tasks/dashboard, no password`)
})
tasks.stopping.addEventListener('abort', () => server.close())
