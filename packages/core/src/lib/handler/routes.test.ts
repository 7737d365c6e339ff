import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClient, type RequestOptions, type TaskflowClient } from '../client/client.ts'
import type { Right } from '../client/wire.ts'
import { createToken } from './auth/token.ts'
import { openApiDocument, pathOf } from './openapi/document.ts'
import { type Schema, schemaProblem } from './openapi/schema.ts'
import { schemas } from './openapi/schemas.ts'
import type { HandlerOptions, User } from './options.ts'
import type { Route } from './route.ts'
import { routes } from './routes/routes.ts'
import { broken, quick, testApp } from './test-app.ts'

const unknownId = '01234567-89ab-7def-8123-456789abcdef'
const document = openApiDocument(routes, 'test', '/tasks', null)
const named = (route: Route) => `${route.method} ${route.pattern}`

/** A path that the route matches, whatever is there. */
function samplePath({ pattern }: Route, id = unknownId): string {
  return pattern
    .replace(':task_id', id)
    .replace(':name', 'quick')
    .replace(':schedule_id', 'hourly')
    .replace('**', 'runs')
    .replace(/^\/$/, '')
}

/** Query parameters without which a route refuses everything. */
function required({ doc }: Route): string {
  const values: Record<string, string> = { since: 'all', value: '1', unit: 'day' }
  const needed = (doc.query ?? []).filter((one) => one.required)
  return needed.map(({ name }) => `&${name}=${values[name]}`).join('')
}

describe('the document', () => {
  it('has every route, under a name of its own, with its right', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    ) as { path: string; method: string; operationId: string; 'x-taskflow-right': string }[]
    const told = operations.map((one) => [
      one.method.toUpperCase(),
      one.path,
      one['x-taskflow-right'],
    ])
    const wanted = routes.map(({ method, pattern, right }) => [method, pathOf(pattern), right])
    expect(told.sort()).toEqual(wanted.sort())
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routes.length)
  })

  it('refers to schemas that are there', () => {
    const refs = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)
    const places = [...refs].map(([, ref = '']) => ref)
    expect(places.length).toBeGreaterThan(20)
    for (const place of new Set(places)) {
      let found: unknown = document
      for (const part of place.slice(2).split('/')) found = (found as Record<string, unknown>)[part]
      expect(found, place).toBeDefined()
    }
  })

  it.each([
    [false, undefined, undefined],
    [
      ['ada', 'secret'],
      ['session', 'bearer'],
      [{ session: [] }, { bearer: [] }],
    ],
    [() => ({ id: 'ada', name: 'Ada' }), ['bearer'], [{}, { bearer: [] }]],
  ] as [HandlerOptions['auth'], string[] | undefined, object[] | undefined][])(
    'says how one is known with auth: %s',
    async (auth, schemes, security) => {
      const app = await testApp({ auth, secretKey: 'a'.repeat(32), cookie: { name: 'jobs' } })
      const token = await createToken({
        user: { id: 'ada', name: 'Ada' },
        secretKey: 'a'.repeat(32),
      })
      const headers = { authorization: `Bearer ${token}` }
      const { body } = await app.json('GET', '/openapi.json', undefined, headers)
      const { securitySchemes } = body.components
      expect(securitySchemes && Object.keys(securitySchemes)).toEqual(schemes)
      if (schemes?.includes('session')) expect(securitySchemes.session.name).toBe('jobs')
      expect(body.security).toEqual(security)
      expect(body.paths['/health'].get.security).toEqual([])
      expect(body.paths['/metrics'].get.security).toBeUndefined()
      await app.stop()
    },
  )

  it('is served to those who may read', async () => {
    const app = await testApp()
    const { status, body } = await app.json('GET', '/openapi.json')
    expect(status).toBe(200)
    expect(body).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/tasks' }] })
    expect(Object.keys(body.paths)).toHaveLength(new Set(routes.map((one) => one.pattern)).size)
    await app.stop()
  })
})

/** A call of each method of the client. */
const calls: {
  [Name in keyof TaskflowClient]: (client: TaskflowClient, o: RequestOptions) => Promise<unknown>
} = {
  list: (client, o) => client.list({}, o),
  get: (client, o) => client.get(unknownId, o),
  status: (client, o) => client.status(unknownId, o),
  logs: (client, o) => client.logs(unknownId, {}, o),
  recentLogs: (client, o) => client.recentLogs({}, o),
  taskGraph: (client, o) => client.taskGraph(unknownId, o),
  graph: (client, o) => client.graph(o),
  metrics: (client, o) => client.metrics({}, o),
  series: (client, o) => client.series({}, o),
  functions: (client, o) => client.functions(o),
  instances: (client, o) => client.instances(o),
  overview: (client, o) => client.overview(o),
  health: (client, o) => client.health(o),
  audit: (client, o) => client.audit({}, o),
  exportCsv: (client, o) => client.exportCsv({}, o),
  session: (client, o) => client.session(o),
  openapi: (client, o) => client.openapi(o),
  login: (client, o) => client.login({ username: 'a', password: 'b' }, o),
  logout: (client, o) => client.logout(o),
  run: (client, o) => client.run({ func_name: 'quick' }, o),
  retry: (client, o) => client.retry(unknownId, o),
  runNow: (client, o) => client.runNow(unknownId, o),
  cancel: (client, o) => client.cancel(unknownId, o),
  bulkRetry: (client, o) => client.bulkRetry({ task_ids: [unknownId] }, o),
  bulkCancel: (client, o) => client.bulkCancel({ filter: { status: ['pending'] } }, o),
  retryFailed: (client, o) => client.retryFailed({ since: 'all' }, o),
  deleteHistory: (client, o) => client.deleteHistory({ value: 1, unit: 'day' }, o),
  pause: (client, o) => client.pause('quick', o),
  resume: (client, o) => client.resume('quick', o),
  schedules: (client, o) => client.schedules({}, o),
  schedule: (client, o) => client.schedule('hourly', {}, o),
  runSchedule: (client, o) => client.runSchedule('hourly', o),
  pauseSchedule: (client, o) => client.pauseSchedule('hourly', o),
  resumeSchedule: (client, o) => client.resumeSchedule('hourly', o),
  removeSchedule: (client, o) => client.removeSchedule('hourly', o),
  bulkSchedules: (client, o) => client.bulkSchedules({ ids: ['hourly'], action: 'run' }, o),
}

describe('the client', () => {
  const forPrograms = routes.filter(({ doc }) => doc.client !== false)

  it('has a method for each route, and no other', () => {
    const names = forPrograms.map(({ doc }) => doc.operation).sort()
    expect(Object.keys(createClient({ base: '/tasks' })).sort()).toEqual(names)
    expect(Object.keys(calls).sort()).toEqual(names)
  })

  it.each(forPrograms.map((route) => [named(route), route] as const))(
    'asks for %s, and can be aborted',
    async (_, route) => {
      let sent: { method: string; path: string; signal: unknown } | undefined
      const fetch: typeof globalThis.fetch = async (url, init) => {
        const path = new URL(String(url), 'http://app.test').pathname
        sent = { method: init?.method ?? 'GET', path, signal: init?.signal }
        return Response.json([])
      }
      const call = calls[route.doc.operation as keyof TaskflowClient]
      const { signal } = new AbortController()
      await call(createClient({ base: '', fetch }), { signal })
      expect(sent?.method).toBe(route.method)
      expect(sent?.path.replace(/(.)\/$/, '$1')).toBe(samplePath(route) || '/')
      expect(sent?.signal).toBe(signal)
    },
  )
})

describe('rights', () => {
  const OF_ROLE: Record<string, readonly (Right | 'page' | 'none')[]> = {
    nobody: ['none'],
    viewer: ['none', 'page', 'read'],
    operator: ['none', 'page', 'read', 'run', 'retry', 'cancel', 'pause', 'audit'],
    admin: ['none', 'page', 'read', 'run', 'retry', 'cancel', 'pause', 'audit', 'delete'],
  }
  const cases = routes.flatMap((route) =>
    Object.keys(OF_ROLE).map((role) => [named(route), role, route] as const),
  )
  let app: Awaited<ReturnType<typeof testApp>>
  beforeEach(async () => {
    app = await testApp({
      auth: (request) => {
        const role = request.headers.get('x-role')
        const roles = role === 'nobody' ? null : ([role] as NonNullable<User['roles']>)
        return roles && { id: 'u', name: 'U', roles }
      },
    })
  })
  afterEach(() => app.stop())

  it.each(cases)('%s as %s', async (_, role, route) => {
    const path = `${samplePath(route)}?${required(route)}`
    const init = { headers: { 'x-role': role, 'content-type': 'application/json' } }
    const response = await app.call(route.method, path, init)
    await response.body?.cancel()
    const allowed = OF_ROLE[role]?.includes(route.right) ?? false
    if (allowed) {
      expect(response.status).not.toBe(403)
      // Who is signed in is told to nobody else, though asking is open to all.
      if (route.pattern !== '/auth/session') expect(response.status).not.toBe(401)
    } else expect(response.status).toBe(role === 'nobody' ? 401 : 403)
  })
})

describe('query parameters', () => {
  let app: Awaited<ReturnType<typeof testApp>>
  let taskId: string
  beforeEach(async () => {
    app = await testApp()
    ;({ taskId } = await app.manager.enqueue(quick, {}))
    await app.until(taskId, 'success')
  })
  afterEach(() => app.stop())
  const closed = routes.filter(({ doc }) => !doc.anyQuery)

  /** Whether a request is refused for what this parameter is. */
  async function refuses(route: Route, name: string, query: string): Promise<boolean> {
    const abort = new AbortController()
    const path = `${samplePath(route, taskId)}?${query}`
    const response = await app.call(route.method, path, { signal: abort.signal })
    const text = response.status === 400 ? await response.text() : ''
    if (response.status !== 400) await response.body?.cancel()
    abort.abort()
    expect(response.status).toBeLessThan(500)
    return text.includes(`"detail":"${name}:`)
  }

  it.each(closed.map((route) => [named(route), route] as const))(
    'of %s: others are refused',
    async (_, route) => {
      const response = await app.call(route.method, `${samplePath(route, taskId)}?statsu=failed`)
      expect(response.status).toBe(400)
      expect(await response.text()).toContain('statsu')
    },
  )

  const declared = closed.flatMap((route) =>
    (route.doc.query ?? []).map((one) => [named(route), one.name, route, one] as const),
  )
  it.each(declared)('of %s: %s keeps to what is declared', async (_, name, route, parameter) => {
    const { schema, repeats, required: isRequired } = parameter
    const rest = required(route)
    const others = rest.replace(new RegExp(`&${name}=[^&]*`), '')
    const takes = async (value: unknown) =>
      !(await refuses(route, name, `${name}=${value}${others}`))
    if (!repeats) expect(await refuses(route, name, `${name}=1&${name}=2${others}`)).toBe(true)
    if (schema.type === 'integer') {
      const { minimum = 0, maximum = 0 } = schema
      for (const bad of [minimum - 1, maximum + 1, '1e309', 'NaN', '1.5', '9e99', '0x10', '１']) {
        expect(await takes(bad), `${bad}`).toBe(false)
      }
      expect(await takes(minimum)).toBe(true)
      expect(await takes(maximum)).toBe(true)
    } else if (schema.enum) {
      expect(await takes('nonsense')).toBe(false)
      for (const good of schema.enum) expect(await takes(good), `${good}`).toBe(true)
    }
    if (isRequired) expect(await refuses(route, name, others.slice(1))).toBe(true)
  })
})

describe('bodies', () => {
  let app: Awaited<ReturnType<typeof testApp>>
  beforeEach(async () => {
    // Without `ui` there is no login form, and with users there is a login.
    app = await testApp({ auth: ['admin', 'secret'] })
  })
  afterEach(() => app.stop())
  const withBody = routes.filter(({ doc }) => doc.body !== undefined)

  it.each(withBody.map((route) => [named(route), route] as const))(
    'of %s are held to what is declared',
    async (_, route) => {
      const login = await app.json('POST', '/auth/login', { username: 'admin', password: 'secret' })
      const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
      const send = async (body: string, type = 'application/json') => {
        const headers = { cookie, 'content-type': type }
        const response = await app.call(route.method, samplePath(route), { body, headers })
        return [response.status, JSON.parse(await response.text()).code]
      }
      const invalid = [400, 'invalid_input']
      for (const body of ['{', 'nonsense', '[]', '"text"', '1', 'null', '{"a":1,"a":2}']) {
        expect(await send(body), body).toEqual(invalid)
      }
      for (const [name, schema] of Object.entries(route.doc.body?.properties ?? {})) {
        // A payload may be anything.
        if (Object.keys(schema).length === 0) continue
        expect(await send(JSON.stringify({ [name]: [[1e308]] })), name).toEqual(invalid)
      }
      expect(await send('{"nobody_reads_this":1}')).toEqual(invalid)
      expect(await send('{}', 'text/plain')).toEqual([415, 'unsupported_media_type'])
      const long = JSON.stringify({ payload: 'x'.repeat(2_200_000) })
      expect(await send(long)).toEqual([413, 'too_large'])
      expect(app.errors).toEqual([])
    },
  )
})

describe('answers', () => {
  const jsonOf = (route: Route, status: number): Schema | undefined =>
    route.doc.answers[status]?.content?.['application/json']

  it('are what the document says, each route with tasks of every kind', async () => {
    const app = await testApp({ exposePayloads: true })
    const ok = await app.manager.enqueue(quick, { n: 1 }, { tags: { a: 'b' }, priority: -1 })
    const bad = await app.manager.enqueue(broken)
    await app.until(ok.taskId, 'success')
    await app.until(bad.taskId, 'failed')
    await app.manager.schedule(quick, { everyMs: 3_600_000 }, { id: 'hourly', payload: {} })
    const later = { delayMs: 60_000 }
    const bodies: Record<string, () => Promise<unknown>> = {
      run: async () => ({ func_name: 'quick', payload: {} }),
      bulkRetry: async () => ({ task_ids: [bad.taskId, unknownId] }),
      bulkCancel: async () => ({ filter: { group: 'fast' }, dry_run: true }),
      bulkSchedules: async () => ({ ids: ['hourly', 'none'], action: 'run' }),
      login: async () => ({ username: 'a', password: 'b' }),
    }
    const ids: Record<string, () => Promise<string>> = {
      retry: async () => bad.taskId,
      runNow: async () => (await app.manager.enqueue(quick, {}, later)).taskId,
      cancel: async () => (await app.manager.enqueue(quick, {}, later)).taskId,
    }
    let checked = 0
    for (const route of routes) {
      const { operation } = route.doc
      const id = (await ids[operation]?.()) ?? ok.taskId
      const body = await bodies[operation]?.()
      if (jsonOf(route, 200) === undefined && jsonOf(route, 201) === undefined) continue
      const answer = await app.json(
        route.method,
        `${samplePath(route, id)}?${required(route)}`,
        body,
      )
      expect(answer.status, named(route)).toBeLessThan(300)
      const schema = jsonOf(route, answer.status)
      expect(schema && schemaProblem(schema, answer.body, schemas), named(route)).toBeNull()
      checked += 1
    }
    expect(checked).toBeGreaterThan(20)
    const problem = await app.json('GET', '?limit=0')
    expect(schemaProblem(schemas.Problem ?? {}, problem.body, schemas)).toBeNull()
    await app.stop()
  })
})

describe('schemaProblem', () => {
  it.each([
    [{ type: 'string' }, 1, 'expected string'],
    [{ type: ['integer', 'null'] }, 1.5, 'expected integer or null'],
    [{ type: 'number' }, Number.POSITIVE_INFINITY, 'expected number'],
    [{ type: 'array', items: { type: 'string' } }, ['a', 1], '[1]: expected string'],
    [{ type: 'array', maxItems: 1 }, [1, 2], 'expected 0 to 1 elements, got 2'],
    [{ type: 'object', required: ['a'] }, {}, 'expected a'],
    [{ properties: { a: {} }, additionalProperties: false }, { b: 1 }, 'expected only a, got "b"'],
    [{ additionalProperties: { type: 'string' } }, { b: 1 }, 'b: expected string'],
    [{ properties: { toString: { type: 'string' } } }, {}, null],
    [{ enum: ['a'] }, 'b', 'expected one of a'],
    [{ type: ['string', 'null'], enum: ['a'] }, null, 'expected one of a'],
    [{ type: 'integer', minimum: 2 }, 1, 'expected 2 or more'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, null, null],
    [
      { anyOf: [{ type: 'string' }, { type: 'array', items: { enum: ['a'] } }] },
      ['b'],
      '[0]: expected one of a',
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 1, 'expected string'],
  ] as [Schema, unknown, string | null][])('%j of %j: %s', (schema, value, problem) => {
    expect(schemaProblem(schema, value, {})).toBe(problem)
  })
})
