import { afterEach, describe, expect, it } from 'vitest'
import type { AuditEntryJson } from '../client/wire.ts'
import type { HandlerOptions } from './options.ts'
import { broken, quick, testApp } from './test-app.ts'

type App = Awaited<ReturnType<typeof testApp>>
let app: App
afterEach(() => app.stop())

const entriesOf = async (query = '', headers: object = {}): Promise<AuditEntryJson[]> =>
  (await app.json('GET', `/audit${query}`, undefined, headers)).body

describe('the audit', () => {
  it('has every change, with what came of it, and nothing that changed nothing', async () => {
    app = await testApp()
    const later = { delayMs: 60_000 }
    const bad = await app.manager.enqueue(broken)
    await app.until(bad.taskId, 'failed')
    const one = await app.manager.enqueue(quick, {}, later)
    const two = await app.manager.enqueue(quick, {}, later)
    const run = await app.json('POST', '', { func_name: 'quick', payload: {} })
    const retry = await app.json('POST', `/${bad.taskId}/retry`)
    await app.json('POST', `/${one.taskId}/run`)
    await app.json('POST', `/${two.taskId}/cancel`)
    // Refused, or only looked at.
    await app.json('POST', `/${two.taskId}/cancel`)
    await app.json('POST', '/bulk-retry', { filter: {}, dry_run: true })
    await app.json('GET')
    const entries = await entriesOf()
    expect(entries.map(({ action, task_id, detail }) => [action, task_id, detail])).toEqual([
      ['cancel', two.taskId, {}],
      ['run', one.taskId, {}],
      ['retry', bad.taskId, { new_task_id: retry.body.task_id }],
      ['run', run.body.task_id, { func_name: 'quick', source: 'adhoc' }],
    ])
    expect(new Set(entries.map(({ actor }) => actor))).toEqual(new Set(['anonymous']))
    expect(entries[0]?.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('pages by its link, and filters', async () => {
    app = await testApp()
    const ids: string[] = []
    for (let n = 0; n < 7; n += 1) {
      const { body } = await app.json('POST', '', {
        func_name: 'quick',
        payload: {},
        run_at: '2100-01-01T00:00:00Z',
      })
      ids.push(body.task_id)
    }
    await app.json('POST', `/${ids[0]}/cancel`)
    const seen: AuditEntryJson[] = []
    for (let path: string | undefined = '/audit?limit=3&action=run'; path !== undefined; ) {
      const page: Awaited<ReturnType<App['json']>> = await app.json('GET', path)
      seen.push(...page.body)
      path = page.headers.get('link')?.match(/^<\/tasks(.*)>; rel="next"$/)?.[1]
    }
    expect(seen.map(({ task_id }) => task_id)).toEqual(ids.toReversed())
    expect(await entriesOf(`?task_id=${ids[0]?.toUpperCase()}`)).toHaveLength(2)
    expect(await entriesOf('?action=cancel')).toHaveLength(1)
    expect(await entriesOf('?actor=somebody')).toEqual([])
    expect(await entriesOf('?since=1h')).toHaveLength(8)
    expect(await entriesOf('?until=2020-01-01')).toEqual([])
    expect((await app.json('GET', '/audit?cursor=AAAA')).status).toBe(400)
  })

  it('names who it was, logins and logouts too', async () => {
    const ui = { page: () => '', loginPage: () => '', asset: async () => null }
    app = await testApp({ auth: ['admin', 'secret'], ui: ui as HandlerOptions['ui'] & object })
    const login = await app.json('POST', '/auth/login', { username: 'admin', password: 'secret' })
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    await app.json('POST', '', { func_name: 'quick', payload: {} }, { cookie })
    expect((await entriesOf('', { cookie })).map(({ action, actor }) => [action, actor])).toEqual([
      ['run', 'admin'],
      ['login', 'admin'],
    ])
    await app.json('POST', '/auth/login', { username: 'admin', password: 'wrong' })
    const out = await app.json('POST', '/auth/logout', undefined, {
      cookie,
      accept: 'application/json',
    })
    expect(out.status).toBe(204)
    const { audit } = app.manager.storage
    const { entries } = (await audit?.list({ limit: 10 })) ?? { entries: [] }
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
      ['logout', 'admin'],
      ['login_failed', 'anonymous'],
      ['run', 'admin'],
      ['login', 'admin'],
    ])
  })

  it('has what somebody was refused for want of a right, and nothing of strangers', async () => {
    const viewer = { id: 'vera', name: 'Vera', roles: ['viewer' as const] }
    app = await testApp({ auth: (request) => (request.headers.has('x-vera') ? viewer : null) })
    const { taskId } = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    const headers = { 'x-vera': '1' }
    for (const path of [`/${taskId}/cancel`, '/schedules/bulk']) {
      const body = path === '/schedules/bulk' ? { ids: ['x'], action: 'remove' } : undefined
      expect((await app.json('POST', path, body, headers)).status).toBe(403)
      expect((await app.json('POST', path, body)).status).toBe(401)
    }
    expect((await app.json('GET', '/audit', undefined, headers)).status).toBe(403)
    const { audit } = app.manager.storage
    const { entries } = (await audit?.list({ limit: 10 })) ?? { entries: [] }
    expect(
      entries.map(({ action, actor, taskId, detail }) => [action, actor, taskId, detail]),
    ).toEqual([
      ['refused', 'vera', null, { method: 'POST', route: '/schedules/bulk', needed: 'delete' }],
      ['refused', 'vera', taskId, { method: 'POST', route: '/:task_id/cancel', needed: 'cancel' }],
    ])
  })

  it('that cannot be written fails no action, and the app hears of it', async () => {
    app = await testApp()
    const { audit } = app.manager.storage
    const failure = new Error('disk full')
    if (audit) audit.append = () => Promise.reject(failure)
    const { status } = await app.json('POST', '', { func_name: 'quick', payload: {} })
    expect(status).toBe(201)
    expect(app.errors).toContain(failure)
  })
})
