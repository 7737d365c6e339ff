import { ByteLengthQueuingStrategy, ReadableStream } from '../../streams.ts'
import { csvHeader, csvLine } from '../csv.ts'
import { textAnswer } from '../openapi/answers.ts'
import { filters, limit, sorting } from '../openapi/parameters.ts'
import { sortingOf } from '../query.ts'
import type { Call, Route } from '../route.ts'
import { pagesOf, WINDOW } from '../selection/list-selected.ts'
import { selectionOf } from '../selection/selection.ts'

/** Rows of one export; spreadsheets end at about ten times as many. */
const MAX_ROWS = 100_000

export const exportRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/export.csv',
    right: 'read',
    doc: {
      operation: 'exportCsv',
      summary: 'Tasks as CSV, without payloads.',
      query: [...filters, ...sorting, limit(MAX_ROWS, MAX_ROWS)],
      answers: { 200: textAnswer('text/csv', 'RFC 4180, with a line of names.') },
    },
    handle: exportCsv,
  },
]

async function exportCsv({ app, query, now, request }: Call): Promise<Response> {
  const selection = selectionOf(query, now)
  const sorting = sortingOf(query)
  const rows = query.integer('limit', MAX_ROWS, 1, MAX_ROWS)
  const windowed = sorting.sort !== undefined && sorting.sort !== 'created_at'
  const pages = pagesOf(app.manager, selection, sorting, windowed ? WINDOW : undefined)
  // Now, so that a storage that cannot answer is an error and not half a file.
  let page = await pages.next()
  const encoder = new TextEncoder()
  let left = rows
  let text = csvHeader
  // One page at a time, and the next only when this one is on its way.
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (text === '' && !page.done && left > 0) {
          const tasks = page.value.slice(0, left)
          left -= tasks.length
          text = tasks.map(csvLine).join('')
          if (request.signal.aborted) left = 0
          page = left > 0 ? await pages.next() : { done: true, value: undefined }
        }
        if (text === '') return controller.close()
        controller.enqueue(encoder.encode(text))
        text = ''
      },
      async cancel() {
        await pages.return()
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 65_536 }),
  )
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="tasks.csv"',
    },
  })
}
