import { createHandler, TaskManager } from '@taskflow/core'

/** The parts of an OpenAPI schema that the reference shows. */
export interface SchemaJson {
  type?: string | string[]
  format?: string
  enum?: string[]
  minimum?: number
  maximum?: number
  maxItems?: number
  default?: unknown
  items?: SchemaJson
  properties?: Record<string, SchemaJson>
  required?: string[]
  description?: string
}

/** The parts of an operation that the reference shows. */
export interface OperationJson {
  operationId: string
  summary: string
  'x-taskflow-right': string
  parameters: {
    name: string
    in: 'path' | 'query'
    description?: string
    required?: boolean
    schema: SchemaJson
  }[]
  requestBody?: { content: Record<string, { schema: SchemaJson }> }
  responses: Record<string, { description?: string; headers?: Record<string, unknown> }>
}

/** An operation with its place. */
export interface Route extends OperationJson {
  method: string
  path: string
}

/** All routes, as a handler's own `openapi.json` has them. */
export async function readRoutes(): Promise<Route[]> {
  const tasks = new TaskManager({ tasks: [] })
  const handler = createHandler(tasks, { auth: false, onWarning: () => {} })
  const response = await handler(new Request('http://localhost/tasks/openapi.json'))
  handler.close()
  const { paths } = (await response.json()) as {
    paths: Record<string, Record<string, OperationJson>>
  }
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      ...operation,
    })),
  )
}
