import { serve } from '@hono/node-server'
import { type TaskflowEnv, taskflow } from '@taskflow/adapter-hono'
import { defineTask, TaskManager } from '@taskflow/core'
import { postgresStorage } from '@taskflow/storage-postgres'
import { Hono } from 'hono'

const url = process.env.DATABASE_URL
if (!url) throw new Error('expected DATABASE_URL, such as postgres://user:password@localhost/shop')

const makeReport = defineTask({
  name: 'make_report',
  retries: 2,
  // Over all instances that share the database, not in each.
  concurrency: 2,
  async run({ month }: { month: string }, { log, progress }) {
    for (const [index, part] of ['orders', 'refunds', 'summary'].entries()) {
      log(`Counting ${part} of ${month}`)
      progress((index + 1) / 3)
    }
    return { month, pages: 3 }
  },
})

const tasks = new TaskManager({
  tasks: [makeReport],
  storage: postgresStorage({ url }),
  handleSignals: true,
})

const app = new Hono<TaskflowEnv>()
// With several instances, a session has to hold on all of them.
const secretKey = process.env.SECRET_KEY ?? 'only for this example, 32 letters'
app.use(taskflow(tasks, { auth: ['admin', 'secret'], secretKey }))
app.post('/reports/:month', async (c) => {
  const { taskId } = await c.var.tasks.enqueue(makeReport, { month: c.req.param('month') })
  return c.json({ taskId }, 202)
})
const port = Number(process.env.PORT ?? 3000)
const server = serve({ fetch: app.fetch, port }, () => {
  console.log(`http://localhost:${port}/tasks/dashboard, user admin, password secret`)
})
tasks.stopping.addEventListener('abort', () => server.close())
