import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testApp } from './test-app.ts'

const told: unknown[][] = []
let app: Awaited<ReturnType<typeof testApp>>
beforeEach(async () => {
  told.length = 0
  app = await testApp({ onError: (...args) => void told.push(args) })
})
afterEach(() => app.stop())

describe('a problem', () => {
  it('names the request, as the app hears it', async () => {
    const failure = new Error('SELECT secret')
    app.manager.storage.list = () => Promise.reject(failure)
    const { status, body } = await app.json('GET')
    expect([status, body.code]).toEqual([500, 'internal'])
    expect(body.request_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(told).toEqual([[failure, body.request_id]])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('of onError')
      },
    ],
    ['rejects', () => Promise.reject(new Error('of onError'))],
  ])('is answered although onError %s', async (_, onError) => {
    await app.stop()
    app = await testApp({ onError })
    app.manager.storage.list = () => Promise.reject(new Error('down'))
    expect((await app.json('GET')).status).toBe(500)
  })

  it('has the name that a proxy gave the request, if it is one', async () => {
    const named = async (id: string) => {
      const { body } = await app.json('GET', '?limit=0', undefined, { 'x-request-id': id })
      return body.request_id
    }
    expect(await named('edge-7:1.a_B')).toBe('edge-7:1.a_B')
    for (const odd of ['<b>', 'a b', 'x'.repeat(129)]) expect(await named(odd)).not.toBe(odd)
  })

  it('is a body that is compressed: it is not unpacked', async () => {
    const headers = { 'content-encoding': 'gzip' }
    const { status, body } = await app.json('POST', '', { func_name: 'quick' }, headers)
    expect([status, body.code]).toEqual([415, 'unsupported_media_type'])
  })
})
