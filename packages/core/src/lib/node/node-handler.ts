import { TaskflowError } from '../errors.ts'
import type { TaskflowHandler } from '../handler/create-handler.ts'
import { withDefaults } from '../handler/headers.ts'
import { problemResponse } from '../handler/problem.ts'
import { isolated } from '../isolated.ts'
import { checkOptionNames, type OptionNames } from '../option-names.ts'
import { askedFor, type NodeRequest, type NodeResponse, pathOf } from './node-message.ts'
import { type ToRequestOptions, toRequest } from './to-request.ts'
import { writeResponse } from './write-response.ts'

/** Options of {@link answerNode}. */
export interface AnswerOptions extends ToRequestOptions {
  /** What the app's `auth` function gets as its second argument. [`req`] */
  native?: unknown
}

/** Options of {@link nodeHandler}. */
export interface NodeHandlerOptions extends ToRequestOptions {
  /** Told of a response that failed when there is no `next` to tell. [a process warning] */
  onError?: ((error: unknown) => void) | undefined
}

/** A request listener of `node:http`; with `next`, a middleware of Connect and Express. */
export type NodeHandler = (
  req: NodeRequest,
  res: NodeResponse,
  next?: (error?: unknown) => void,
) => Promise<void>

const NAMES: OptionNames<NodeHandlerOptions> = { target: true, parsed: true, onError: true }

/**
 * A handler as request listener: `createServer(nodeHandler(createHandler(tasks, options)))`. Where
 * it gets a `next`, it answers what the handler owns, and passes on other requests and errors.
 * The promise it returns never rejects.
 *
 * @throws TaskflowError `configuration` for an option that there is not.
 */
export function nodeHandler(
  handler: TaskflowHandler,
  options: NodeHandlerOptions = {},
): NodeHandler {
  checkOptionNames(options, NAMES, { where: 'nodeHandler', code: 'configuration' })
  const onError = isolated(options.onError ?? warn)
  return async (req, res, next) => {
    if (next && !ownsTarget(handler, options.target ?? askedFor(req))) return next()
    try {
      await answerNode(handler, req, res, options)
    } catch (error) {
      if (next) return next(error)
      if (!res.headersSent) {
        res.statusCode = 500
        res.end()
      }
      onError(error)
    }
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}

/** True when the handler is to answer a request with this target, the URL of a Node request. */
export function ownsTarget(handler: TaskflowHandler, target: string): boolean {
  const path = pathOf(target)
  return path !== null && handler.owns(path)
}

/**
 * Has the handler answer one Node request. Rejects when the response's body fails; a request that
 * is no valid one is answered with 400.
 */
export async function answerNode(
  handler: TaskflowHandler,
  req: NodeRequest,
  res: NodeResponse,
  options: AnswerOptions = {},
): Promise<void> {
  if (res.destroyed) return
  const address = req.socket.remoteAddress
  let response: Response
  try {
    const request = toRequest(req, res, options)
    const native = options.native ?? req
    response = await handler(request, { address, native, disconnect: () => res.destroy() })
  } catch (error) {
    if (!(error instanceof TaskflowError && error.code === 'invalid_input')) throw error
    response = withDefaults(problemResponse(error))
  }
  await writeResponse(res, response)
  drain(req)
}

/**
 * Takes in the rest of a body that the handler refused to read, so that the client gets to see the
 * answer and can use the connection again; for half a second, then the connection ends.
 */
function drain(req: NodeRequest): void {
  if (req.complete || req.destroyed || req.httpVersionMajor !== 1) return
  req.removeAllListeners('data')
  req.resume()
  const timer = setTimeout(() => req.destroy(), 500)
  timer.unref()
  req.once('close', () => clearTimeout(timer))
}
