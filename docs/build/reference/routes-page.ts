import type { Route, SchemaJson } from './openapi.ts'
import { table } from './table.ts'

/** The routes in short, then what each takes and answers. */
export function routesTables(routes: readonly Route[]): string {
  const filters = filterNames(routes)
  const rows = routes.map(({ method, path, operationId, summary, 'x-taskflow-right': right }) => [
    `${method} [\`${path}\`](#${operationId.toLowerCase()})`,
    right,
    summary,
  ])
  const details = routes.map((route) => detail(route, filters))
  return [table(['route', 'right', ''], rows), ...details].join('\n\n')
}

function detail(route: Route, filters: ReadonlySet<string>): string {
  const { method, path, operationId, parameters, requestBody, responses } = route
  const inQuery = parameters.filter((parameter) => parameter.in === 'query')
  const hasFilters = [...filters].every((name) => inQuery.some((each) => each.name === name))
  const own = hasFilters ? inQuery.filter(({ name }) => !filters.has(name)) : inQuery
  const rows = own.map(({ name, schema, description = '', required }) => [
    `\`${name}\``,
    `${kindOf(schema)}${required ? ', required' : ''}`,
    description,
  ])
  if (hasFilters) rows.unshift(['the [filters](http.md#filters)', '', 'Which tasks.'])
  const [body] = Object.values(requestBody?.content ?? {})
  return [
    `## ${operationId}`,
    `\`${method} ${path}\``,
    ...(rows.length > 0 ? [table(['query', '', ''], rows)] : []),
    ...(body ? [bodyTable(body.schema)] : []),
    ...answers(responses),
  ].join('\n\n')
}

function bodyTable({ properties = {}, required = [] }: SchemaJson): string {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    `${kindOf(schema)}${required.includes(name) ? ', required' : ''}`,
    schema.description ?? '',
  ])
  return table(['body', '', ''], rows)
}

function answers(responses: Route['responses']): string[] {
  return Object.entries(responses)
    .filter(([status]) => status !== 'default')
    .map(([status, { description = '', headers }]) => {
      const names = Object.keys(headers ?? {}).map((name) => `\`${name}\``)
      return `**${status}** ${description}${names.length > 0 ? ` Headers: ${names.join(', ')}.` : ''}`
    })
}

/** What a value may be, in words: `whole number, 1 to 1000, 100 if left out`. */
export function kindOf(schema: SchemaJson): string {
  const { items, minimum, maximum, maxItems, enum: values, default: standard } = schema
  if (items) return `${kindOf(items)}, may repeat${maxItems ? `, at most ${maxItems}` : ''}`
  const kinds = [schema.type ?? 'any'].flat().filter((type) => type !== 'null')
  const names: Record<string, string> = { integer: 'whole number', any: 'any JSON' }
  const kind = values
    ? values.map((value) => `\`${value}\``).join(', ')
    : kinds.map((each) => names[each] ?? each).join(' or ')
  return [
    schema.format === 'date-time' ? 'instant, ISO 8601' : kind,
    ...(minimum !== undefined && maximum !== undefined ? [`${minimum} to ${maximum}`] : []),
    ...(standard === undefined ? [] : [`${standard} if left out`]),
  ].join(', ')
}

/** The filters that lists, the stream and exports share: those that bulk actions take by name. */
function filterNames(routes: readonly Route[]): Set<string> {
  const bulk = routes.find(({ operationId }) => operationId === 'bulkRetry')
  const [body] = Object.values(bulk?.requestBody?.content ?? {})
  return new Set(Object.keys(body?.schema.properties?.filter?.properties ?? {}))
}
