import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { hashPassword, verifyPassword } from './password-hash.ts'

const cheap = { logN: 10 }

describe('a password hash', () => {
  it('is another each time, and fits its password alone', async () => {
    const [one, two] = await Promise.all([
      hashPassword('pässwörd ✓', cheap),
      hashPassword('pässwörd ✓', cheap),
    ])
    expect(one).toMatch(/^scrypt\$ln=10,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/)
    expect(two).not.toBe(one)
    expect(await verifyPassword('pässwörd ✓', one)).toBe(true)
    expect(await verifyPassword('pässwörd', one)).toBe(false)
    expect(await verifyPassword('', one)).toBe(false)
  })

  it('costs what is asked of it today unless told otherwise', async () => {
    const hash = await hashPassword('secret')
    expect(hash).toMatch(/^scrypt\$ln=17,r=8,p=1\$/)
    expect(await verifyPassword('secret', hash)).toBe(true)
    expect(await verifyPassword('Secret', hash)).toBe(false)
  })

  it('fits nothing once a character of it was changed', async () => {
    const hash = await hashPassword('secret', cheap)
    const keyAt = hash.lastIndexOf('$') + 1
    const saltAt = hash.lastIndexOf('$', keyAt - 2) + 1
    // Not the last of each, which has bits that say nothing.
    for (const i of [saltAt, saltAt + 9, keyAt - 3, keyAt, keyAt + 20, hash.length - 2]) {
      const flipped = hash.slice(0, i) + (hash[i] === 'A' ? 'B' : 'A') + hash.slice(i + 1)
      expect(await verifyPassword('secret', flipped)).toBe(false)
    }
  })

  it.each([
    '',
    'secret',
    'scrypt$',
    'scrypt$ln=10,r=8,p=1$$',
    'scrypt$ln=40,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
    'scrypt$ln=20,r=99,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
    'scrypt$ln=0,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  ])('lets nobody in that is none: %s', async (hash) => {
    expect(await verifyPassword('secret', hash)).toBe(false)
  })

  it.each([
    ['', cheap],
    ['secret', { logN: 9 }],
    ['secret', { logN: 21 }],
    ['secret', { logN: 12.5 }],
  ])('is not made of %j with %j', async (password, options) => {
    await expect(hashPassword(password, options)).rejects.toThrow(/^hashPassword: /)
  })
})

it('are made two at a time, so that the app keeps threads for its files', async () => {
  let done = 0
  const hashes = Array.from({ length: 12 }, async () => {
    await hashPassword('x', { logN: 15 })
    done += 1
  })
  // All at once would take the four threads there are: eight would be done before this begins.
  await readFile(new URL(import.meta.url))
  expect(done).toBeLessThan(8)
  await Promise.all(hashes)
  expect(done).toBe(12)
})
