import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type TaskflowEnv, taskflow } from '@taskflow/adapter-hono'
import { type HandlerOptions, TaskflowError, type TaskManager } from '@taskflow/core'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { homePage } from '../home-page.ts'
import { problemOf, problemType } from '../problem.ts'
import { accepted, shopRoutes } from '../routes.ts'

/** The shop on Hono. */
export function honoShop(tasks: TaskManager, options: HandlerOptions): RequestListener {
  const app = new Hono<TaskflowEnv>()
  app.use(taskflow(tasks, options))

  app.get('/', (c) => c.html(homePage))

  const limit = bodyLimit({
    maxSize: 100 * 1024,
    onError: () => {
      throw new TaskflowError('too_large', 'Expected a body of 100 KiB at most')
    },
  })
  for (const { path, post } of shopRoutes) {
    app.post(path, limit, async (c) => {
      const taskId = await post(await c.req.text(), c.var.tasks)
      return c.json(accepted(taskId), 202)
    })
  }

  app.onError((error) => {
    const { status, json } = problemOf(error)
    return new Response(json, { status, headers: { 'content-type': problemType } })
  })
  return getRequestListener(app.fetch)
}
