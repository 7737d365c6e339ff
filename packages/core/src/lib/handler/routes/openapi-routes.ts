import { jsonResponse } from '../headers.ts'
import { openApiDocument } from '../openapi/document.ts'
import type { Route } from '../route.ts'

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
    handle: ({ app, base }) => jsonResponse(openApiDocument(app.routes, app.options.title, base)),
  },
]
