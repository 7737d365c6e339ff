import { VERSION } from '../../version.ts'
import type { Answer, Route } from '../route.ts'
import type { Parameter } from './parameters.ts'
import { ref } from './schema.ts'
import { schemas } from './schemas.ts'
import type { Security } from './security.ts'

/** The OpenAPI 3.1 document of a route table. */
export function openApiDocument(
  routes: readonly Route[],
  title: string,
  basePath: string,
  security: Security | null,
) {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = pathOf(route.pattern)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title, version: VERSION },
    servers: [{ url: basePath || '/' }],
    ...(security && { security: security.requirements }),
    paths,
    components: {
      ...(security && { securitySchemes: security.schemes }),
      schemas,
      responses: {
        Problem: {
          description: 'What went wrong.',
          content: { 'application/problem+json': { schema: ref('Problem') } },
        },
      },
    },
  }
}

/** `/:task_id/logs` as `/{task_id}/logs`. */
export function pathOf(pattern: string): string {
  return pattern.replace('**', ':path').replace(/:(\w+)/g, '{$1}')
}

function operation({ pattern, right, doc }: Route): object {
  const { operation: operationId, summary, query = [], body, answers } = doc
  const inPath = [...pathOf(pattern).matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return {
    operationId,
    summary,
    'x-taskflow-right': right,
    ...(right === 'none' && { security: [] }),
    parameters: [...inPath, ...query.map(inQuery)],
    ...(body && {
      requestBody: {
        required: (body.required?.length ?? 0) > 0,
        content: Object.fromEntries(
          (doc.bodyTypes ?? ['application/json']).map((type) => [type, { schema: body }]),
        ),
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, response(answer)]),
      ),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function inQuery({ name, schema, description, repeats = false, required = false }: Parameter) {
  return {
    name,
    in: 'query',
    description,
    ...(required && { required }),
    schema: repeats ? { type: 'array', items: schema } : schema,
  }
}

function response({ description, content = {}, headers = [] }: Answer): object {
  return {
    description,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' } }])),
    }),
    ...(Object.keys(content).length > 0 && {
      content: Object.fromEntries(
        Object.entries(content).map(([type, schema]) => [type, { schema }]),
      ),
    }),
  }
}
