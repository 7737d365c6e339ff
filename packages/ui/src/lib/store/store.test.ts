import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeHandler, problem } from '../testing/fake-handler.ts'
import { makeMetrics, makeTask } from '../testing/records.ts'
import { DashboardStore } from './dashboard-store.ts'
import { NO_FILTER } from './filter.ts'
import { acquireStore } from './registry.ts'
import { RunDetail } from './run-detail.ts'
import { RunList } from './run-list.ts'
import { RunLog } from './run-log.ts'

let handler: FakeHandler
let store: DashboardStore

beforeEach(() => {
  handler = new FakeHandler()
  handler.tasks = [makeTask(3), makeTask(2), makeTask(1)]
  store = new DashboardStore({ base: '/tasks', fetch: handler.fetch })
})

afterEach(() => store.stop())

async function connected(list: RunList): Promise<void> {
  list.open()
  void list.load()
  store.start()
  await vi.waitFor(() => expect(store.connection.state).toBe('live'))
}

const shown = (list: RunList) => list.rows.map(({ task }) => Number(task.task_id.slice(-4)))

describe('RunList', () => {
  it('starts the stream where the page was read', async () => {
    const list = new RunList(store)
    await connected(list)
    expect(shown(list)).toEqual([3, 2, 1])
    expect(handler.streams[0]?.headers.get('last-event-id')).toBe('e.1')
  })

  it('changes rows in place and ignores what is not newer', async () => {
    const list = new RunList(store)
    await connected(list)
    handler.push('task', makeTask(2, { rev: 5, phase: 'failed', status: 'failed' }))
    handler.push('task', makeTask(2, { rev: 4, phase: 'running', status: 'running' }))
    handler.push('task', makeTask(2, { rev: 5, phase: 'running', status: 'running' }))
    await vi.waitFor(() => expect(list.rows[1]?.task.phase).toBe('failed'))
    expect(shown(list)).toEqual([3, 2, 1])
    expect(list.rows[1]?.changes).toBe(1)
  })

  it('inserts newcomers at their place and keeps the page at its size', async () => {
    const list = new RunList(store, { limit: 3 })
    await connected(list)
    handler.push('task', makeTask(5))
    handler.push('task', makeTask(4))
    await vi.waitFor(() => expect(shown(list)).toEqual([5, 4, 3]))
    handler.push('task', makeTask(0))
    handler.push('task', makeTask(6))
    await vi.waitFor(() => expect(shown(list)).toEqual([6, 5, 4]))
  })

  it('only counts newcomers while somebody reads', async () => {
    const list = new RunList(store)
    list.holdNewcomers = () => true
    await connected(list)
    handler.push('task', makeTask(4))
    handler.push('task', makeTask(4, { rev: 2 }))
    handler.push('task', makeTask(5))
    await vi.waitFor(() => expect(list.newcomers).toBe(2))
    expect(shown(list)).toEqual([3, 2, 1])
  })

  it('marks a row that no longer matches, and takes in one that does now', async () => {
    handler.tasks = [makeTask(2, { status: 'running', phase: 'running' }), makeTask(1)]
    const list = new RunList(store, { filter: { ...NO_FILTER, status: ['running'] } })
    await connected(list)
    handler.push('task', makeTask(2, { rev: 2 }))
    handler.push('task', makeTask(1, { rev: 2, status: 'running', phase: 'running' }))
    await vi.waitFor(() => expect(list.rows[0]?.stale).toBe(true))
    await vi.waitFor(() => expect(shown(list)).toEqual([2, 1]))
    handler.push('task', makeTask(9))
    handler.push('metrics', makeMetrics({ total: 1 }))
    await vi.waitFor(() => expect(store.metrics?.total).toBe(1))
    expect(shown(list)).toEqual([2, 1])
  })

  it('drops what was removed', async () => {
    const list = new RunList(store)
    await connected(list)
    handler.push('removed', { task_ids: [makeTask(2).task_id] })
    await vi.waitFor(() => expect(shown(list)).toEqual([3, 1]))
  })

  it('does not lose a run that arrives while a page is being read', async () => {
    const list = new RunList(store)
    await connected(list)
    let answer: (response: Response) => void = () => {}
    handler.overrides.set('GET /', () => new Promise((resolve) => (answer = resolve)))
    void list.refresh()
    handler.push('task', makeTask(9))
    await vi.waitFor(() => expect(shown(list)).toContain(9))
    answer(Response.json(handler.tasks))
    await vi.waitFor(() => expect(list.refreshing).toBe(false))
    expect(shown(list)).toEqual([9, 3, 2, 1])
  })

  it('walks the pages by cursor, and newcomers leave the second one alone', async () => {
    const list = new RunList(store, { limit: 2 })
    await connected(list)
    await list.nextPage()
    expect(shown(list)).toEqual([1])
    handler.push('task', makeTask(9))
    handler.push('metrics', makeMetrics({ total: 7 }))
    await vi.waitFor(() => expect(store.metrics?.total).toBe(7))
    expect(shown(list)).toEqual([1])
    await list.previousPage()
    expect(shown(list)).toEqual([3, 2])
  })

  it('reads the page again at a resync', async () => {
    const list = new RunList(store)
    await connected(list)
    handler.tasks = [makeTask(8)]
    handler.push('resync', {})
    await vi.waitFor(() => expect(shown(list)).toEqual([8]), { timeout: 4000 })
  })

  it('keeps its rows at a resync while somebody reads, and counts what came meanwhile', async () => {
    const list = new RunList(store, { limit: 3 })
    list.holdNewcomers = () => true
    await connected(list)
    const failed = makeTask(2, { rev: 9, phase: 'failed', status: 'failed' })
    handler.tasks = [makeTask(6), makeTask(5), makeTask(4), makeTask(3), failed, makeTask(1)]
    handler.push('resync', {})
    await vi.waitFor(() => expect(list.newcomers).toBe(3), { timeout: 4000 })
    expect(shown(list)).toEqual([3, 2, 1])
    expect(list.rows[1]?.task.phase).toBe('failed')
    // A change of one that was counted is no newcomer.
    handler.push('task', makeTask(5, { rev: 9 }))
    handler.push('task', makeTask(7))
    await vi.waitFor(() => expect(list.newcomers).toBe(4))
    await list.refresh()
    expect([list.newcomers, shown(list)]).toEqual([0, [6, 5, 4]])
  })
  it('reads again what could not be read, once the stream is back', async () => {
    const list = new RunList(store)
    await connected(list)
    handler.overrides.set('GET /', () => problem(503, 'unavailable', 'Restarting.'))
    handler.push('resync', {})
    await vi.waitFor(() => expect(list.state).toBe('error'), { timeout: 4000 })
    handler.overrides.clear()
    handler.tasks = [makeTask(8)]
    handler.streams[0]?.end()
    await vi.waitFor(() => expect(shown(list)).toEqual([8]), { timeout: 8000 })
    expect(list.state).toBe('ready')
  })
})

describe('DashboardStore', () => {
  it('holds everything back while paused, counts new runs, and applies the newest on resume', async () => {
    const list = new RunList(store)
    await connected(list)
    store.setPaused(true)
    handler.push('task', makeTask(4, { status: 'running', phase: 'running' }))
    handler.push('task', makeTask(4, { rev: 2 }))
    handler.push('task', makeTask(1, { rev: 2, status: 'failed', phase: 'failed' }))
    handler.push('metrics', makeMetrics({ total: 4 }))
    handler.push('removed', { task_ids: [makeTask(2).task_id] })
    await vi.waitFor(() => expect(store.heldRuns).toBe(1))
    expect(shown(list)).toEqual([3, 2, 1])
    expect(store.metrics?.total).toBe(0)
    await vi.waitFor(() => {
      store.setPaused(false)
      expect(shown(list)).toEqual([4, 3, 1])
    })
    expect(list.rows.at(-1)?.task.phase).toBe('failed')
    expect(list.rows[0]?.task.rev).toBe(2)
    expect(store.metrics?.total).toBe(4)
  })

  it('knows what the visitor may do only once the server has said so', async () => {
    expect(store.may('retry')).toBe(false)
    handler.rights = ['read', 'retry']
    await store.reload()
    expect(store.may('retry')).toBe(true)
    expect(store.may('cancel')).toBe(false)
    handler.overview.config.read_only = true
    await store.reload()
    expect(store.may('retry')).toBe(false)
  })

  it('stops at 401 and goes on after a sign-in', async () => {
    handler.signedOut = true
    const list = new RunList(store)
    list.open()
    void list.load()
    store.start()
    await vi.waitFor(() => expect(store.connection.state).toBe('unauthorised'))
    expect(handler.streams).toHaveLength(0)
    handler.signedOut = false
    store.connection.retryNow()
    await vi.waitFor(() => expect(store.connection.state).toBe('live'))
    await vi.waitFor(() => expect(shown(list)).toEqual([3, 2, 1]), { timeout: 4000 })
  })

  it.each([
    ['detail', () => new RunDetail(store, makeTask(1).task_id).load()],
    ['log', () => new RunLog(store, makeTask(1).task_id).open(1)],
  ])('learns from the %s of a run that the session has ended', async (_, read) => {
    await connected(new RunList(store))
    handler.signedOut = true
    await read()
    expect(store.connection.state).toBe('unauthorised')
  })

  it('tells relative times by the clock of the server', async () => {
    await connected(new RunList(store))
    const server = Date.UTC(2026, 10, 19, 12, 10)
    await vi.waitFor(() => expect(Math.abs(store.now() - server)).toBeLessThan(60_000))
  })
})

describe('acquireStore', () => {
  it('shares one store and one stream per base, and stops with the last user', async () => {
    const options = { base: '/tasks', fetch: handler.fetch }
    const one = acquireStore(options)
    const two = acquireStore({ ...options, base: '/tasks/' })
    const other = acquireStore({ ...options, base: '/other' })
    expect(two.store).toBe(one.store)
    expect(other.store).not.toBe(one.store)
    other.release()
    await vi.waitFor(() => expect(one.store.connection.state).toBe('live'))
    one.release()
    one.release()
    expect(acquireStore(options).store).toBe(one.store)
    two.release()
  })
})
