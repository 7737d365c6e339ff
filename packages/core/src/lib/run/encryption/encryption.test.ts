import { describe, expect, it } from 'vitest'
import { Encryption, payloadBinding } from './encryption.ts'
import { keyIdOf, looksSealed } from './envelope.ts'
import type { EncryptionOptions } from './key-ring.ts'

const OLD = { id: 'old', secret: 'an old secret of the app, long enough' }
const NEW = { id: 'new', secret: new Uint8Array(32).fill(7) }
const binding = { field: 'payload', funcName: 'mail', id: 'task-1' } as const
const ring = (...keys: EncryptionOptions['keys']) => new Encryption({ keys })
const TEXT = '{"to":"ada"}'
const REFUSED = { message: 'the payload could not be decrypted', code: 'invalid_payload' }

describe('an encrypted value', () => {
  it('opens where it belongs, and is JSON that says nothing of what it holds', async () => {
    const sealed = await ring(OLD).seal(TEXT, binding)
    expect(Object.keys(JSON.parse(sealed).$encrypted)).toEqual(['v', 'kid', 'iv', 'data'])
    expect(sealed).not.toContain('ada')
    expect(await ring(OLD).open(sealed, binding)).toBe(TEXT)
  })

  it.each(['', 'null', '"ä€😀\\ud800"', `"${'x'.repeat(1_000_000)}"`])(
    'keeps its text, whatever that is',
    async (text) => {
      expect(await ring(NEW).open(await ring(NEW).seal(text, binding), binding)).toBe(text)
    },
  )

  it('opens for no other field, function or task', async () => {
    const keys = ring(OLD)
    const sealed = await keys.seal(TEXT, binding)
    for (const other of [{ field: 'result' as const }, { funcName: 'post' }, { id: 'task-2' }]) {
      await expect(keys.open(sealed, { ...binding, ...other })).rejects.toThrow('decrypted')
    }
  })

  it('does not open when any bit of it was changed', async () => {
    const keys = ring(OLD)
    const bytes = new TextEncoder().encode(await keys.seal('1', binding))
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 1; bit < 256; bit *= 2) {
        const changed = bytes.slice()
        changed[at] = (changed[at] ?? 0) ^ bit
        await expect(keys.open(new TextDecoder().decode(changed), binding)).rejects.toMatchObject(
          REFUSED,
        )
      }
    }
  })

  it('does not open when it was cut or lengthened', async () => {
    const keys = ring(OLD)
    const sealed = await keys.seal(TEXT, binding)
    for (let length = 30; length < sealed.length; length++) {
      await expect(keys.open(sealed.slice(0, length), binding)).rejects.toMatchObject(REFUSED)
    }
    await expect(keys.open(`${sealed} `, binding)).rejects.toMatchObject(REFUSED)
  })

  it('is the same for the same task and text, and shares no IV with any other', async () => {
    const keys = ring(OLD)
    const sealed = await keys.seal(TEXT, binding)
    expect(await ring(OLD).seal(TEXT, binding)).toBe(sealed)
    const others = await Promise.all([
      keys.seal('{"to":"bob"}', binding),
      keys.seal(TEXT, { ...binding, field: 'result' }),
      keys.seal(TEXT, { ...binding, id: 'task-2' }),
      ring(NEW).seal(TEXT, binding),
    ])
    const ivs = [sealed, ...others].map((text) => JSON.parse(text).$encrypted.iv)
    expect(new Set(ivs).size).toBe(5)
  })
})

describe('keys', () => {
  it('rotate: the first encrypts, all decrypt', async () => {
    const before = await ring(OLD).seal(TEXT, binding)
    const rotated = ring(NEW, OLD)
    expect(await rotated.open(before, binding)).toBe(TEXT)
    const after = await rotated.seal(TEXT, binding)
    expect(keyIdOf(after)).toBe('new')
    await expect(ring(OLD).open(after, binding)).rejects.toMatchObject(REFUSED)
  })

  it('are taken by name where they are there, else the first', async () => {
    expect(keyIdOf(await ring(NEW, OLD).seal(TEXT, binding, 'old'))).toBe('old')
    expect(keyIdOf(await ring(NEW).seal(TEXT, binding, 'old'))).toBe('new')
  })

  it('that are missing, or another secret under the same id, open nothing', async () => {
    const sealed = await ring(OLD).seal(TEXT, binding)
    for (const keys of [new Encryption(), ring(NEW), ring({ ...NEW, id: 'old' })]) {
      await expect(keys.open(sealed, binding)).rejects.toMatchObject(REFUSED)
    }
  })

  it('only decrypt, if told so', async () => {
    const reader = new Encryption({ keys: [OLD], decryptOnly: true })
    expect(await reader.seal(TEXT, binding)).toBe(TEXT)
    expect(await reader.open(await ring(OLD).seal(TEXT, binding), binding)).toBe(TEXT)
  })

  it.each([
    [{ keys: [] }, 'keys: expected at least one key'],
    [{ keys: 'secret' as never }, 'keys: expected at least one key'],
    [{ keys: [{ id: '', secret: 'x'.repeat(32) }] }, 'keys: id: expected 1–64'],
    [{ keys: [{ id: 'a"b', secret: 'x'.repeat(32) }] }, 'keys: id: expected 1–64'],
    [null as never, 'keys: expected at least one key'],
    [{ keys: [null as never] }, 'keys: id: expected 1–64'],
    [{ keys: [OLD, OLD] }, 'each once, got old twice'],
    [{ keys: [{ id: 'a', secret: 'x'.repeat(31) }] }, 'got 31 characters'],
    [{ keys: [{ id: 'a', secret: new Uint8Array(31) }] }, 'got 31 bytes'],
    [{ keys: [{ id: 'a' } as never] }, 'got undefined'],
    [{ keys: [OLD], decryptOnly: 1 as never }, 'decryptOnly: expected true or false'],
  ])('are checked at construction (%#)', (options, message) => {
    expect(() => new Encryption(options)).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining(message) }),
    )
  })

  it('do not change when the bytes that were given do', async () => {
    const secret = new Uint8Array(32)
    const keys = ring({ id: 'a', secret })
    secret.fill(1)
    const sealed = await keys.seal(TEXT, binding)
    expect(await ring({ id: 'a', secret: new Uint8Array(32) }).open(sealed, binding)).toBe(TEXT)
  })
})

describe('what is not encrypted', () => {
  it('is stored and read as it is without keys, and read with them', async () => {
    expect(await new Encryption().seal(TEXT, binding)).toBe(TEXT)
    expect(await ring(OLD).open(TEXT, binding)).toBe(TEXT)
  })

  it('looks encrypted only if it begins like an envelope', () => {
    expect(looksSealed('{"$encrypted":{"v":1,"kid":"')).toBe(true)
    expect(looksSealed('{"$encrypted":true}')).toBe(false)
    expect(looksSealed('{"$encrypted":{"version":1,"keyId":""}}')).toBe(false)
  })
})

describe('a payload', () => {
  it('is bound to its task, but a retry to the task that it retries', () => {
    const task = { taskId: 'b', funcName: 'mail' }
    expect(payloadBinding(task).id).toBe('b')
    expect(payloadBinding({ ...task, retryOf: null }).id).toBe('b')
    expect(payloadBinding({ ...task, retryOf: 'a' }).id).toBe('a')
  })
})
