import { TaskflowError } from '../../errors.ts'
import { pageResponse } from '../headers.ts'
import { empty, textAnswer } from '../openapi/answers.ts'
import { filters, flagged, limit, logs, parameter } from '../openapi/parameters.ts'
import type { Call, Route, RouteDoc } from '../route.ts'
import { selectionOf } from '../selection/selection.ts'

const aPage: RouteDoc = {
  operation: 'dashboard',
  client: false,
  summary: 'The page with the dashboard.',
  anyQuery: true,
  answers: {
    200: textAnswer('text/html', 'The page.'),
    303: empty('To the login.', ['Location']),
  },
}

export const dashboardRoutes: Route[] = [
  { method: 'GET', pattern: '/dashboard', right: 'page', doc: aPage, handle: page },
  {
    method: 'GET',
    pattern: '/dashboard/**',
    right: 'page',
    doc: { ...aPage, operation: 'dashboardBelow' },
    handle: page,
  },
  {
    method: 'GET',
    pattern: '/dashboard/assets/:name',
    right: 'none',
    doc: {
      operation: 'asset',
      client: false,
      summary: 'Scripts and styles.',
      anyQuery: true,
      answers: { 200: empty('The file.', ['ETag']), 304: empty('Unchanged.', ['ETag']) },
    },
    handle: asset,
  },
  {
    method: 'GET',
    pattern: '/dashboard/stream',
    right: 'read',
    doc: {
      operation: 'stream',
      client: false,
      summary: 'Changes as server-sent events; `openStream` of the client follows them.',
      query: [
        ...filters,
        flagged('deltas', 'One event per change, not the whole state.'),
        parameter('task_id', 'Only this task, with its log lines.'),
        limit(100, 1000),
        logs,
      ],
      answers: { 200: textAnswer('text/event-stream', 'The events.') },
    },
    handle: stream,
  },
]

function page({ app, base, request }: Call): Response {
  const { ui, headerTitle } = app.options
  if (!ui) throw noUi('dashboard')
  return pageResponse(ui.page({ base, title: headerTitle, theme: themeOf(request) }))
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
  if (isKnown(request, found.etag)) {
    return new Response(null, { status: 304, headers })
  }
  return new Response(found.body, { headers })
}

/** Whether the browser has what a tag names; weak tags, as proxies make them, are good enough. */
function isKnown(request: Request, etag: string): boolean {
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim())
  return known.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag)
}

function stream({ app, query, request, rights, user, session, now, ...call }: Call) {
  return app.hub.open({
    ...selectionOf(query, now),
    deltas: query.flag('deltas'),
    logs: query.integer('logs', 20, 0, 200),
    limit: query.integer('limit', 100, 1, 1000),
    taskId: query.one('task_id')?.toLowerCase() ?? null,
    lastEventId: request.headers.get('last-event-id'),
    rights,
    owner: session?.id ?? user?.id ?? null,
    expiresAt: session?.expiresAt ?? null,
    stillAllowed: (at) => call.stillAllowed(at),
    disconnect: () => call.disconnect(),
    headOnly: request.method === 'HEAD',
    signal: request.signal,
  })
}

/** For pages of a handler that was given no dashboard; the API works without one. */
export function noUi(page: string): TaskflowError {
  return new TaskflowError(
    'not_found',
    `no ${page}: npm install @taskflow/ui, and give createHandler ui: dashboardUi() of '@taskflow/ui/server'`,
  )
}

/** The theme that the page keeps in a cookie, so that it can be rendered without a flash. */
export function themeOf(request: Request): 'light' | 'dark' | null {
  const cookie = request.headers.get('cookie') ?? ''
  const found = /(?:^|;\s*)taskflow_theme=(light|dark)(?:;|$)/.exec(cookie)
  return (found?.[1] as 'light' | 'dark' | undefined) ?? null
}
