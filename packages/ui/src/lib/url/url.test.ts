import { describe, expect, it } from 'vitest'
import { formatRoute, HOME, pageRoute, parseRoute, type Route, runsRoute } from './route.ts'
import { routeFromUrl, type UrlSyncMode, urlForRoute } from './url-sync.ts'

const full: Route = {
  page: 'runs',
  filter: { status: ['failed', 'retrying'], func: 'a&b #1', since: '6h', q: 'x=y' },
  sort: { by: 'duration', order: 'desc' },
  runId: '9f2c/../41ab',
  tab: 'logs',
}

describe('routes', () => {
  it('come back as they were written', () => {
    for (const route of [HOME, runsRoute(), full]) {
      expect(parseRoute(formatRoute(route))).toEqual(route)
    }
  })

  it('know a run as a page, the page of the list, and the old addresses', () => {
    const page = { ...full, full: true, at: 3 }
    expect(parseRoute(formatRoute(page))).toEqual(page)
    expect(parseRoute('/task-runs')).toEqual(runsRoute())
    expect(parseRoute('/task-runs/abc')).toMatchObject({ page: 'runs', runId: 'abc', full: true })
    expect(parseRoute('/runs?search=mail')).toEqual(runsRoute({ q: 'mail' }))
    expect(parseRoute('/system')).toEqual(pageRoute('instances'))
  })

  it('drop what they do not know, and refuse foreign paths', () => {
    expect(parseRoute('/runs?status=failed,exploded&sort=-nonsense&since=ever')).toEqual(
      runsRoute({ status: ['failed'] }),
    )
    expect(parseRoute('/nowhere')).toBeNull()
    expect(parseRoute('/settings/a')).toBeNull()
    expect(parseRoute('/runs/a/b')).toBeNull()
  })
})

describe('addresses', () => {
  const page = new URL('https://app.example/admin?tab=2#chapter=3')

  it.each(['path', 'hash', 'query'] as const)(
    'hold every place in %s mode',
    (mode: UrlSyncMode) => {
      const schedule = pageRoute('schedules', 'a/b #1', { state: 'paused', search: 'x&y' })
      for (const route of [HOME, runsRoute({ q: 'ä' }), full, pageRoute('audit'), schedule]) {
        const address = new URL(urlForRoute(page, mode, '/tasks/dashboard', route), page)
        expect(routeFromUrl(address, mode, '/tasks/dashboard')).toEqual(route)
      }
    },
  )

  it('leave other parts of the hash and the query alone', () => {
    expect(urlForRoute(page, 'hash', '', runsRoute())).toBe('/admin?tab=2#chapter=3&taskflow=/runs')
    const there = new URL('/admin?tab=2#chapter=3&taskflow=/runs', page)
    expect(urlForRoute(there, 'hash', '', HOME)).toBe('/admin?tab=2#chapter=3')
    expect(urlForRoute(page, 'query', '', runsRoute())).toBe(
      '/admin?tab=2&taskflow=%2Fruns#chapter=3',
    )
  })

  it('do not change at all in none mode', () => {
    expect(urlForRoute(page, 'none', '', full)).toBe('/admin?tab=2#chapter=3')
  })
})
