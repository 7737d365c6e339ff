import { TaskflowError } from '../../errors.ts'
import { LOG_LEVELS, LOG_STREAMS, type TaskRecord } from '../../record.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import { jsonResponse } from '../headers.ts'
import { type LogWanted, readLog } from '../logs/read-log.ts'
import { recentLogs } from '../logs/recent-logs.ts'
import { pagedList, textAnswer } from '../openapi/answers.ts'
import { age, cursor, limit, logFilters, parameter } from '../openapi/parameters.ts'
import { cursorOf, nextLink, type Query } from '../query.ts'
import type { Call, Route } from '../route.ts'
import { WINDOW } from '../selection/list-selected.ts'
import { logJson, logLines, taskLogJson } from '../serialize.ts'
import { taskOf } from '../task-of.ts'

const MAX_LINE = 999_999_999

export const logRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/logs',
    right: 'read',
    doc: {
      operation: 'recentLogs',
      summary: 'Log lines of all tasks, newest first.',
      query: [
        ...logFilters,
        parameter('func_name', 'Name of the function.', { type: 'string' }, { repeats: true }),
        parameter('since', `Written at or after: ${age}.`),
        parameter('until', `Written before: ${age}.`),
        limit(500, 5000),
        cursor,
      ],
      answers: {
        200: pagedList('TaskLogEntry', 'Lines; a page may be short, or empty, and have a next.', [
          'X-Sort-Window',
        ]),
      },
    },
    handle: recent,
  },
  {
    method: 'GET',
    pattern: '/:task_id/logs',
    right: 'read',
    doc: {
      operation: 'logs',
      summary: 'The log of one task, in order.',
      query: [
        ...logFilters,
        parameter('from', 'Number of the first line, above 0. [the first there is]', {
          type: 'number',
          maximum: MAX_LINE,
        }),
        limit(500, 5000),
        cursor,
        parameter('format', '`text` downloads it: all that match, or `limit` of them.', {
          type: 'string',
          enum: ['json', 'text'],
          default: 'json',
        }),
      ],
      answers: {
        200: {
          ...pagedList('LogEntry', 'A page of lines, or all of them as text.', ['X-Total-Count']),
          content: {
            ...pagedList('LogEntry', '').content,
            ...textAnswer('text/plain', '').content,
          },
        },
      },
    },
    handle: logs,
  },
]

async function recent({ app, base, query, url, now }: Call): Promise<Response> {
  const { lines, next, windowed } = await recentLogs(app.manager, {
    ...linesOf(query),
    filter: { funcName: query.many('func_name') },
    since: query.instant('since', now),
    until: query.instant('until', now),
    limit: query.integer('limit', 500, 1, 5000),
    cursor: cursorOf(query),
  })
  const response = jsonResponse(lines.map(({ task, entry }) => taskLogJson(task, entry)))
  if (windowed) response.headers.set('x-sort-window', `${WINDOW}`)
  if (next !== null) {
    response.headers.set('link', nextLink(`${base}/logs`, url.search, next))
  }
  return response
}

async function logs(call: Call): Promise<Response> {
  const { query, app, url } = call
  const from = placeOf(query)
  const limit = query.integer('limit', 500, 1, 5000)
  const asText = query.oneOf('format', ['json', 'text']) === 'text'
  const wanted = linesOf(query)
  const task = await taskOf(call)
  if (asText) {
    const lines = query.one('limit') === undefined ? Infinity : limit
    return logText(app.manager, task, wanted, from, lines)
  }
  const page = await readLog(app.manager, task, wanted, from, limit)
  const response = jsonResponse(page.entries.map(logJson))
  response.headers.set('x-total-count', `${page.total}`)
  if (page.next !== null) {
    const path = `${call.base}/${task.taskId}/logs`
    response.headers.set('link', nextLink(path, url.search, `${page.next}`))
  }
  return response
}

function linesOf(query: Query): LogWanted {
  return {
    stream: query.oneOf('stream', LOG_STREAMS),
    level: query.oneOf('level', LOG_LEVELS),
    search: query.one('search'),
  }
}

/** Number of the first line: a cursor is one too, and comes before `from`. */
function placeOf(query: Query): number {
  const from = query.one('from')
  const first = from === undefined ? 0 : numberOf(from)
  if (first === null) {
    throw new TaskflowError('invalid_input', 'from: expected the number of a line')
  }
  const cursor = cursorOf(query)
  const place = cursor === undefined ? first : numberOf(cursor)
  if (place !== null) return place
  throw new TaskflowError('invalid_input', 'cursor: expected the cursor of an earlier page')
}

function numberOf(text: string): number | null {
  const number = /^\d{1,9}(\.\d{1,20})?$/.test(text) ? Number(text) : 0
  return number > 0 ? number : null
}

/** The log as a file, page by page as the client reads. */
function logText(
  manager: TaskManager,
  task: TaskRecord,
  wanted: LogWanted,
  start: number,
  lines: number,
): Response {
  const encoder = new TextEncoder()
  let from: number | null = start
  let left = lines
  let attempt: number | undefined
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (from === null || left === 0) return controller.close()
      const page = await readLog(manager, task, wanted, from, Math.min(left, 1000))
      from = page.next
      left -= page.entries.length
      const text = logLines(page.entries, attempt).join('\n')
      attempt = page.entries.at(-1)?.attempt ?? attempt
      if (text) controller.enqueue(encoder.encode(`${text}\n`))
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${task.taskId}.log"`,
    },
  })
}
