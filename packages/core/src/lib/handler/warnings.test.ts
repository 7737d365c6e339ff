import { afterEach, describe, expect, it } from 'vitest'
import { hashPassword } from '../node/password-hash.ts'
import type { HandlerOptions } from './options.ts'
import { testApp } from './test-app.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(() => Promise.all(stops.splice(0).map((stop) => stop())))

async function warnings(options: Partial<HandlerOptions>) {
  const said: string[] = []
  const app = await testApp({ ...options, onWarning: (message) => void said.push(message) })
  stops.push(app.stop)
  return said
}

const secretKey = 'the key of this handler, long enough'

describe('at the start it says', () => {
  it('that nobody is asked who they are', async () => {
    expect(await warnings({ auth: false })).toEqual([expect.stringMatching(/^auth is false/)])
  })

  it('that passwords are plain and sessions end with the process', async () => {
    expect(await warnings({ auth: ['ann', 'secret'] })).toEqual([
      expect.stringMatching(/^no secretKey/),
      expect.stringMatching(/^auth has a plain password.*hashPassword/),
    ])
  })

  it('the same once, however many passwords are plain, and none of them', async () => {
    const hash = await hashPassword('hashed', { logN: 10 })
    const auth = [
      ['ann', 'first plain one'],
      ['bob', hash],
      ['cid', 'second plain one'],
    ] as const
    const said = await warnings({ auth, secretKey })
    expect(said).toHaveLength(1)
    expect(said.join()).not.toMatch(/plain one|ann|scrypt\$/)
  })

  it('nothing about what is safe', async () => {
    const hash = await hashPassword('secret', { logN: 10 })
    expect(await warnings({ auth: ['ann', hash], secretKey })).toEqual([])
    expect(await warnings({ auth: () => null })).toEqual([])
    expect(await warnings({ auth: { authenticateUser: () => false }, secretKey })).toEqual([])
  })
})
