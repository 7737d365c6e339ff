import {
  createHandler,
  type HandlerOptions,
  type RequestTasks,
  startInBackground,
  type TaskManager,
} from '@taskflow/core'
import { dashboardUi } from '@taskflow/ui/server'
import type { MiddlewareHandler } from 'hono'
import { nodeOf, unread } from './from-context.ts'

/** Environment of an app that uses the middleware: `new Hono<TaskflowEnv>()`. */
export interface TaskflowEnv {
  Variables: {
    /** Tasks enqueued here are stored at once and start when the response has ended. */
    tasks: RequestTasks
  }
}

/**
 * Background tasks and their dashboard as one middleware for the whole app. Starts the manager,
 * gives each request `c.var.tasks`, answers what lies below `basePath` and passes the rest on.
 *
 * `basePath` is the whole path, as browsers see it. On @hono/node-server tasks start when the
 * response has ended; other servers do not tell, there they start once it was handed over.
 *
 * A response that fails goes to `app.onError`; what keeps the
 * manager from starting to `onError`, else to the manager's; it is tried again.
 */
export function taskflow(
  tasks: TaskManager,
  options: HandlerOptions,
): MiddlewareHandler<TaskflowEnv> {
  const handler = createHandler(tasks, { ...options, ui: options.ui ?? dashboardUi() })
  // Answering and enqueuing need no started manager.
  startInBackground(tasks, options.onError)

  return async (c, next) => {
    const requestTasks = tasks.forRequest()
    const release = () => void requestTasks.release()
    const { incoming, outgoing } = nodeOf(c)
    c.set('tasks', requestTasks)
    outgoing?.once('close', release)
    try {
      if (!handler.owns(new URL(c.req.url).pathname)) return await next()
      const address = incoming?.socket?.remoteAddress
      const disconnect = () => void outgoing?.destroy?.()
      const response = await handler(await unread(c), { address, native: c, disconnect })
      // Hono drops the body of an answer to HEAD as it is, running streams too.
      if (c.req.method === 'HEAD') await response.body?.cancel()
      return response
    } finally {
      if (!outgoing || outgoing.destroyed) setTimeout(release)
    }
  }
}
