import { taskflow } from '@taskflow/adapter-koa'
import { defineTask, TaskManager } from '@taskflow/core'
import { sqliteStorage } from '@taskflow/storage-sqlite'
import Koa from 'koa'

const cleanUp = defineTask({
  name: 'clean_up',
  run: (_: undefined, { log }) => log('Nothing to clean up'),
})

const resize = defineTask({
  name: 'resize',
  retries: 1,
  run({ file, width }: { file: string; width: number }, { log }) {
    log(`Making ${file} ${width} pixels wide`)
    return file.replace(/(\.\w+)?$/, `-${width}$1`)
  },
})

const tasks = new TaskManager({
  tasks: [resize, cleanUp],
  storage: sqliteStorage({ file: process.env.DATABASE ?? 'tasks.db' }),
  handleSignals: true,
})
// One run a minute, however many instances there are.
await tasks.schedule(cleanUp, { cron: '* * * * *', timeZone: 'UTC' })

const app = new Koa()
app.use(taskflow(tasks, { auth: ['admin', 'secret'] }))
app.use(async (ctx) => {
  const [, file] = /^\/resize\/([\w.-]+)$/.exec(ctx.path) ?? []
  if (ctx.method !== 'POST' || file === undefined) return
  ctx.status = 202
  ctx.body = await ctx.tasks.enqueue(resize, { file, width: Number(ctx.query.width ?? 320) })
})
const port = Number(process.env.PORT ?? 3000)
const server = app.listen(port, () => {
  console.log(`http://localhost:${port}/tasks/dashboard, user admin, password secret`)
})
tasks.stopping.addEventListener('abort', () => server.close())
