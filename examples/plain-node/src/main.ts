import { once } from 'node:events'
import { makeApp } from './app.ts'
import { httpServer } from './http-server.ts'

const app = makeApp()
await app.tasks.start()
const port = Number(process.env.PORT ?? 3000)
const server = httpServer(app).listen(port, '127.0.0.1')
await once(server, 'listening')
console.log(`http://127.0.0.1:${port}/tasks/dashboard, user admin, password secret`)

process.once('SIGINT', async () => {
  server.close()
  await app.tasks.stop()
})
