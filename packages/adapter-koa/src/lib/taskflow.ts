import {
  createHandler,
  type HandlerOptions,
  type RequestTasks,
  startInBackground,
  type TaskManager,
} from '@taskflow/core'
import { answerNode, ownsTarget, type ParsedBody, releaseAfter } from '@taskflow/core/node'
import { dashboardUi } from '@taskflow/ui/server'
import type { Middleware } from 'koa'

/** What the middleware adds to `ctx`. */
export interface TaskflowContext {
  /** Tasks enqueued here are stored at once and start when the response has ended. */
  tasks: RequestTasks
}

declare module 'koa' {
  interface DefaultContext extends TaskflowContext {}
  interface ExtendableContext extends TaskflowContext {}
}

/**
 * Background tasks and their dashboard as one middleware for the whole app. Starts the manager,
 * gives each request `ctx.tasks`, answers what lies below `basePath` and passes the rest on.
 *
 * `basePath` is the whole path, as browsers see it, also below a mount of koa-mount. Answers are
 * written past `ctx.body`, so that streams keep their pace and end with the client; middleware
 * that changes responses does not see them.
 *
 * A response that fails goes to Koa's error path; what keeps the
 * manager from starting to `onError`, else to the manager's; it is tried again.
 */
export function taskflow(tasks: TaskManager, options: HandlerOptions): Middleware {
  const handler = createHandler(tasks, { ...options, ui: options.ui ?? dashboardUi() })
  // Answering and enqueuing need no started manager.
  startInBackground(tasks, options.onError)

  return async (ctx, next) => {
    ctx.tasks = releaseAfter(ctx.res, tasks.forRequest())
    const target = ctx.originalUrl
    if (!ownsTarget(handler, target)) return next()
    ctx.respond = false
    // Where Koa's body parsers leave what they read.
    const { body, rawBody } = ctx.request as Partial<ParsedBody>
    await answerNode(handler, ctx.req, ctx.res, {
      target,
      parsed: { body, rawBody },
      native: ctx,
    })
  }
}
