import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { rightsOf } from '../../handler/auth/rights.ts'
import type { HandlerOptions, User } from '../../handler/options.ts'
import { routes } from '../../handler/routes/routes.ts'
import { serving } from './fixture.ts'
import type { AdapterHarness, AdapterTestRunner } from './harness.ts'

const ID = '01900000-0000-7000-8000-000000000000'
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS']
const VISITORS = ['stranger', 'viewer', 'operator', 'admin'] as const

type Visitor = (typeof VISITORS)[number]

/** Every route of the handler, with every method, for every role, as the table of routes says. */
export function describeRights(harness: AdapterHarness, { describe, it }: AdapterTestRunner) {
  const auth: HandlerOptions['auth'] = (request) => userOf(request.headers.get('x-visitor'))

  describe('rights', () => {
    for (const visitor of VISITORS) {
      it(`of ${visitor} are those of the table, whatever the method`, () =>
        serving(harness, { options: { auth } }, async ({ url }) => {
          for (const pattern of new Set(routes.map((route) => route.pattern))) {
            for (const method of METHODS) {
              const path = pathOf(pattern)
              const { status, allow } = await ask(`${url}/tasks${path}`, method, visitor)
              const found = { method, path, status }
              const expected = expectedOf(pattern, method, visitor)
              assert.ok(status < 500, `never fails: ${JSON.stringify(found)}`)
              if (expected === 'allowed') {
                const refusals = [401, 403, 405, 501]
                assert.ok(!refusals.includes(status), `lets in: ${JSON.stringify(found)}`)
              } else assert.deepEqual(found, { method, path, status: expected })
              if (expected === 405) assert.equal(allow, allowOf(pattern))
            }
          }
        }))
    }
  })
}

function userOf(role: string | null): User | null {
  if (role !== 'viewer' && role !== 'operator' && role !== 'admin') return null
  return { id: role, name: role, roles: [role] }
}

const pathOf = (pattern: string) => pattern.replace('/**', '/runs').replaceAll(/:\w+/g, ID)

function methodsOf(pattern: string): string[] {
  return routes.filter((route) => route.pattern === pattern).map(({ method }) => method)
}

function allowOf(pattern: string): string {
  const methods = methodsOf(pattern)
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ')
}

function expectedOf(pattern: string, method: string, visitor: Visitor): number | 'allowed' {
  const asked = method === 'HEAD' ? 'GET' : method
  const route = routes.find((each) => each.pattern === pattern && each.method === asked)
  if (!route) return 405
  // Who signs in elsewhere has no login here; who is nobody is told so.
  if (pattern === '/auth/session' && visitor === 'stranger') return 401
  if (route.right === 'none') return 'allowed'
  const user = userOf(visitor)
  if (user === null) return 401
  const needed = route.right === 'page' ? 'read' : route.right
  return rightsOf(user, false).includes(needed) ? 'allowed' : 403
}

/** Status and `Allow` of one request; streams are left after their headers. */
async function ask(url: string, method: string, visitor: Visitor) {
  const asked = request(url, { method, agent: false, headers: { 'x-visitor': visitor } })
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  const { statusCode = 0, headers } = response
  response.destroy()
  return { status: statusCode, allow: headers.allow }
}
