import { once } from 'node:events'
import { createServer } from 'node:http'
import { createHandler, defineTask, TaskManager } from '@taskflow/core'
import { hashPassword, nodeHandler } from '@taskflow/core/node'
import { dashboardUi } from '@taskflow/ui/server'
import { type UserRow, userBackend } from './user-backend.ts'

const greet = defineTask({ name: 'greet', run: (_: undefined, { log }) => log('Hello') })
const ann: UserRow = {
  id: '1',
  email: 'ann@example.com',
  name: 'Ann',
  passwordHash: await hashPassword('secret'),
  isAdmin: true,
}
const auth = await userBackend({
  byEmail: async (email) => (email === ann.email ? ann : undefined),
  byId: async (id) => (id === ann.id ? ann : undefined),
})

const tasks = new TaskManager({ tasks: [greet] })
await tasks.start()
await tasks.enqueue(greet)
const server = createServer(nodeHandler(createHandler(tasks, { auth, ui: dashboardUi() })))
const port = Number(process.env.PORT ?? 3000)
server.listen(port, '127.0.0.1')
await once(server, 'listening')
console.log(`http://127.0.0.1:${port}/tasks/dashboard, user ann@example.com, password secret`)
process.once('SIGINT', async () => {
  server.close()
  await tasks.stop()
})
