import type { IncomingMessage, RequestListener } from 'node:http'
import { taskflow } from '@taskflow/adapter-koa'
import { type HandlerOptions, TaskflowError, type TaskManager } from '@taskflow/core'
import Koa from 'koa'
import { homePage } from '../home-page.ts'
import { problemOf, problemType } from '../problem.ts'
import { accepted, shopRoutes } from '../routes.ts'

/** The shop on Koa. */
export function koaShop(tasks: TaskManager, options: HandlerOptions): RequestListener {
  const app = new Koa()
  app.use(taskflow(tasks, options))

  app.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const { status, json } = problemOf(error)
      ctx.status = status
      ctx.type = problemType
      ctx.body = json
    }
  })

  app.use(async (ctx) => {
    if (ctx.path === '/' && ctx.method !== 'POST') ctx.body = homePage
    const route = shopRoutes.find(({ path }) => ctx.method === 'POST' && ctx.path === path)
    if (!route) return
    const taskId = await route.post(await readText(ctx.req), ctx.tasks)
    ctx.status = 202
    ctx.body = accepted(taskId)
  })
  return app.callback()
}

async function readText(req: IncomingMessage): Promise<string> {
  req.setEncoding('utf8')
  let text = ''
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    text += chunk
    if (text.length > 100 * 1024) {
      req.resume()
      throw new TaskflowError('too_large', 'Expected a body of 100 KiB at most')
    }
  }
  return text
}
