import assert from 'node:assert/strict'
import { type Bench, MINUTE, partOf, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

const WINDOW = 10 * MINUTE

/** Login tries and ended sessions. */
export function sessionsCases({ describe, test, has }: Suite): void {
  const count = (bench: Bench, now: number, max = 3, ...keys: string[]) => {
    const tries = (keys.length > 0 ? keys : ['k']).map((key) => ({ key, max }))
    return bench.sessions.countLogin({ tries, windowMs: WINDOW, now })
  }

  describe('sessions: logins', () => {
    test('counts as many tries as may be in a window, and says when there may be another', async (bench) => {
      for (const at of [T0, T0 + SECOND, T0 + 2 * SECOND]) {
        assert.deepEqual(await count(bench, at), { counted: true, at })
      }
      const refused = { counted: false, retryAt: T0 + WINDOW }
      assert.deepEqual(await count(bench, T0 + 3 * SECOND), refused)
      assert.deepEqual(await count(bench, T0 + WINDOW - 1), refused)
    })

    test('a try that was refused is not counted; the window slides', async (bench) => {
      for (const seconds of [0, 1, 2, 3, 4]) await count(bench, T0 + seconds * SECOND)
      const again = T0 + WINDOW
      assert.deepEqual(await count(bench, again), { counted: true, at: again })
      const next = T0 + SECOND + WINDOW
      assert.deepEqual(await count(bench, again), { counted: false, retryAt: next })
      assert.equal((await count(bench, next)).counted, true)
    })

    test('each key has tries and a maximum of its own', async (bench) => {
      for (let n = 0; n < 3; n += 1) await count(bench, T0, 3, 'a')
      assert.equal((await count(bench, T0, 3, 'a')).counted, false)
      assert.equal((await count(bench, T0, 4, 'a')).counted, true)
      assert.equal((await count(bench, T0, 3, 'b')).counted, true)
    })

    test('counts under all keys or none', async (bench) => {
      for (let n = 0; n < 3; n += 1) await count(bench, T0, 3, 'account')
      const both = {
        tries: [
          { key: 'address', max: 2 },
          { key: 'account', max: 3 },
        ],
        windowMs: WINDOW,
        now: T0 + SECOND,
      }
      for (let n = 0; n < 5; n += 1) {
        const result = await bench.sessions.countLogin(both)
        assert.deepEqual(result, { counted: false, retryAt: T0 + WINDOW })
      }
      assert.equal((await count(bench, T0 + SECOND, 1, 'address')).counted, true)
    })

    test('with two full keys the later one says when', async (bench) => {
      await count(bench, T0, 1, 'a')
      await count(bench, T0 + MINUTE, 1, 'b')
      const retryAt = T0 + MINUTE + WINDOW
      const result = await count(bench, T0 + 2 * MINUTE, 1, 'a', 'b')
      assert.deepEqual(result, { counted: false, retryAt })
      assert.equal((await count(bench, retryAt, 1, 'a', 'b')).counted, true)
    })

    test('takes one try back, or all of a key', async (bench) => {
      for (const at of [T0, T0 + SECOND, T0 + SECOND]) await count(bench, at)
      await bench.sessions.forgetLogins({ tries: [{ key: 'k', at: T0 + SECOND }] })
      assert.equal((await count(bench, T0 + 2 * SECOND)).counted, true)
      assert.equal((await count(bench, T0 + 2 * SECOND)).counted, false)
      await bench.sessions.forgetLogins({ tries: [{ key: 'k' }] })
      for (let n = 0; n < 3; n += 1) assert.equal((await count(bench, T0 + MINUTE)).counted, true)
      assert.equal((await count(bench, T0 + MINUTE)).counted, false)
    })

    test('what is not there is not taken back', async (bench) => {
      await count(bench, T0, 1)
      const tries = [{ key: 'k', at: T0 + 1 }, { key: 'other' }, { key: 'other', at: T0 }]
      await bench.sessions.forgetLogins({ tries })
      await bench.sessions.forgetLogins({ tries: [] })
      assert.equal((await count(bench, T0, 1)).counted, false)
    })

    test('of many tries at once no more are counted than may be', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      const results = await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          partOf(n % 2 === 0 ? bench.storage : other, 'sessions').countLogin({
            tries: [
              { key: `address ${n % 3}`, max: 100 },
              { key: 'account', max: 5 },
            ],
            windowMs: WINDOW,
            now: T0,
          }),
        ),
      )
      assert.equal(results.filter(({ counted }) => counted).length, 5)
      assert.equal((await count(bench, T0, 5, 'account')).counted, false)
    })
  })

  describe('sessions: ended', () => {
    test('a session that was ended is, others are not', async (bench) => {
      const { sessions } = bench
      const sessionIds = ['a', 'b', 'a', 'c']
      assert.deepEqual(await sessions.ended({ sessionIds, now: T0 }), [false, false, false, false])
      await sessions.end({ sessionId: 'a', expiresAt: T0 + MINUTE, now: T0 })
      await sessions.end({ sessionId: 'c', expiresAt: T0 + MINUTE, now: T0 })
      assert.deepEqual(await sessions.ended({ sessionIds, now: T0 }), [true, false, true, true])
      assert.deepEqual(await sessions.ended({ sessionIds: [], now: T0 }), [])
    })

    test('is kept until the session would have expired, ended twice or not', async (bench) => {
      const { sessions } = bench
      await sessions.end({ sessionId: 'a', expiresAt: T0 + 90 * MINUTE, now: T0 })
      await sessions.end({ sessionId: 'a', expiresAt: T0 + 90 * MINUTE, now: T0 + SECOND })
      for (let minutes = 1; minutes < 90; minutes += 8) {
        const now = T0 + minutes * MINUTE
        await sessions.end({ sessionId: `${minutes}`, expiresAt: now + SECOND, now })
        assert.deepEqual(await sessions.ended({ sessionIds: ['a'], now }), [true])
      }
    })

    if (!has('shared')) return

    test('is known to all connections', async (bench) => {
      const other = partOf(await bench.second(), 'sessions')
      await other.end({ sessionId: 'a', expiresAt: T0 + MINUTE, now: T0 })
      const sessionIds = ['a', 'b']
      assert.deepEqual(await bench.sessions.ended({ sessionIds, now: T0 }), [true, false])
    })
  })
}
