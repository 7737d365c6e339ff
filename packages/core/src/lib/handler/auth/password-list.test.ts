import { describe, expect, it, vi } from 'vitest'
import * as hashing from '../../node/password-hash.ts'
import { passwordList } from './password-list.ts'

vi.mock(import('../../node/password-hash.ts'), { spy: true })

const hash = (password: string) => hashing.hashPassword(password, { logN: 10 })

describe('a list of passwords', () => {
  it('takes plain ones and hashes', async () => {
    const list = passwordList([
      ['ann', 'plain one'],
      ['bob', await hash('hashed one')],
    ])
    expect(list.hasPlain).toBe(true)
    expect(await list.authenticateUser('ann', 'plain one')).toBe(true)
    expect(await list.authenticateUser('bob', 'hashed one')).toBe(true)
    expect(await list.authenticateUser('ann', 'hashed one')).toBe(false)
    expect(await list.authenticateUser('bob', 'plain one')).toBe(false)
  })

  it('does not take a hash for the password', async () => {
    const stored = await hash('secret')
    const list = passwordList([['ann', stored]])
    expect(list.hasPlain).toBe(false)
    expect(await list.authenticateUser('ann', stored)).toBe(false)
  })

  it('hashes once for everybody: for users with a hash, without one, and unknown ones', async () => {
    const list = passwordList([
      ['ann', 'plain'],
      ['bob', await hash('secret')],
    ])
    const verify = vi.mocked(hashing.verifyPassword)
    for (const user of ['ann', 'bob', 'nobody', '__proto__', '']) {
      verify.mockClear()
      expect(await list.authenticateUser(user, 'wrong')).toBe(false)
      expect(verify).toHaveBeenCalledOnce()
    }
  })

  it.each([
    [[], /at least one/],
    [[['ann']], /two non-empty strings/],
    [[['ann', '']], /two non-empty strings/],
    [['ann', 'secret'], /two non-empty strings/],
    [
      [
        ['ann', 'a'],
        ['ann', 'b'],
      ],
      /each user once/,
    ],
    [[['ann', 'scrypt$ln=17$oops']], /hashPassword\(\)/],
  ])('is not made of %j', (pairs, message) => {
    expect(() => passwordList(pairs as never)).toThrow(message)
  })
})
