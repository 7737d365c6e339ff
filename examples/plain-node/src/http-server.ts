import { createServer } from 'node:http'
import { nodeHandler, releaseAfter } from '@taskflow/core/node'
import { greet, type makeApp } from './app.ts'

/** A server of `node:http`: the handler answers what is its own, the app the rest. */
export function httpServer({ tasks, handler }: ReturnType<typeof makeApp>) {
  const taskflow = nodeHandler(handler)

  return createServer((req, res) => {
    void taskflow(req, res, async (error) => {
      if (error) return res.destroy()
      if (req.method !== 'POST' || req.url !== '/greetings') {
        res.statusCode = 404
        return res.end('Nothing here. The dashboard is at /tasks/dashboard.\n')
      }
      // Stored now, started once the response has been sent.
      const requestTasks = releaseAfter(res, tasks.forRequest())
      const { taskId } = await requestTasks.enqueue(greet, { name: 'Ann' })
      res.statusCode = 202
      res.end(`${taskId}\n`)
    })
  })
}
