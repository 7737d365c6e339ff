import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TaskJson } from '../../client/wire.ts'
import { broken, quick, testApp } from '../test-app.ts'

let app: Awaited<ReturnType<typeof testApp>>
let ids: { ok: string; bad: string; later: string; other: string }
beforeEach(async () => {
  app = await testApp()
  const ok = await app.manager.enqueue(quick, {}, { tags: { tenant: 'acme' }, priority: 5 })
  const bad = await app.manager.enqueue(broken, undefined, { tags: { tenant: 'apex' } })
  const later = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
  const other = await app.json('POST', '', { func_name: 'quick', payload: {} })
  await app.until(ok.taskId, 'success')
  await app.until(bad.taskId, 'failed')
  await app.until(other.body.task_id, 'success')
  ids = { ok: ok.taskId, bad: bad.taskId, later: later.taskId, other: other.body.task_id }
})
afterEach(() => app.stop())

async function found(q: string, more = ''): Promise<string[]> {
  const { status, body } = await app.json('GET', `?q=${encodeURIComponent(q)}${more}`)
  expect(status).toBe(200)
  const names = Object.entries(ids)
  return body.map((task: TaskJson) => names.find(([, id]) => id === task.task_id)?.[0])
}

describe('q', () => {
  it.each([
    ['status:failed', ['bad']],
    ['status:failed,success', ['other', 'bad', 'ok']],
    ['-status:success', ['later', 'bad']],
    ['-status:pending,running,success,failed,interrupted,cancelled', []],
    ['phase:scheduled', ['later']],
    ['source:adhoc', ['other']],
    ['-source:adhoc task:quick', ['later', 'ok']],
    ['task:bro*', ['bad']],
    ['-task:quick', ['bad']],
    ['task:quick,broken -task:bro*', ['other', 'later', 'ok']],
    ['group:fast', ['other', 'later', 'ok']],
    ['group:""', ['bad']],
    ['tag.tenant:acme', ['ok']],
    ['tag.tenant:a*', ['bad', 'ok']],
    ['tag.tenant:acme,apex', ['bad', 'ok']],
    ['-tag.tenant:acme', ['other', 'later', 'bad']],
    ['tag.constructor:*', []],
    ['error:"SECRET-looking"', ['bad']],
    ['error:%', []],
    ['attempt:1', ['other', 'bad', 'ok']],
    ['attempt:>=1 attempt:<2 status:failed', ['bad']],
    ['priority:>1', ['ok']],
    ['duration:<1h', ['other', 'bad', 'ok']],
    ['duration:>1h', []],
    ['created:<1h', ['other', 'later', 'bad', 'ok']],
    ['created:>1h', []],
    ['created:>2020-01-01 created:<2021-01-01', []],
    ['created:>2020-01-01 created:<1h', ['other', 'later', 'bad', 'ok']],
    ['started:1h', ['other', 'bad', 'ok']],
    ['ended:>2020-01-01 -status:failed', ['other', 'ok']],
    ['executor:asy*', ['other', 'later', 'bad', 'ok']],
    ['rok', ['bad']],
    ['qui uic', ['other', 'later', 'ok']],
    ['-rok', ['other', 'later', 'ok']],
    ['"\' OR 1=1"', []],
    ['', ['other', 'later', 'bad', 'ok']],
  ])('%s', async (q, names) => {
    expect(await found(q)).toEqual(names)
  })

  it('and the other parameters must all hold', async () => {
    expect(await found('status:failed,success', '&func_name=quick')).toEqual(['other', 'ok'])
    expect(await found('status:failed', '&status=success')).toEqual([])
    expect(await found('rok', '&search=quick')).toEqual([])
    expect(await found('created:<1h', '&since=2h')).toEqual(['other', 'later', 'bad', 'ok'])
  })

  it('is refused with the place of what is wrong', async () => {
    const { status, body } = await app.json('GET', '?q=task:a%20statsu:failed')
    expect(status).toBe(400)
    expect(body).toMatchObject({
      code: 'invalid_input',
      detail: 'q: at character 8: unknown field "statsu"; quote it to search for it',
      issues: [{ path: ['q', 7] }],
    })
  })

  it('pages and sorts what the storage cannot look for, and counts it', async () => {
    const many = await app.manager.enqueueMany(
      quick,
      Array.from({ length: 30 }, (_, n) => ({
        payload: {},
        options: { delayMs: 60_000, priority: n % 7, tags: { even: n % 2 ? 'no' : 'yes!' } },
      })),
    )
    const wanted = many.filter((_, n) => n % 2 === 0).map(({ taskId }) => taskId)
    for (const sort of ['created_at', 'priority', 'end_time', 'func_name']) {
      for (const order of ['asc', 'desc']) {
        const seen: TaskJson[] = []
        let path: string | null = `?q=tag.even:yes*&limit=4&sort=${sort}&order=${order}`
        while (path !== null) {
          const { body, headers }: Awaited<ReturnType<typeof app.json>> = await app.json(
            'GET',
            path,
          )
          expect(headers.get('x-total-count')).toBe('15')
          seen.push(...body)
          path = headers.get('link')?.match(/^<\/tasks(.*)>; rel="next"$/)?.[1] ?? null
        }
        expect(new Set(seen.map(({ task_id }) => task_id))).toEqual(new Set(wanted))
        expect(seen).toHaveLength(15)
        const direct = await app.json('GET', `?limit=100&sort=${sort}&order=${order}`)
        const inOrder = direct.body.filter(({ task_id }: TaskJson) => wanted.includes(task_id))
        expect(seen.map(({ task_id }) => task_id)).toEqual(
          inOrder.map(({ task_id }: TaskJson) => task_id),
        )
      }
    }
  })

  it('says so when it looked at the newest 10 000 only', async () => {
    await app.manager.enqueueMany(
      quick,
      Array.from({ length: 10_000 }, () => ({ payload: {}, options: { delayMs: 60_000 } })),
    )
    const { headers, body } = await app.json('GET', '?q=error:secret')
    expect(body).toEqual([])
    expect(headers.get('x-sort-window')).toBe('10000')
    expect(headers.get('x-total-count')).toBe('0+')
    // What the storage can look for is looked for everywhere.
    const narrow = await app.json('GET', '?q=error:secret%20status:failed')
    expect(narrow.body).toHaveLength(1)
    expect(narrow.headers.get('x-sort-window')).toBeNull()
  })

  it('holds for the stream', async () => {
    const abort = new AbortController()
    const path = `/dashboard/stream?q=${encodeURIComponent('-task:bro*')}`
    const response = await app.call('GET', path, { signal: abort.signal })
    const reader = response.body?.getReader()
    let text = ''
    const decoder = new TextDecoder()
    while (!text.includes('event: state\n') || !text.endsWith('\n\n')) {
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
      if (done) break
      text += decoder.decode(value, { stream: true })
    }
    expect(text).toContain(ids.ok)
    expect(text).not.toContain(ids.bad)
    abort.abort()
    await reader?.cancel()
  })
})
