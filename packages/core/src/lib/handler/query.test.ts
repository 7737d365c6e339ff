import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testApp } from './test-app.ts'

let app: Awaited<ReturnType<typeof testApp>>
beforeEach(async () => {
  app = await testApp()
})
afterEach(() => app.stop())

const detailOf = async (query: string) => {
  const { status, body } = await app.json('GET', query)
  return [status, body.detail]
}

describe('an instant', () => {
  it.each([
    ['2030-01-31', '2030-01-31T00:00:00.000Z'],
    ['2030-01-31T10:00', '2030-01-31T10:00:00.000Z'],
    ['2030-01-31T10:00:00', '2030-01-31T10:00:00.000Z'],
    ['2030-01-31T10:00:00.5Z', '2030-01-31T10:00:00.500Z'],
    ['2030-01-31T10:00:00+02:00', '2030-01-31T08:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ])('%s is %s, wherever the server stands', async (run_at, at) => {
    const zone = process.env.TZ
    process.env.TZ = 'Asia/Tokyo'
    const { body } = await app.json('POST', '', { func_name: 'quick', run_at }).finally(() => {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    })
    expect(body.task?.run_at).toBe(at)
  })

  it.each([
    '2030-02-31',
    '2030-13-01',
    '2030-02-29T10:00:00Z',
    '2030-01-01T25:00Z',
    '2030-01-01 (Tuesday)',
    '2030-01-01Z',
    '1e309',
  ])('%s is none', async (text) => {
    const run = await app.json('POST', '', { func_name: 'quick', run_at: text })
    expect(run).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
    for (const query of [`?since=${text}`, `?q=created:>"${text}"`]) {
      expect(await detailOf(encodeURI(query))).toMatchObject([400, expect.any(String)])
    }
  })
})

describe('what is refused is told by its name here', () => {
  it.each([
    ['?limit=1&limit=2', 'limit: expected one value, got 2 values'],
    [`?${'status=failed&'.repeat(201)}`, 'status: expected at most 200 values, got 201'],
    [`?search=${'a'.repeat(201)}`, 'search: expected at most 200 characters, got 201'],
    [`?q=${'a'.repeat(2_001)}`, 'q: expected at most 2000 characters, got 2001'],
    [`?group=${'a'.repeat(2_001)}`, 'group: expected at most 2000 characters, got 2001'],
    [`?cursor=${'a'.repeat(10_001)}`, 'cursor: expected at most 10000 characters, got 10001'],
  ])('%.20s', async (query, detail) => {
    expect(await detailOf(query)).toEqual([400, detail])
  })

  it('keys of a body', async () => {
    const { body } = await app.json('POST', '', { func_name: 'quick', idempotency_key: '' })
    expect(body.detail).toBe('body: idempotency_key: expected 1 to 500 characters')
  })
})

describe('a cursor', () => {
  it('of another order is refused', async () => {
    for (let n = 0; n < 3; n += 1) await app.json('POST', '', { func_name: 'quick', payload: {} })
    for (const q of ['', '&q=-error:x']) {
      const { headers } = await app.json('GET', `?sort=func_name&limit=1${q}`)
      const cursor = /cursor=([^&>]+)/.exec(headers.get('link') ?? '')?.[1]
      expect(cursor).toBeDefined()
      const other = await detailOf(`?sort=duration&limit=1&cursor=${cursor}${q}`)
      expect(other).toEqual([400, 'cursor: expected the cursor of an earlier page'])
    }
  })
})
