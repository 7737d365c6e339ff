import { jsonResponse } from '../headers.ts'
import { openApiDocument } from '../openapi/document.ts'
import { securityOf } from '../openapi/security.ts'
import type { Call, Route } from '../route.ts'

export const openApiRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/openapi.json',
    right: 'read',
    doc: {
      operation: 'openapi',
      summary: 'This document.',
      answers: {
        200: {
          description: 'OpenAPI 3.1.',
          content: { 'application/json': { type: 'object' } },
        },
      },
    },
    handle: openapi,
  },
]

function openapi({ app, base }: Call): Response {
  const { title, cookie } = app.options
  const security = securityOf(app.authentication.kind, cookie.name)
  return jsonResponse(openApiDocument(app.routes, title, base, security))
}
