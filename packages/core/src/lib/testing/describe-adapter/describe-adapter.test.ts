import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { describe, it } from 'vitest'
import { createHandler } from '../../../index.ts'
import { type NodeRequest, nodeHandler, releaseAfter } from '../../../node.ts'
import { describeAdapter } from './describe-adapter.ts'
import type { AdapterHarness } from './harness.ts'
import { stubUi } from './stub-ui.ts'

/** node:http without a framework: what an adapter does, by hand. */
const plainNode: AdapterHarness = {
  async serve({ manager, options, bodyParser, app }) {
    const answer = nodeHandler(createHandler(manager, { ui: stubUi, ...options }))
    await manager.start()
    const server = createServer(async (req, res) => {
      const tasks = releaseAfter(res, manager.forRequest())
      if (bodyParser) await parseBody(req)
      await answer(req, res, async (error) => {
        const { method = 'GET', url: path = '/' } = req
        try {
          if (error) throw error
          const response = await app({ method, path, tasks, text: () => text(req) })
          res.writeHead(response.status).end(response.text)
        } catch {
          if (!res.headersSent) res.writeHead(500).end('error')
        }
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async close() {
        server.close()
        server.closeAllConnections()
      },
    }
  },
}

/** What body-parser does to a request. */
async function parseBody(req: NodeRequest): Promise<void> {
  const bytes = String(await buffer(req))
  if (!bytes) return
  const type = req.headers['content-type'] ?? ''
  req.body = type.startsWith('application/json')
    ? JSON.parse(bytes)
    : Object.fromEntries(new URLSearchParams(bytes))
}

describeAdapter('node:http', plainNode, { describe, it })
