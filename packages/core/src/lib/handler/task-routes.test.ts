import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FunctionJson } from '../client/wire.ts'
import { taskLog } from '../run/context.ts'
import { defineTask } from '../run/define-task.ts'
import { on } from '../run/on.ts'
import { buildNewTask } from '../testing/builders.ts'
import { routes } from './routes/routes.ts'
import { broken, endless, quick, testApp } from './test-app.ts'

let app: Awaited<ReturnType<typeof testApp>>
beforeEach(async () => {
  app = await testApp({ exposePayloads: true })
})
afterEach(() => app.stop())

const unknownId = '01234567-89ab-7def-8123-456789abcdef'

describe('GET /', () => {
  it('is an array of records, newest first, with the total and the position of the stream', async () => {
    const first = await app.manager.enqueue(quick, { n: 1 }, { tags: { a: 'b' } })
    const second = await app.manager.enqueue(quick, { n: 2 })
    await app.until(first.taskId, 'success')
    await app.until(second.taskId, 'success')
    const { status, headers, body } = await app.json('GET')
    expect(status).toBe(200)
    expect(body.map((task: { task_id: string }) => task.task_id)).toEqual([
      second.taskId,
      first.taskId,
    ])
    expect(headers.get('x-total-count')).toBe('2')
    expect(headers.get('x-taskflow-cursor')).toMatch(/^\w+\.\d+$/)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body[1]).toMatchObject({
      func_name: 'quick',
      group: 'fast',
      status: 'success',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      duration: expect.any(Number),
      attempts_made: 1,
      retries_used: 0,
      tags: { a: 'b' },
      source: 'manual',
      logs: [expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d n is 1$/)],
      log_count: 1,
    })
  })

  it('has every field that api.md promises', async () => {
    const { taskId } = await app.manager.enqueue(quick, {})
    await app.until(taskId, 'success')
    const { body } = await app.json('GET')
    const promised =
      'task_id func_name group status phase created_at run_at start_time end_time duration attempts_made retries_used max_attempts error error_frame logs stacktrace tags source priority executor instance progress idempotency_key flow_id schedule_id retry_of blocked_by log_count rev payload result'
    expect(Object.keys(body[0]).sort()).toEqual(promised.split(' ').sort())
  })

  it('pages by the Link header through everything, once', async () => {
    const refs = await app.manager.enqueueMany(
      quick,
      Array.from({ length: 25 }, () => ({ payload: {} })),
    )
    const seen: string[] = []
    let path: string | null = '?limit=10&func_name=quick'
    while (path !== null) {
      const { body, headers } = await app.json('GET', path)
      seen.push(...body.map((task: { task_id: string }) => task.task_id))
      const link: string | undefined = headers
        .get('link')
        ?.match(/^<\/tasks(.*)>; rel="next"$/)?.[1]
      path = link ?? null
    }
    expect(seen).toEqual(refs.map(({ taskId }) => taskId).reverse())
  })

  it('filters by what the query says', async () => {
    const a = await app.manager.enqueue(quick, {}, { tags: { tenant: 'acme:eu' } })
    const b = await app.manager.enqueue(broken)
    const c = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    await app.until(a.taskId, 'success')
    await app.until(b.taskId, 'failed')
    const ids = async (query: string) =>
      (await app.json('GET', query)).body.map((task: { task_id: string }) => task.task_id)
    expect(await ids('?status=failed')).toEqual([b.taskId])
    expect(await ids('?status=failed&status=success')).toEqual([b.taskId, a.taskId])
    expect(await ids('?phase=scheduled')).toEqual([c.taskId])
    expect(await ids('?func_name=broken')).toEqual([b.taskId])
    expect(await ids('?group=fast')).toEqual([c.taskId, a.taskId])
    expect(await ids('?tag=tenant:acme:eu')).toEqual([a.taskId])
    expect(await ids(`?search=${a.taskId.slice(0, 23)}`)).toContain(a.taskId)
    expect(await ids('?search=ROK')).toEqual([b.taskId])
    expect(await ids('?search=%25')).toEqual([])
    expect(await ids('?since=1h')).toHaveLength(3)
    expect(await ids('?until=2020-01-01')).toEqual([])
    expect(await ids('?source=adhoc')).toEqual([])
    expect((await ids('?sort=func_name&order=asc'))[0]).toBe(b.taskId)
  })

  it('filters by flow and schedule, and says what a blocked task waits for', async () => {
    const parent = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    const dependsOn = [parent.taskId]
    const child = await app.manager.enqueue(quick, {}, { dependsOn })
    const { body } = await app.json('GET', '?phase=blocked')
    expect(body).toMatchObject([{ task_id: child.taskId, blocked_by: dependsOn }])
    const detail = await app.json('GET', `/${child.taskId}`)
    expect(detail.body.parents).toMatchObject([{ task_id: parent.taskId }])
    const steps = detail.body.lifecycle.map(({ step }: { step: string }) => step)
    expect(steps).toEqual(['accepted', 'blocked'])
    const later = { funcName: 'quick', delayMs: 60_000 }
    await app.manager.storage.insert({
      tasks: [
        buildNewTask({ ...later, taskId: 'in-a-flow', flowId: 'f1' }),
        buildNewTask({ ...later, taskId: 'of-a-schedule', scheduleId: 's1' }),
      ],
    })
    const flow = await app.json('GET', '?flow_id=f1&flow_id=f2')
    expect(flow.body).toMatchObject([{ task_id: 'in-a-flow', flow_id: 'f1', schedule_id: null }])
    const schedule = await app.json('GET', '?schedule_id=s1')
    expect(schedule.body).toMatchObject([{ task_id: 'of-a-schedule', schedule_id: 's1' }])
  })

  it('counts exactly by status and function, and to ten thousand otherwise', async () => {
    const later = { payload: {}, options: { delayMs: 60_000 } }
    await app.manager.enqueueMany(
      quick,
      Array.from({ length: 10_001 }, () => later),
    )
    const total = async (query: string) =>
      (await app.json('GET', query)).headers.get('x-total-count')
    expect(await total('?limit=1')).toBe('10001')
    expect(await total('?limit=1&status=pending&func_name=quick')).toBe('10001')
    expect(await total('?limit=1&group=fast')).toBe('10000+')
  })

  it('leaves out logs and stacks and cuts errors with logs=0', async () => {
    const { taskId } = await app.manager.enqueue(broken)
    await app.until(taskId, 'failed')
    const { body } = await app.json('GET', '?logs=0')
    expect(body[0]).not.toHaveProperty('logs')
    expect(body[0]).not.toHaveProperty('stacktrace')
    expect(body[0].error).toHaveLength(301)
  })

  it.each([
    'limit=0',
    'limit=1001',
    'limit=-1',
    'limit=1e309',
    'limit=NaN',
    'limit=1&limit=9e9',
    'status=done',
    'phase=x',
    'sort=payload',
    'order=up',
    'since=yesterday',
    'tag=novalue',
    'cursor=%00',
    'cursor=AAAA',
    'logs=201',
  ])('answers 400 to ?%s', async (query) => {
    const { status, body, headers } = await app.json('GET', `?${query}`)
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid_input', status: 400 })
    expect(body.detail).toContain(query.split('=')[0])
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  })
})

describe('GET /{task_id}', () => {
  it('is the whole record with attempts, lifecycle, analytics and recent runs', async () => {
    const { taskId } = await app.manager.enqueue(quick, { n: 7 })
    await app.until(taskId, 'success')
    const { status, body } = await app.json('GET', `/${taskId}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      payload: { n: 7 },
      result: { n: 7 },
      attempts: [{ attempt: 0, outcome: 'success', instance: app.manager.instanceId }],
      analytics: { total: 1, success: 1, success_rate: 1 },
      recent_runs: [{ task_id: taskId }],
      logs_truncated: false,
      cancel_requested_at: null,
    })
    expect(body.lifecycle.map(({ step }: { step: string }) => step)).toEqual([
      'accepted',
      'queued',
      'claimed',
      'running',
      'success',
    ])
    expect(body).not.toHaveProperty('payload_hidden')
  })

  it('hides payload and result unless they are to be shown', async () => {
    const closed = await testApp()
    const { taskId } = await closed.manager.enqueue(quick, { n: 7 })
    await closed.until(taskId, 'success')
    const { body } = await closed.json('GET', `/${taskId}`)
    expect(body.payload_hidden).toBe('disabled')
    expect(body).not.toHaveProperty('payload')
    expect(body).not.toHaveProperty('result')
    await closed.stop()
  })

  it.each([unknownId, 'nonsense', '%2e%2e', '%00', '%zz'])('answers 404 to %s', async (id) => {
    expect(await app.json('GET', `/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
  })

  it('is the same with a trailing slash', async () => {
    const { taskId } = await app.manager.enqueue(quick, {})
    expect((await app.json('GET', `/${taskId}/`)).status).toBe(200)
  })
})

describe('GET /{task_id}/logs', () => {
  it('E4 has on stdout what taskLog wrote, on stderr its errors and what attempts threw', async () => {
    await app.stop()
    const torn = defineTask({
      name: 'torn',
      retries: 2,
      run(_: void, { attempt }) {
        // The second attempt fails before it says anything.
        if (attempt !== 1) {
          taskLog(`sheet ${attempt}`)
          taskLog(`torn ${attempt}`, 'error')
        }
        throw new Error(`jam ${attempt}`)
      },
    })
    app = await testApp({}, { tasks: [torn] })
    const { taskId } = await app.manager.enqueue(torn)
    await app.until(taskId, 'failed')
    const read = async (query: string) => {
      const { body, headers } = await app.json('GET', `/${taskId}/logs?${query}`)
      const next = headers.get('link')?.match(/cursor=([^>&]+)/)?.[1]
      const total = Number(headers.get('x-total-count'))
      return { texts: body.map(({ text }: { text: string }) => text), total, next, body }
    }
    const all = ['sheet 0', 'torn 0', 'sheet 2', 'torn 2']
    expect(await read('')).toMatchObject({ texts: all, total: 4 })
    expect(await read('stream=log')).toMatchObject({ texts: all, total: 4 })
    expect(await read('stream=stdout')).toMatchObject({ texts: ['sheet 0', 'sheet 2'], total: 2 })
    const wrong = ['torn 0', /jam 0/, /jam 1/, 'torn 2', /jam 2/].map((text) =>
      typeof text === 'string' ? text : expect.stringMatching(text),
    )
    const whole = await read('stream=stderr')
    expect(whole).toMatchObject({ texts: wrong, total: 5 })
    const numbers: number[] = whole.body.map(({ n }: { n: number }) => n)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(new Set(numbers).size).toBe(5)
    expect(whole.body[1]).toMatchObject({ stream: 'stderr', level: 'error', attempt: 0 })
    for (const limit of [1, 2, 3]) {
      const paged: string[] = []
      for (let query = ''; ; ) {
        const page = await read(`stream=stderr&limit=${limit}${query}`)
        expect(page.texts.length).toBeLessThanOrEqual(limit)
        expect(page.total).toBe(5)
        paged.push(...page.texts)
        if (page.next === undefined) break
        query = `&cursor=${page.next}`
      }
      expect(paged).toEqual(wrong)
    }
    expect((await read('stream=stderr&search=JAM')).total).toBe(3)
    expect((await read('stream=stderr&from=3')).texts).toEqual(wrong.slice(3))
    expect((await read('stream=stderr&from=2.00005')).texts).toEqual(wrong.slice(1))
    expect((await read(`stream=stderr&from=${Number(numbers[1]) + 0.00005}`)).texts).toEqual(
      wrong.slice(2),
    )
    const file = await app.call('GET', `/${taskId}/logs?stream=stderr&format=text`)
    expect((await file.text()).replace(/^\d\S+ /gm, '')).toMatch(
      /^torn 0\n.*jam 0\n--- Retry 1 ---\n.*jam 1\n--- Retry 2 ---\ntorn 2\n.*jam 2\n$/,
    )
  })

  it('pages, filters and downloads', async () => {
    const { taskId } = await app.manager.enqueue(endless)
    await app.until(taskId, 'running')
    await app.manager.cancel(taskId)
    await app.until(taskId, 'cancelled')
    const { body, headers } = await app.json('GET', `/${taskId}/logs`)
    expect(body).toMatchObject([
      { n: 1, text: 'started', stream: 'log', level: 'info', attempt: 0 },
    ])
    expect(headers.get('x-total-count')).toBe('1')
    expect((await app.json('GET', `/${taskId}/logs?level=error`)).body).toEqual([])
    const none = await app.call('GET', `/${taskId}/logs?format=text&from=2`)
    expect(await none.text()).toBe('')
    const file = await app.call('GET', `/${taskId}/logs?format=text`)
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${taskId}.log"`)
    expect(await file.text()).toMatch(/^\S+ started\n$/)
  })
})

describe('POST /', () => {
  it('runs a task by name, as adhoc', async () => {
    const { status, body } = await app.json('POST', '', {
      func_name: 'quick',
      payload: { n: 5 },
      tags: { by: 'hand' },
      priority: 3,
      idempotency_key: 'once',
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({ task: { source: 'adhoc', priority: 3, tags: { by: 'hand' } } })
    await app.until(body.task_id, 'success')
    const again = await app.json('POST', '', { func_name: 'quick', idempotency_key: 'once' })
    expect(again).toMatchObject({ status: 200, body: { task_id: body.task_id, duplicate: true } })
  })

  it.each([
    ['malformed JSON', '{', 400, 'invalid_input'],
    ['an array', '[]', 400, 'invalid_input'],
    ['a name that is no string', { func_name: 1 }, 400, 'invalid_input'],
    ['an unknown key', { func_name: 'quick', payloud: 1 }, 400, 'invalid_input'],
    ['a function nobody registers', { func_name: 'nope' }, 409, 'unknown_function'],
    ['tags that are no strings', { func_name: 'quick', tags: { a: 1 } }, 400, 'invalid_input'],
    ['an instant that is none', { func_name: 'quick', run_at: 'soon' }, 400, 'invalid_input'],
    [
      'a payload beyond the limit',
      { func_name: 'quick', payload: 'x'.repeat(1_100_000) },
      413,
      'too_large',
    ],
  ])('answers %s with a typed error, and stores nothing', async (_, body, status, code) => {
    expect(await app.json('POST', '', body)).toMatchObject({ status, body: { code } })
    expect((await app.manager.list()).total).toBe(0)
  })

  it('wants JSON', async () => {
    const answer = await app.json('POST', '', '{}', { 'content-type': 'text/plain' })
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
  })

  it('reads no further than maxBodyBytes, declared or not', async () => {
    const small = await testApp({ maxBodyBytes: 100 })
    const init = { headers: { 'content-type': 'application/json' }, duplex: 'half' }
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent++
        controller.enqueue(new Uint8Array(60))
      },
    })
    const response = await small.call('POST', '', { ...init, body } as RequestInit)
    expect(response.status).toBe(413)
    expect(sent).toBeLessThan(10)
    await small.stop()
  })

  it('answers 400 to a body that breaks off', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(new Error('socket hang up')),
    })
    const headers = { 'content-type': 'application/json' }
    const init = { headers, duplex: 'half', body } as RequestInit
    expect((await app.call('POST', '', init)).status).toBe(400)
    expect(app.errors).toEqual([])
  })

  it('takes __proto__ as a key like any other', async () => {
    const { status } = await app.json(
      'POST',
      '',
      '{"__proto__":{"polluted":1},"func_name":"quick"}',
    )
    expect(status).toBe(400)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('actions', () => {
  it('retry makes a new task of a failed one, once', async () => {
    const { taskId } = await app.manager.enqueue(broken)
    await app.until(taskId, 'failed')
    const { status, body } = await app.json('POST', `/${taskId}/retry`)
    expect(status).toBe(200)
    expect(body.task).toMatchObject({ retry_of: taskId, func_name: 'broken' })
    expect(body.task_id).not.toBe(taskId)
  })

  it('retry refuses a running task with 400 and an unknown one with 404', async () => {
    const { taskId } = await app.manager.enqueue(endless)
    await app.until(taskId, 'running')
    expect(await app.json('POST', `/${taskId}/retry`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_input', detail: expect.stringContaining('running') },
    })
    expect((await app.json('POST', `/${unknownId}/retry`)).status).toBe(404)
  })

  it('cancel asks a running task to stop and ends a pending one', async () => {
    const running = await app.manager.enqueue(endless)
    const pending = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    await app.until(running.taskId, 'running')
    expect((await app.json('POST', `/${running.taskId}/cancel`)).status).toBe(200)
    await app.until(running.taskId, 'cancelled')
    const { body } = await app.json('POST', `/${pending.taskId}/cancel`)
    expect(body.task.status).toBe('cancelled')
    expect((await app.json('POST', `/${pending.taskId}/cancel`)).status).toBe(400)
  })

  it('run makes a scheduled task due', async () => {
    const { taskId } = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    expect((await app.json('POST', `/${taskId}/run`)).status).toBe(200)
    await app.until(taskId, 'success')
    expect((await app.json('POST', `/${taskId}/run`)).status).toBe(400)
  })

  it('answer 409 when a forced cancel comes too early', async () => {
    const { taskId } = await app.manager.enqueue(endless)
    await app.until(taskId, 'running')
    const answer = await app.json('POST', `/${taskId}/cancel?force=true`)
    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } })
  })
})

describe('numbers', () => {
  it('metrics count by status, and by function', async () => {
    const a = await app.manager.enqueue(quick, {})
    const b = await app.manager.enqueue(broken)
    await app.until(a.taskId, 'success')
    await app.until(b.taskId, 'failed')
    expect((await app.json('GET', '/metrics')).body).toMatchObject({
      total: 2,
      success: 1,
      failed: 1,
      success_rate: 0.5,
      pending: 0,
    })
    expect((await app.json('GET', '/metrics?func_name=quick')).body).toMatchObject({ total: 1 })
  })

  it('functions list what is registered, also what never ran', async () => {
    const { body } = await app.json('GET', '/functions')
    expect(body.map(({ func_name }: { func_name: string }) => func_name)).toEqual([
      'broken',
      'endless',
      'quick',
    ])
    expect(body[2]).toMatchObject({ group: 'fast', retries: 0, last_run: null, instances: 1 })
  })

  it('functions tell their retries and limits, durations in seconds', async () => {
    const limited = defineTask({
      name: 'limited',
      retries: 2,
      maxDelayMs: 60_000,
      jitter: 0.5,
      concurrency: 4,
      rateLimit: { count: 100, perMs: 30_000 },
      retentionMs: 3_600_000,
      run() {},
    })
    const { json } = await testApp({}, { tasks: [limited, quick] })
    const { body } = await json('GET', '/functions')
    expect(body[0]).toMatchObject({
      max_delay: 60,
      jitter: 0.5,
      concurrency: 4,
      rate_limit: { count: 100, per: 30 },
      retention: 3_600,
    })
    const none = { jitter: 0, concurrency: null, rate_limit: null, retention: null }
    expect(body[1]).toMatchObject({ max_delay: 86_400, ...none })
  })

  it('functions name the tasks that they follow', async () => {
    const follower = defineTask({ name: 'follower', after: [on(quick), on(broken)], run() {} })
    const other = await testApp({}, { tasks: [quick, broken, follower] })
    const { body } = await other.json('GET', '/functions')
    const after = body.map((info: FunctionJson) => [info.func_name, info.after])
    expect(after).toEqual([
      ['broken', []],
      ['follower', ['quick', 'broken']],
      ['quick', []],
    ])
    await other.stop()
  })

  it('overview, instances and health tell how things are', async () => {
    expect((await app.json('GET', '/overview')).body).toMatchObject({
      scheduler: 'running',
      storage: 'memory',
      concurrency: 10,
      config: { title: 'taskflow', expose_payloads: true },
    })
    expect((await app.json('GET', '/instances')).body).toMatchObject([
      { instance_id: app.manager.instanceId, state: 'running', pid: process.pid },
    ])
    expect(await app.json('GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } })
  })
})

describe('every route', () => {
  const paths = [...new Set(routes.map(({ pattern }) => pattern))]

  it.each(paths)('%s answers 405 with Allow to verbs it does not have', async (pattern) => {
    const path = pattern.replace(':task_id', unknownId).replace(':name', 'x').replace('**', 'x')
    for (const method of ['PUT', 'PATCH', 'OPTIONS']) {
      const response = await app.call(method, path)
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toMatch(/GET|POST|DELETE/)
    }
  })

  it('answers HEAD as GET, without a body', async () => {
    const response = await app.call('HEAD', '')
    expect(response.status).toBe(200)
    expect(response.headers.get('x-total-count')).toBe('0')
    expect(await response.text()).toBe('')
  })

  it('tells clients nothing of an unexpected failure, and the app everything', async () => {
    const failure = new Error('SELECT secret FROM tasks')
    app.manager.storage.list = () => Promise.reject(failure)
    const { status, body } = await app.json('GET')
    expect(status).toBe(500)
    expect(JSON.stringify(body)).not.toContain('SELECT')
    expect(app.errors).toContain(failure)
  })

  it('refuses changes that another site asks for', async () => {
    const post = (headers: object) => app.json('POST', '', { func_name: 'quick' }, headers)
    expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await post({ 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await post({ origin: 'http://app.test.evil.example' })).status).toBe(403)
    expect((await post({ origin: 'null' })).status).toBe(403)
    expect((await post({ origin: 'http://app.test' })).status).toBe(201)
    expect((await post({ 'sec-fetch-site': 'same-origin' })).status).toBe(201)
    expect((await post({})).status).toBe(201)
  })
})
