import { describe, expect, it, vi } from 'vitest'
import { createClient } from './client.ts'
import { nextCursor, parseTotal, toQueryString } from './query.ts'

function answering(body: unknown, init: ResponseInit = {}) {
  return vi.fn(async (_url: unknown, _init?: RequestInit) => Response.json(body, init))
}

function sent(fetch: ReturnType<typeof answering>) {
  const [url, init] = fetch.mock.calls.at(-1) ?? []
  return { url: String(url), method: init?.method ?? 'GET', headers: new Headers(init?.headers) }
}

describe('list', () => {
  it('asks below the base with repeated parameters and without logs', async () => {
    const fetch = answering([])
    await createClient({ base: '/tasks/', fetch }).list({
      status: ['failed', 'running'],
      limit: 30,
    })
    expect(sent(fetch).url).toBe('/tasks/?logs=0&status=failed&status=running&limit=30')
  })

  it('reads total, next page and stream position from the headers', async () => {
    const headers = {
      link: '</tasks?limit=2&cursor=a%2Bb>; rel="next", </tasks>; rel="first"',
      'x-total-count': '10000+',
      'x-taskflow-cursor': 'e.17',
    }
    const client = createClient({
      base: '/tasks',
      fetch: answering([{ task_id: 'a' }], { headers }),
    })
    expect(await client.list()).toMatchObject({
      next: 'a+b',
      total: 10_000,
      totalExact: false,
      cursor: 'e.17',
    })
  })

  it('takes a page without headers for the whole list', async () => {
    const client = createClient({ base: '/tasks', fetch: answering([{ task_id: 'a' }]) })
    expect(await client.list()).toMatchObject({
      next: null,
      total: 1,
      totalExact: true,
      cursor: null,
    })
  })
})

describe('requests', () => {
  it('asks for the headers of every request', async () => {
    const fetch = answering({})
    let token = 1
    const client = createClient({
      base: '/t',
      fetch,
      headers: () => ({ authorization: `B ${token++}` }),
    })
    await client.metrics()
    await client.metrics()
    expect(sent(fetch).headers.get('authorization')).toBe('B 2')
  })

  it('posts actions, forced ones too', async () => {
    const fetch = answering({ task_id: 'b', task: {} })
    const client = createClient({ base: '/t', fetch })
    await client.retry('a')
    expect(sent(fetch)).toMatchObject({ url: '/t/a/retry', method: 'POST' })
    await client.cancel('a', { force: true })
    expect(sent(fetch).url).toBe('/t/a/cancel?force=true')
  })
})

describe('errors', () => {
  it('repeat what the problem document says', async () => {
    const problem = { status: 409, code: 'unknown_function', detail: 'No instance registers it.' }
    const fetch = answering(problem, { status: 409 })
    await expect(createClient({ base: '/t', fetch }).retry('a')).rejects.toMatchObject(problem)
  })

  it('have a code and a sentence without a problem document', async () => {
    const fetch = async () =>
      new Response('<h1>Bad gateway</h1>', { status: 503, headers: { 'retry-after': '3' } })
    await expect(createClient({ base: '/t', fetch }).metrics()).rejects.toMatchObject({
      status: 503,
      code: 'unavailable',
      retryAfterMs: 3000,
    })
  })

  it('have status 0 when no answer came', async () => {
    const fetch = async () => {
      throw new TypeError('failed to fetch')
    }
    await expect(createClient({ base: '/t', fetch }).metrics()).rejects.toMatchObject({
      status: 0,
      code: 'network',
    })
  })

  it('let an abort through as it is', async () => {
    const abort = new AbortController()
    abort.abort()
    const client = createClient({ base: 'http://127.0.0.1:9/t' })
    await expect(client.list({}, { signal: abort.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})

describe('query', () => {
  it('leaves out what is empty', () => {
    expect(toQueryString({ a: undefined, b: '', c: [], d: 0 })).toBe('?d=0')
    expect(toQueryString({})).toBe('')
  })

  it('finds the next cursor only where there is one', () => {
    expect(nextCursor(null)).toBeNull()
    expect(nextCursor('<https://x/t?cursor=a,b>; rel=prev')).toBeNull()
    expect(nextCursor('<?cursor=1>; rel="prev", <?cursor=2>; rel="next"')).toBe('2')
  })

  it('reads totals, and nothing out of anything else', () => {
    expect(parseTotal('1234')).toEqual({ total: 1234, exact: true })
    expect(parseTotal('many')).toBeNull()
  })
})
