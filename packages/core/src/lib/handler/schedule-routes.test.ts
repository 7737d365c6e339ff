import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from '../client/client.ts'
import { openStream } from '../client/stream.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import type { HandlerOptions } from './options.ts'
import { endless, quick, testApp } from './test-app.ts'

const HOUR = 3_600_000
const apps: Awaited<ReturnType<typeof testApp>>[] = []
afterEach(() => Promise.all(apps.splice(0).map((app) => app.stop())))

/** An app with a recurring schedule, a one-off, and a paused one. */
async function open(options: Partial<HandlerOptions> = {}) {
  const app = await testApp(options)
  apps.push(app)
  const { manager, handler } = app
  const at = Date.now() + HOUR / 2
  await manager.schedule(quick, { everyMs: HOUR }, { payload: { n: 1 }, id: 'hourly' })
  await manager.schedule(endless, { at }, { id: 'once' })
  const cron = { cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin' }
  await manager.schedule(quick, cron, { payload: { n: 3 }, id: 'paused', tags: { a: 'b' } })
  await manager.pauseSchedule('paused')
  const client = createClient({
    base: `http://app.test${handler.basePath}`,
    fetch: (input, init) => handler(new Request(input, init)),
  })
  return { ...app, client, at }
}

const problem = (status: number, code: string) => ({ status, code })

describe('GET /schedules', () => {
  it('tells all there is to know', async () => {
    const { client, json } = await open()
    const { status, body } = await json('GET', '/schedules')
    expect(status).toBe(200)
    expect(body).toHaveLength(3)
    expect(await client.schedule('paused')).toEqual({
      id: 'paused',
      name: 'paused',
      func_name: 'quick',
      executor: 'async',
      storage: 'memory',
      trigger: 'cron',
      description: 'At 09:00, Monday through Friday',
      time_zone: 'Europe/Berlin',
      state: 'paused',
      next_run: null,
      next_runs: [],
      last_run: null,
      last_task_id: null,
      last_status: null,
      misfire: 'latest',
      overlap: 'skip',
      jitter: 0,
      start_at: null,
      end_at: null,
      priority: null,
      tags: { a: 'b' },
      ticks: [],
    })
  })

  it('tells the next runs that are asked for', async () => {
    const { client } = await open()
    const { next_run, next_runs } = await client.schedule('hourly', { upcoming: 3 })
    expect(next_runs).toHaveLength(3)
    expect(next_runs[0]).toBe(next_run)
    const [first = '', , third = ''] = next_runs
    expect(Date.parse(third) - Date.parse(first)).toBe(2 * HOUR)
  })

  it.each([
    [{ search: 'HOUR' }, ['hourly']],
    [{ search: 'quick' }, ['hourly', 'paused']],
    [{ state: 'paused' }, ['paused']],
    [{ state: ['paused', 'scheduled'] }, ['hourly', 'once', 'paused']],
    [{ trigger: 'date' }, ['once']],
    [{ executor: 'thread' }, []],
    [{ executor: 'async', trigger: ['cron', 'interval'] }, ['hourly', 'paused']],
    [{ sort: 'name', order: 'desc' }, ['paused', 'once', 'hourly']],
    [{ sort: 'trigger' }, ['paused', 'once', 'hourly']],
    [{ sort: 'state' }, ['paused', 'hourly', 'once']],
    [{ sort: 'next_run' }, ['once', 'hourly', 'paused']],
    [{ sort: 'next_run', order: 'desc' }, ['hourly', 'once', 'paused']],
  ] as const)('%o', async (query, ids) => {
    const { client } = await open()
    const found = await client.schedules(query as Parameters<typeof client.schedules>[0])
    expect(found.map(({ id }) => id)).toEqual(ids)
  })

  it.each(['state=over', 'trigger=moon', 'sort=id', 'upcoming=51', 'ticks=-1'])(
    '%s is refused',
    async (query) => {
      const { json } = await open()
      const { status, body } = await json('GET', `/schedules?${query}`)
      expect([status, body.code]).toEqual([400, 'invalid_input'])
    },
  )

  it('one that is not there', async () => {
    const { json } = await open()
    const { status } = await json('GET', '/schedules/nothing')
    expect(status).toBe(404)
  })

  it('are counted by state in the overview', async () => {
    const { client } = await open()
    expect((await client.overview()).schedules).toEqual({ pending: 0, scheduled: 2, paused: 1 })
  })
})

describe('run now', () => {
  it('of a recurring schedule leaves its next run', async () => {
    const { client, until } = await open()
    const { next_run } = await client.schedule('hourly')
    const { task_id, task } = await client.runSchedule('hourly')
    expect(task).toMatchObject({ source: 'manual', schedule_id: 'hourly', func_name: 'quick' })
    await until(task_id, 'success')
    const after = await client.schedule('hourly')
    expect(after).toMatchObject({
      state: 'scheduled',
      next_run,
      last_task_id: task_id,
      last_status: 'success',
    })
    expect(after.ticks).toMatchObject([{ outcome: 'manual', task_id, lateness: 0 }])
    expect((await client.list({ schedule_id: ['hourly'] })).tasks).toHaveLength(1)
  })

  it('of a one-off leaves it paused; it can be resumed', async () => {
    const { client, at } = await open()
    await client.runSchedule('once')
    expect(await client.schedule('once')).toMatchObject({ state: 'paused', next_run: null })
    const next_run = new Date(at).toISOString()
    expect(await client.resumeSchedule('once')).toMatchObject({ state: 'scheduled', next_run })
  })

  it('of a paused schedule leaves it paused', async () => {
    const { client, until } = await open()
    const { task_id } = await client.runSchedule('paused')
    await until(task_id, 'success')
    expect(await client.schedule('paused')).toMatchObject({
      state: 'paused',
      last_status: 'success',
    })
  })
})

describe('pause, resume, remove', () => {
  it('answer with the schedule; twice is once', async () => {
    const { client } = await open()
    for (let twice = 0; twice < 2; twice++) {
      expect(await client.pauseSchedule('hourly')).toMatchObject({ state: 'paused' })
    }
    for (let twice = 0; twice < 2; twice++) {
      expect(await client.resumeSchedule('hourly')).toMatchObject({ state: 'scheduled' })
    }
    expect(await client.removeSchedule('hourly')).toMatchObject({ id: 'hourly' })
    for (const act of [
      'runSchedule',
      'pauseSchedule',
      'resumeSchedule',
      'removeSchedule',
    ] as const) {
      await expect(client[act]('hourly')).rejects.toMatchObject(problem(404, 'not_found'))
    }
  })

  it('many at once, one result for each', async () => {
    const { client } = await open()
    const ids = ['hourly', 'paused', 'nothing']
    expect(await client.bulkSchedules({ ids, action: 'pause' })).toEqual({
      done: 1,
      skipped: 2,
      results: [
        { id: 'hourly', task_id: null, reason: null },
        { id: 'paused', task_id: null, reason: 'it is paused already' },
        { id: 'nothing', task_id: null, reason: 'no stored schedule with id "nothing"' },
      ],
    })
    const { results } = await client.bulkSchedules({ ids: ['hourly'], action: 'run' })
    expect(results).toEqual([{ id: 'hourly', task_id: expect.any(String), reason: null }])
    await client.bulkSchedules({ ids: ['hourly', 'once', 'paused'], action: 'remove' })
    expect(await client.schedules()).toEqual([])
  })

  it('are written down, with who did it, where something was done', async () => {
    const { client } = await open()
    const { task_id } = await client.runSchedule('hourly')
    await client.pauseSchedule('hourly')
    await client.pauseSchedule('hourly')
    await client.bulkSchedules({ ids: ['hourly', 'once', 'none'], action: 'remove' })
    const { entries } = await client.audit()
    const detail = { schedule_id: 'hourly' }
    expect(entries.reverse()).toMatchObject([
      { action: 'run', task_id, actor: 'anonymous', detail },
      { action: 'pause', task_id: null, detail },
      { action: 'remove', task_id: null, detail },
      { action: 'remove', task_id: null, detail: { schedule_id: 'once' } },
    ])
  })

  it.each([
    [{ ids: ['a'] }, /expected action/],
    [{ ids: ['a'], action: 'stop' }, /action: expected one of run, pause, resume, remove/],
    [{ ids: 'a', action: 'run' }, /ids: expected array/],
    [{ ids: [1], action: 'run' }, /ids\[0\]: expected string/],
    [{ ids: Array(1001).fill('a'), action: 'run' }, /0 to 1000 elements, got 1001/],
    [{ ids: [], action: 'run', all: true }, /expected only ids, action/],
  ])('refuses %o', async (body, message) => {
    const { json } = await open()
    const { status, body: problem } = await json('POST', '/schedules/bulk', body)
    expect(status).toBe(400)
    expect(problem.detail).toMatch(message)
  })

  it('in bulk need the right of the action', async () => {
    const { json } = await open({
      auth: () => ({ id: 'o', name: 'Operator', roles: ['operator'] }),
    })
    const bulk = (action: string) => json('POST', '/schedules/bulk', { ids: ['hourly'], action })
    expect((await bulk('pause')).status).toBe(200)
    expect((await bulk('run')).status).toBe(200)
    expect((await bulk('remove')).body).toMatchObject({
      status: 403,
      detail: 'expected the right to delete',
    })
  })
})

describe('the stream', () => {
  it('brings all schedules at first, and again when one was changed or has run', async () => {
    const { client, handler } = await open()
    const states: string[] = []
    const stream = openStream({
      base: `http://app.test${handler.basePath}`,
      fetch: (input, init) => handler(new Request(input, init)),
      onMessage(message) {
        if (message.type === 'state') states.push('state')
        const schedules =
          message.type === 'state'
            ? message.data.schedules
            : message.type === 'schedules'
              ? message.data
              : []
        for (const { id, state, last_status } of schedules) {
          if (id === 'hourly') states.push(`${state} ${last_status}`)
        }
      },
    })
    try {
      await expect.poll(() => states).toEqual(['state', 'scheduled null'])
      await client.pauseSchedule('hourly')
      await expect.poll(() => states.at(-1), { timeout: 5_000 }).toBe('paused null')
      await client.runSchedule('hourly')
      await expect.poll(() => states.at(-1), { timeout: 5_000 }).toBe('paused success')
      expect(states.filter((state) => state === 'state')).toHaveLength(1)
    } finally {
      stream.close()
    }
  })
})

describe('a storage without schedules', () => {
  it('says so, and all else works', async () => {
    const { schedules: _, ...storage } = bound(memoryStorage())
    const app = await testApp({}, { storage })
    apps.push(app)
    expect((await app.json('GET', '/schedules')).status).toBe(500)
    expect((await app.json('GET', '/overview')).body.schedules.scheduled).toBe(0)
  })
})

/** The methods of an object as properties of a plain one. */
function bound<Value extends object>(value: Value): Value {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(value))
  const methods = names.flatMap((name) => {
    const member = value[name as keyof Value]
    return typeof member === 'function' ? [[name, member.bind(value)]] : [[name, member]]
  })
  return { ...Object.fromEntries(methods), ...value }
}
