import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHandler, defineTask, TaskManager } from '@taskflow/core'
import { nodeHandler } from '@taskflow/core/node'
import { bundle } from './build.ts'

const PAGE = `<!doctype html>
<html lang="en"><title>Administration</title><body><div id="root"></div>
<script type="module" src="/admin.js"></script></body></html>`

const chargeCard = defineTask({
  name: 'charge_card',
  run() {
    throw new Error('the card was declined')
  },
})
const tasks = new TaskManager({ tasks: [chargeCard] })
await tasks.start()
await tasks.enqueue(chargeCard)
// The page brings its own script: the handler serves the API alone.
const taskflow = nodeHandler(createHandler(tasks, { auth: false }))

const folder = await mkdtemp(join(tmpdir(), 'react-admin-'))
await bundle(folder)

const server = createServer((req, res) => {
  void taskflow(req, res, async (error) => {
    if (error) return res.destroy()
    const [, name] = /^\/([\w-]+\.js)$/.exec(req.url ?? '') ?? []
    res.setHeader('content-type', name ? 'text/javascript' : 'text/html')
    res.end(name ? await readFile(join(folder, name)).catch(() => '') : PAGE)
  })
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
await once(server, 'listening')
console.log(`admin: http://127.0.0.1:${(server.address() as AddressInfo).port}/`)

process.once('SIGTERM', async () => {
  server.close()
  server.closeAllConnections()
  await tasks.stop()
  await rm(folder, { recursive: true })
})
