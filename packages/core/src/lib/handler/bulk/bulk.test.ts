import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { broken, endless, quick, testApp } from '../test-app.ts'

let app: Awaited<ReturnType<typeof testApp>>
beforeEach(async () => {
  app = await testApp()
})
afterEach(() => app.stop())

const unknownId = '01234567-89ab-7def-8123-456789abcdef'
const later = { delayMs: 60_000 }

async function failed(count: number): Promise<string[]> {
  const refs = await app.manager.enqueueMany(
    broken,
    Array.from({ length: count }, () => ({ payload: undefined })),
  )
  for (const { taskId } of refs) await app.until(taskId, 'failed')
  return refs.map(({ taskId }) => taskId)
}

const audit = async () =>
  (await app.json('GET', '/audit')).body as { action: string; task_id: string; detail: object }[]

describe('bulk retry', () => {
  it('by id says what became of each, once, in their order', async () => {
    const [a = '', b = ''] = await failed(2)
    const ok = await app.manager.enqueue(quick, {})
    await app.until(ok.taskId, 'success')
    const task_ids = [a, unknownId, ok.taskId, 'nonsense', a.toUpperCase(), b]
    const { status, body } = await app.json('POST', '/bulk-retry', { task_ids })
    expect(status).toBe(200)
    expect(body).toEqual({
      dispatched: 2,
      skipped: 3,
      results: [
        { original_task_id: a, new_task_id: expect.any(String) },
        { original_task_id: unknownId, new_task_id: null, reason: 'not_found' },
        { original_task_id: ok.taskId, new_task_id: null, reason: 'wrong_status' },
        { original_task_id: 'nonsense', new_task_id: null, reason: 'not_found' },
        { original_task_id: b, new_task_id: expect.any(String) },
      ],
    })
    const retry = await app.manager.get(body.results[0].new_task_id)
    expect(retry?.retryOf).toBe(a)
    expect(await audit()).toEqual(
      expect.arrayContaining(
        [0, 4].map((n) =>
          expect.objectContaining({
            action: 'retry',
            actor: 'anonymous',
            task_id: body.results[n].original_task_id,
            detail: { new_task_id: body.results[n].new_task_id, bulk: true },
          }),
        ),
      ),
    )
  })

  it('by filter takes what may be retried, and only counts in a dry run', async () => {
    await failed(3)
    const ok = await app.manager.enqueue(quick, {})
    await app.until(ok.taskId, 'success')
    const post = (body: object) => app.json('POST', '/bulk-retry', body)
    const dry = await post({ filter: {}, dry_run: true })
    expect(dry.body).toMatchObject({ dispatched: 3, skipped: 0 })
    expect((await app.manager.list()).total).toBe(4)
    expect(await audit()).toEqual([])
    expect((await post({ filter: { q: 'task:bro*' }, expected: 3 })).body).toMatchObject({
      dispatched: 3,
      skipped: 0,
    })
    expect((await post({ filter: { status: ['success'] } })).body).toEqual({
      dispatched: 0,
      skipped: 0,
      results: [],
    })
  })

  it('by filter takes the last retry of a task and leaves those before it', async () => {
    const [original = ''] = await failed(1)
    const first = (await app.json('POST', `/${original}/retry`)).body.task_id
    await app.until(first, 'failed')
    const { body } = await app.json('POST', '/bulk-retry', { filter: { status: 'failed' } })
    expect(body).toEqual({
      dispatched: 1,
      skipped: 1,
      results: [
        { original_task_id: first, new_task_id: expect.any(String) },
        { original_task_id: original, new_task_id: null, reason: 'retried_before' },
      ],
    })
  })

  it('is refused when the count has drifted by more than a tenth', async () => {
    await failed(10)
    const post = (expected: number) =>
      app.json('POST', '/bulk-retry', { filter: { func_name: 'broken' }, expected, dry_run: true })
    expect((await post(10)).status).toBe(200)
    expect((await post(11)).status).toBe(200)
    expect(await post(12)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect((await post(9)).status).toBe(409)
    expect((await post(0)).status).toBe(409)
  })

  it('of more than 1000 counts all of them and tells of 1000', async () => {
    await app.manager.enqueueMany(
      quick,
      Array.from({ length: 1_101 }, () => ({ payload: {}, options: later })),
    )
    const { body } = await app.json('POST', '/bulk-cancel', { filter: {}, expected: 1_101 })
    expect(body).toMatchObject({ cancelled: 1_101, skipped: 0 })
    expect(body.results).toHaveLength(1_000)
    expect((await app.manager.metrics()).cancelled).toBe(1_101)
    const again = await app.json('POST', '/bulk-retry', { filter: { status: 'cancelled' } })
    expect(again.body).toMatchObject({ dispatched: 1_101, skipped: 0 })
    expect(again.body.results).toHaveLength(1_000)
  })
})

describe('bulk cancel', () => {
  it('ends pending tasks, asks running ones to stop, and leaves the rest', async () => {
    const running = await app.manager.enqueue(endless)
    await app.until(running.taskId, 'running')
    const pending = await app.manager.enqueue(quick, {}, later)
    const [gone = ''] = await failed(1)
    const task_ids = [running.taskId, pending.taskId, gone]
    const { body } = await app.json('POST', '/bulk-cancel', { task_ids })
    expect(body).toEqual({
      cancelled: 2,
      skipped: 1,
      results: [
        { task_id: running.taskId },
        { task_id: pending.taskId },
        { task_id: gone, reason: 'wrong_status' },
      ],
    })
    await app.until(running.taskId, 'cancelled')
    await app.until(pending.taskId, 'cancelled')
  })
})

describe('retry-failed', () => {
  it('retries what failed within the time, by function', async () => {
    await failed(2)
    expect((await app.json('POST', '/retry-failed?since=24h&func_name=quick')).body).toMatchObject({
      dispatched: 0,
    })
    const future = new Date(Date.now() + 3_600_000).toISOString()
    expect((await app.json('POST', `/retry-failed?since=${future}`)).body.dispatched).toBe(0)
    const dry = await app.json('POST', '/retry-failed?since=all&dry_run=true')
    expect(dry.body.dispatched).toBe(2)
    expect((await app.json('POST', '/retry-failed?since=7d')).body).toMatchObject({ dispatched: 2 })
  })
})

describe('bad bulk requests', () => {
  const ids = (count: number) => Array.from({ length: count }, () => unknownId)
  it.each([
    ['nothing', {}],
    ['both ways', { task_ids: [unknownId], filter: {} }],
    ['a text for the list', { task_ids: unknownId }],
    ['no ids', { task_ids: [] }],
    ['too many ids', { task_ids: ids(1_001) }],
    ['ids that are no texts', { task_ids: [1] }],
    ['a null filter', { filter: null }],
    ['a filter that is a list', { filter: [] }],
    ['an unknown filter', { filter: { statsu: 'failed' } }],
    ['a status that is none', { filter: { status: 'done' } }],
    ['an object for a status', { filter: { status: { $ne: 1 } } }],
    ['a query that cannot be read', { filter: { q: 'status:' } }],
    ['a page', { filter: { limit: '1' } }],
    ['an expected number that is none', { filter: {}, expected: '3' }],
    ['a negative number', { filter: {}, expected: -1 }],
    ['an absurd number', '{"filter":{},"expected":1e309}'],
    ['an expected number beside ids', { task_ids: [unknownId], expected: 1 }],
    ['a text for dry_run', { filter: {}, dry_run: 'yes' }],
    ['a key twice', '{"filter":{},"dry_run":true,"dry_run":false}'],
  ])('answers 400 to %s, and does nothing', async (_, body) => {
    const pending = await app.manager.enqueue(quick, {}, later)
    for (const path of ['/bulk-retry', '/bulk-cancel']) {
      const answer = await app.json('POST', path, body)
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
    }
    expect((await app.manager.get(pending.taskId))?.status).toBe('pending')
  })

  it.each(['', '?since=yesterday', '?since=all&since=7d'])(
    'answers 400 to retry-failed%s',
    async (query) => {
      expect((await app.json('POST', `/retry-failed${query}`)).status).toBe(400)
    },
  )
})
