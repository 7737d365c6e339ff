import {
  createHandler,
  type HandlerOptions,
  type RequestTasks,
  startInBackground,
  type TaskManager,
} from '@taskflow/core'
import { answerNode, ownsTarget, releaseAfter } from '@taskflow/core/node'
import { dashboardUi } from '@taskflow/ui/server'
import type { RequestHandler } from 'express'

declare global {
  namespace Express {
    interface Request {
      /** Tasks enqueued here are stored at once and start when the response has ended. */
      tasks: RequestTasks
    }
  }
}

/**
 * Background tasks and their dashboard as one middleware for the whole app. Starts the manager,
 * gives each request `req.tasks`, answers what lies below `basePath` and passes the rest on.
 *
 * `basePath` is the whole path, as browsers see it. Without one, `app.use(taskflow(…))` answers
 * below `/tasks`, and `app.use('/x', taskflow(…))` everything below `/x`; a mount path with
 * parameters needs a `basePath`.
 *
 * A response that fails goes to Express' error handlers; what keeps the
 * manager from starting to `onError`, else to the manager's; it is tried again.
 */
export function taskflow(tasks: TaskManager, options: HandlerOptions): RequestHandler {
  const handlerAt = (basePath: string) =>
    createHandler(tasks, { ...options, basePath, ui: options.ui ?? dashboardUi() })
  let handler = handlerAt(options.basePath ?? '/tasks')
  let mountPath = options.basePath === undefined ? undefined : ''
  // Answering and enqueuing need no started manager.
  startInBackground(tasks, options.onError)

  return (req, res, next) => {
    req.tasks = releaseAfter(res, tasks.forRequest())
    // Express tells a middleware where it is mounted no sooner than with the first request, and as
    // that spells it: cookies and links of odd capitals would not fit the others.
    if (mountPath === undefined || (inCapitals(mountPath) && !inCapitals(req.baseUrl))) {
      if (req.baseUrl !== '') {
        handler.close()
        handler = handlerAt(req.baseUrl)
      }
      mountPath = req.baseUrl
    }
    const mounted = options.basePath === undefined && req.baseUrl !== ''
    // Mount paths match in any case: `/X/a` is below `/x` too.
    const target = mounted ? handler.basePath + req.url : req.originalUrl
    if (!ownsTarget(handler, target)) return next()
    answerNode(handler, req, res, { target }).catch(next)
  }
}

const inCapitals = (path: string) => /[A-Z]/.test(path)
