import { TaskflowError } from '../../errors.ts'
import { pageResponse } from '../headers.ts'
import { filterOf } from '../query.ts'
import type { Call, Route } from '../route.ts'

export const dashboardRoutes: Route[] = [
  { method: 'GET', pattern: '/dashboard', right: 'page', handle: page },
  { method: 'GET', pattern: '/dashboard/**', right: 'page', handle: page },
  { method: 'GET', pattern: '/dashboard/assets/:name', right: 'none', handle: asset },
  { method: 'GET', pattern: '/dashboard/stream', right: 'read', handle: stream },
]

function page({ app, request }: Call): Response {
  const { ui, basePath, headerTitle } = app.options
  if (!ui) {
    throw new TaskflowError('not_found', 'no dashboard: createHandler was given no `ui`')
  }
  return pageResponse(ui.page({ base: basePath, title: headerTitle, theme: themeOf(request) }))
}

async function asset({ app, request, params }: Call): Promise<Response> {
  const name = params.name ?? ''
  const found = await app.options.ui?.asset(name, request.headers.get('accept-encoding') ?? '')
  if (!found) throw new TaskflowError('not_found', 'no asset of that name')
  const headers = new Headers({
    'content-type': found.contentType,
    'cache-control': found.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: found.etag,
    vary: 'Accept-Encoding',
    // A page of another origin may load the element; its data stays behind the session.
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  })
  if (found.contentEncoding) headers.set('content-encoding', found.contentEncoding)
  if (request.headers.get('if-none-match') === found.etag) {
    return new Response(null, { status: 304, headers })
  }
  return new Response(found.body, { headers })
}

function stream({ app, query, request, rights, session, now }: Call): Promise<Response> {
  return app.hub.open({
    filter: filterOf(query, now),
    deltas: query.flag('deltas'),
    logs: query.integer('logs', 20, 0, 200),
    limit: query.integer('limit', 100, 1, 1000),
    taskId: query.one('task_id') ?? null,
    lastEventId: request.headers.get('last-event-id'),
    rights,
    async sessionOver(at) {
      return session !== null && (session.expiresAt <= at || (await app.ended.has(session, at)))
    },
    signal: request.signal,
  })
}

/** The theme that the page keeps in a cookie, so that it can be rendered without a flash. */
export function themeOf(request: Request): 'light' | 'dark' | null {
  const cookie = request.headers.get('cookie') ?? ''
  const found = /(?:^|;\s*)taskflow_theme=(light|dark)(?:;|$)/.exec(cookie)
  return (found?.[1] as 'light' | 'dark' | undefined) ?? null
}
