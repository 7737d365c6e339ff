import { taskflow } from '@taskflow/adapter-express'
import { defineTask, TaskManager } from '@taskflow/core'
import { sqliteStorage } from '@taskflow/storage-sqlite'
import express from 'express'

const sendWelcome = defineTask({
  name: 'send_welcome',
  retries: 3,
  delayMs: 1_000,
  backoff: 2,
  // It may run again if the process dies in the middle: a second welcome does no harm.
  requeueOnInterrupt: true,
  async run({ email }: { email: string }, { attempt, log }) {
    log(`Writing to ${email}`)
    // The mail server of this example is busy at first.
    if (attempt === 0) throw new Error('421 try again later')
    return `Welcome, ${email}`
  },
})

const tasks = new TaskManager({
  tasks: [sendWelcome],
  storage: sqliteStorage({ file: process.env.DATABASE ?? 'tasks.db' }),
  // Ctrl-C and a deploy's SIGTERM: running tasks end or are handed back.
  handleSignals: true,
})

const app = express()
app.use(taskflow(tasks, { auth: ['admin', 'secret'] }))
app.post('/signup', express.json(), async (req, res) => {
  const email = String(req.body?.email)
  const { taskId } = await req.tasks.enqueue(sendWelcome, { email }, { idempotencyKey: email })
  res.status(202).json({ taskId })
})
const port = Number(process.env.PORT ?? 3000)
const server = app.listen(port, () => {
  console.log(`http://localhost:${port}/tasks/dashboard, user admin, password secret`)
})
tasks.stopping.addEventListener('abort', () => server.close())
