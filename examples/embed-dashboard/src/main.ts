import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chargeCard, makeApp } from './app.ts'
import { elsewhereServer } from './elsewhere.ts'
import { shopServer } from './shop.ts'

const port = Number(process.env.PORT ?? 3000)
let shopUrl = ''

// By another name it is another site, too.
const elsewhere = elsewhereServer(() => `${shopUrl}/tasks`)
const elsewhereUrl = `http://localhost:${await listen(elsewhere, port === 0 ? 0 : port + 1)}`
const app = makeApp(elsewhereUrl)
await app.tasks.start()
const shop = shopServer(app)
shopUrl = `http://127.0.0.1:${await listen(shop, port)}`
await app.tasks.enqueue(chargeCard)

for (const page of ['plain', 'hostile', 'rails', 'django', 'together', 'export']) {
  console.log(`${page}: ${shopUrl}/${page}`)
}
console.log(`elsewhere: ${elsewhereUrl}/`)

async function listen(server: Server, wanted: number): Promise<number> {
  server.listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

process.once('SIGTERM', async () => {
  for (const server of [shop, elsewhere]) {
    server.close()
    server.closeAllConnections()
  }
  await app.tasks.stop()
})
