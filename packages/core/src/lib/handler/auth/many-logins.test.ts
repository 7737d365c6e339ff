import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { hashPassword } from '../../node/password-hash.ts'
import { testApp } from '../test-app.ts'

const LOGINS = 100

it('a hundred logins at once leave the app its event loop and its files', async () => {
  const hash = await hashPassword('secret', { logN: 11 })
  const users = Array.from({ length: LOGINS }, (_, n) => [`user-${n}`, hash] as const)
  const app = await testApp({ auth: users })
  let done = 0
  const logins = users.map(async ([username]) => {
    const { status } = await app.json('POST', '/auth/login', { username, password: 'secret' })
    done += 1
    return status
  })
  // All are waiting for their hash by then.
  await expect.poll(() => done, { interval: 1, timeout: 20_000 }).toBeGreaterThan(0)
  for (let n = 0; n < 3; n++) {
    expect((await readFile(new URL(import.meta.url), 'utf8')).length).toBeGreaterThan(0)
    expect((await app.json('GET', '/health')).status).toBe(200)
  }
  expect(done).toBeLessThan(LOGINS / 2)
  expect(new Set(await Promise.all(logins))).toEqual(new Set([204]))
  await app.stop()
})
