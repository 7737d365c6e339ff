import { exactTotal } from '../exact-total.ts'
import { jsonResponse } from '../headers.ts'
import { pagedList } from '../openapi/answers.ts'
import { cursor, filters, limit, logs, sorting } from '../openapi/parameters.ts'
import { payloadsJson } from '../payload-json.ts'
import { nextLink, pageInputOf } from '../query.ts'
import type { Call, Route } from '../route.ts'
import { listSelected, WINDOW } from '../selection/list-selected.ts'
import { selectionOf } from '../selection/selection.ts'
import { taskJson } from '../serialize.ts'

export const listRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/',
    right: 'read',
    doc: {
      operation: 'list',
      summary: 'Tasks, newest first.',
      query: [...filters, ...sorting, limit(100, 1000), cursor, logs],
      answers: {
        200: pagedList('Task', 'A page of tasks.', [
          'X-Total-Count',
          'X-Sort-Window',
          'X-Taskflow-Cursor',
        ]),
      },
    },
    handle: list,
  },
]

async function list({ app, base, query, url, now }: Call): Promise<Response> {
  const { manager, options } = app
  const selection = selectionOf(query, now)
  const input = pageInputOf(query)
  const logCount = query.integer('logs', 20, 0, 200)
  // The position is taken first: what changes during the read is then in the stream as well.
  await manager.open()
  const position = await manager.storage.changes?.head()
  const [page, known] = await Promise.all([
    listSelected(manager, selection, input),
    selection.matches === null ? exactTotal(manager, selection.filter) : null,
  ])
  const payloads = await payloadsJson(manager, page.tasks, options.exposePayloads)
  const response = jsonResponse(
    page.tasks.map((task) => taskJson(task, logCount, payloads.get(task.taskId))),
  )
  const total = page.totalExact ? `${page.total}` : `${known ?? `${page.total}+`}`
  response.headers.set('x-total-count', total)
  if (position !== undefined) response.headers.set('x-taskflow-cursor', position)
  const windowed = selection.matches !== null || (input.sort ?? 'created_at') !== 'created_at'
  if (windowed && !page.totalExact) response.headers.set('x-sort-window', `${WINDOW}`)
  if (page.next !== null) {
    response.headers.set('link', nextLink(base || '/', url.search, page.next))
  }
  return response
}
