import { publishedTypes } from '../entry-points.ts'
import { type Page, readPage } from '../pages.ts'
import { errorsTable } from './errors-table.ts'
import { fill } from './fill.ts'
import { readRoutes } from './openapi.ts'
import { optionsTable } from './options-table.ts'
import { routesTables } from './routes-page.ts'

/** Pages with parts that come from the code. */
const GENERATED = [
  'docs/reference/options.md',
  'docs/reference/errors.md',
  'docs/reference/http-routes.md',
]

/** Those pages as they should be. */
export async function generatedPages(): Promise<Page[]> {
  const types = publishedTypes()
  const parts = new Map([
    ['errors', await errorsTable()],
    ['routes', routesTables(await readRoutes())],
  ])
  return GENERATED.map(readPage).map(({ path, text }) => ({
    path,
    text: fill(text, (name) => parts.get(name) ?? optionsTable(types, name)),
  }))
}
