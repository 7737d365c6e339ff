import { addRoute, createRouter, findRoute, type RouterContext } from 'rou3'
import { systemClock } from '../clock.ts'
import { TaskflowError } from '../errors.ts'
import { isolated } from '../isolated.ts'
import { kindOf } from '../option-names.ts'
import type { TaskManager } from '../run/task-manager.ts'
import { MemorySessions } from '../storage/memory/sessions.ts'
import type { SessionStorage } from '../storage/parts.ts'
import { auditRefusal } from './audit.ts'
import { authenticationOf } from './auth/credentials.ts'
import { EndedSessions } from './auth/ended-sessions.ts'
import { LoginThrottle } from './auth/login-throttle.ts'
import { rightsOf } from './auth/rights.ts'
import { Sessions } from './auth/sessions.ts'
import { STRANGER, visitorOf } from './auth/visitor.ts'
import { foreignOrigin, preflight, readableBy } from './cors.ts'
import { refuseCrossSite } from './guard.ts'
import { redirect, withDefaults } from './headers.ts'
import { type HandlerOptions, resolveHandlerOptions } from './options.ts'
import { addressOf, originOf, prefixOf } from './origin.ts'
import { isOurs, problemResponse, requestIdOf, TryLater } from './problem.ts'
import { Query } from './query.ts'
import type { App, Call, Route } from './route.ts'
import { routes } from './routes/routes.ts'
import { StreamHub } from './stream/stream-hub.ts'
import { warnAbout } from './warnings.ts'

/** What the server knows of a request beyond the `Request`. */
export interface RequestOrigin {
  /** Address of the connection, for throttling. Without it a stranger's guesses lock the account for all. */
  address?: string | undefined
  /** The framework's own request, passed to `auth` functions. */
  native?: unknown
  /** Cuts the connection: for clients that read nothing of what they are sent. */
  disconnect?: (() => void) | undefined
}

/** Answers all requests below its base path, on any server that speaks `Request` and `Response`. */
export interface TaskflowHandler {
  /** Never rejects: what goes wrong becomes a response. */
  (request: Request, from?: RequestOrigin): Promise<Response>
  /** Where it is mounted, without a trailing slash. */
  readonly basePath: string
  /** True for paths that are its own. */
  owns(pathname: string): boolean
  /** Ends the streams; the manager's `stop` does so too. */
  close(): void
}

/**
 * The HTTP face of a manager: API, live stream, dashboard and login in one function.
 *
 * @throws TaskflowError `configuration` for an option that is not what it should be.
 */
export function createHandler(manager: TaskManager, options: HandlerOptions): TaskflowHandler {
  if (typeof manager?.forRequest !== 'function') {
    const got = `createHandler: expected a TaskManager, got ${kindOf(manager)}`
    throw new TaskflowError('configuration', got)
  }
  const resolved = resolveHandlerOptions(options)
  const onError = isolated(options.onError ?? ((error: unknown) => manager.reportError(error)))
  const shared = sessionsOf(manager)
  const authentication = authenticationOf(options.auth)
  warnAbout(options, authentication)
  if (resolved.retentionMs !== null) manager.keepFor(resolved.retentionMs)
  const app: App = {
    manager,
    options: resolved,
    authentication,
    sessions: new Sessions(
      resolved,
      authentication.kind === 'login' ? authentication.backend : undefined,
    ),
    ended: new EndedSessions(shared),
    throttle: new LoginThrottle(shared),
    hub: new StreamHub(manager, onError, resolved),
    routes,
    onError,
    startedAt: systemClock.now(),
  }
  const router = routerOf(routes)
  const { basePath } = resolved
  const owns = (path: string) => path === basePath || path.startsWith(`${basePath}/`)

  const handle = async (request: Request, from: RequestOrigin = {}): Promise<Response> => {
    const foreign = foreignOrigin(request, resolved)
    try {
      const response = await answer(app, router, owns, request, from, foreign !== null)
      if (request.method !== 'HEAD') return readableBy(foreign, withDefaults(response))
      await response.body?.cancel()
      return readableBy(foreign, withDefaults(new Response(null, response)))
    } catch (error) {
      const requestId = requestIdOf(request)
      if (isOurs(error)) onError(error, requestId)
      const headers: Record<string, string> = {}
      if (error instanceof TryLater) headers['retry-after'] = `${error.retryAfterSeconds}`
      if (error instanceof MethodNotAllowed) headers.allow = error.allow
      return readableBy(foreign, withDefaults(problemResponse(error, headers, requestId)))
    }
  }
  return Object.assign(handle, { basePath, owns, close: () => app.hub.close() })
}

async function answer(
  app: App,
  router: RouterContext<Map<string, Route>>,
  owns: (path: string) => boolean,
  request: Request,
  from: RequestOrigin,
  isForeign: boolean,
): Promise<Response> {
  const url = new URL(request.url)
  const path = url.pathname.slice(app.options.basePath.length).replace(/\/$/, '') || '/'
  const found = owns(url.pathname) ? findRoute(router, '', path) : undefined
  if (!found) throw new TaskflowError('not_found', 'no such route')
  const allowed = isForeign ? preflight(request, found.data.keys()) : null
  if (allowed) return allowed
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const route = found.data.get(method)
  if (!route) throw new MethodNotAllowed([...found.data.keys()])
  const origin = originOf(request, url, app.options)
  // Signing in and out is for our own pages.
  refuseCrossSite(request, origin, isForeign && !route.pattern.startsWith('/auth/'))

  const now = systemClock.now()
  const visitor = isForAll(route) ? STRANGER : await visitorOf(app, request, from, now, isForeign)
  // Where nobody needs to be known, the host has nobody to send to its login.
  const follows = await hasRunToken(app, route, request, found.params, now)
  const guarded = route.right !== 'none' && !follows
  if (visitor instanceof Response && guarded) return visitor
  const { user, session } = visitor instanceof Response ? STRANGER : visitor
  const known = app.authentication.kind === 'open' || user !== null
  const rights = known ? rightsOf(user, app.options.readOnly) : []
  const call: Call = {
    app,
    route,
    request,
    url,
    origin,
    base: prefixOf(request, app.options) + app.options.basePath,
    address: addressOf(request, from.address, app.options),
    params: decoded(found.params ?? {}),
    query: new Query(url.searchParams),
    user,
    session,
    rights,
    async stillAllowed(at) {
      const again = await visitorOf(app, request, from, at, isForeign)
      if (again instanceof Response || again.user?.id !== user?.id) return false
      const rightsNow = rightsOf(again.user, app.options.readOnly)
      return rights.every((right) => rightsNow.includes(right))
    },
    disconnect: () => from.disconnect?.(),
    now,
  }
  if (guarded) {
    if (!known) return refuseStranger(call, route)
    const needed = route.right === 'page' || route.right === 'none' ? 'read' : route.right
    if (!rights.includes(needed)) {
      const why = app.options.readOnly
        ? 'this dashboard is read-only'
        : `expected the right to ${needed}`
      await auditRefusal(call, needed)
      if (hasLogin(call, route)) return toLogin(call, 'not-allowed')
      throw new TaskflowError('forbidden', why)
    }
  }
  checkNames(url.searchParams, route)
  return route.handle(call)
}

/**
 * True where it makes no difference who asks. Nobody is looked for there: probes and scripts of the
 * page must not hang on a session store, theirs or the host's.
 */
function isForAll({ right, pattern }: Route): boolean {
  return right === 'none' && !pattern.startsWith('/auth/')
}

/** What instances share about logins; where the storage keeps none of that, each goes by its own. */
function sessionsOf(manager: TaskManager): () => Promise<SessionStorage> {
  const { sessions = new MemorySessions(systemClock.now) } = manager.storage
  return async () => {
    await manager.open()
    return sessions
  }
}

/** Whether the request comes with a token for the run in the path, where that is enough. */
async function hasRunToken(
  app: App,
  route: Route,
  request: Request,
  params: Record<string, string> | undefined,
  now: number,
): Promise<boolean> {
  if (!route.runToken) return false
  return app.sessions.mayFollow(request, (params?.task_id ?? '').toLowerCase(), now)
}

function refuseStranger(call: Call, route: Route): Response {
  if (!hasLogin(call, route)) {
    throw new TaskflowError('unauthenticated', 'expected a session: sign in first')
  }
  return toLogin(call, call.app.sessions.hasCookie(call.request) ? 'expired' : null)
}

/** Whether a visitor of this page can be sent to our own login. */
function hasLogin({ app }: Call, { right }: Route): boolean {
  return right === 'page' && app.authentication.kind === 'login'
}

function toLogin({ app, url, base }: Call, reason: 'expired' | 'not-allowed' | null): Response {
  const below = url.pathname.slice(app.options.basePath.length)
  const query = new URLSearchParams({ next: `${base}${below}${url.search}` })
  if (reason !== null) query.set('reason', reason)
  return redirect(`${base}/auth/login?${query}`)
}

class MethodNotAllowed extends TaskflowError {
  readonly allow: string

  constructor(methods: string[]) {
    const allow = methods.includes('GET') ? [...methods, 'HEAD'] : methods
    super('method_not_allowed', `expected ${allow.join(' or ')}`)
    this.allow = allow.join(', ')
  }
}

/** Refuses query parameters that the route does not have: most often they are misspelt. */
function checkNames(params: URLSearchParams, { doc }: Route): void {
  if (doc.anyQuery) return
  const names = (doc.query ?? []).map(({ name }) => name)
  for (const name of params.keys()) {
    if (names.includes(name)) continue
    const got = JSON.stringify(name.slice(0, 100))
    const expected = names.length > 0 ? `only ${names.join(', ')}` : 'none'
    throw new TaskflowError('invalid_input', `query parameters: expected ${expected}, got ${got}`)
  }
}

function routerOf(table: readonly Route[]): RouterContext<Map<string, Route>> {
  const byPattern = new Map<string, Map<string, Route>>()
  for (const route of table) {
    const methods = byPattern.get(route.pattern) ?? new Map()
    byPattern.set(route.pattern, methods.set(route.method, route))
  }
  const router = createRouter<Map<string, Route>>()
  for (const [pattern, methods] of byPattern) addRoute(router, '', pattern, methods)
  return router
}

function decoded(params: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]),
    )
  } catch {
    throw new TaskflowError('not_found', 'no such route')
  }
}
