import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { serving } from './fixture.ts'
import type { AdapterHarness, AdapterTestRunner } from './harness.ts'

/** Logins are throttled by address, which shows whether the adapter passes it on. */
export function describeClientAddress(
  harness: AdapterHarness,
  { describe, it }: AdapterTestRunner,
) {
  describe('client address', () => {
    const trusting = { auth: ['admin', 'secret'], trustProxy: true } as const

    it('is what a trusted proxy says, and https is, too', () =>
      serving(harness, { options: trusting }, async ({ url }) => {
        const guess = (client: string) =>
          loginFrom('127.0.0.1', url, { 'x-forwarded-for': `10.0.0.1, ${client}` })
        const statuses: (number | null)[] = []
        for (let i = 0; i < 6; i++) statuses.push(await guess('203.0.113.1'))
        assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429])
        assert.equal(await guess('203.0.113.2'), 401)
        const login = await fetch(`${url}/tasks/auth/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-proto': 'https' },
          body: JSON.stringify({ username: 'admin', password: 'secret' }),
        })
        // Throttled as the address of the connection, which nobody has guessed from.
        assert.equal(login.status, 204)
        assert.match(login.headers.get('set-cookie') ?? '', /; Secure$/)
      }))

    it('is that of the connection, whatever headers say', () =>
      serving(harness, { options: { auth: ['admin', 'secret'] } }, async ({ url }) => {
        const statuses = new Set<number | null>()
        for (let i = 0; i < 8; i++) {
          statuses.add(await loginFrom('127.0.0.1', url, { 'x-forwarded-for': `10.0.0.${i}` }))
        }
        assert.ok(statuses.has(429), `throttles guesses from one address, not ${[...statuses]}`)
        const other = await loginFrom('127.0.0.2', url, {})
        assert.ok(other === 401 || other === null, `lets another address try, not ${other}`)
      }))
  })
}

/** A login with a wrong password; null where the system has no such address (macOS). */
async function loginFrom(
  localAddress: string,
  url: string,
  headers: Record<string, string>,
): Promise<number | null> {
  const login = request(`${url}/tasks/auth/login`, {
    method: 'POST',
    localAddress,
    agent: false,
    headers: { ...headers, 'content-type': 'application/json' },
  })
  login.end(JSON.stringify({ username: 'admin', password: 'wrong' }))
  try {
    const [response] = (await once(login, 'response')) as [IncomingMessage]
    response.resume()
    return response.statusCode ?? null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRNOTAVAIL') return null
    throw error
  }
}
