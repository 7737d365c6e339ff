import type { RequestListener } from 'node:http'
import { taskflow } from '@taskflow/adapter-express'
import type { HandlerOptions, TaskManager } from '@taskflow/core'
import express, { type ErrorRequestHandler } from 'express'
import { homePage } from '../home-page.ts'
import { problemOf, problemType } from '../problem.ts'
import { accepted, shopRoutes } from '../routes.ts'

/** The shop on Express. */
export function expressShop(tasks: TaskManager, options: HandlerOptions): RequestListener {
  const app = express()
  app.use(taskflow(tasks, options))

  app.get('/', (_req, res) => {
    res.type('html').send(homePage)
  })

  for (const { path, post } of shopRoutes) {
    app.post(path, express.text({ type: () => true }), async (req, res) => {
      const taskId = await post(req.body ?? '', req.tasks)
      res.status(202).json(accepted(taskId))
    })
  }

  const onError: ErrorRequestHandler = (error, _req, res, next) => {
    if (res.headersSent) return next(error)
    const { status, json } = problemOf(error)
    res.status(status).type(problemType).send(json)
  }
  app.use(onError)
  return app
}
