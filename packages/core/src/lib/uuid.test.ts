import { describe, expect, it } from 'vitest'
import { isUuid, uuidv7 } from './uuid.ts'

describe('uuidv7', () => {
  it('is a UUID of version 7 that carries its time', () => {
    const at = Date.UTC(2026, 10, 22)
    const id = uuidv7(at)
    expect(isUuid(id)).toBe(true)
    expect(id[14]).toBe('7')
    expect('89ab').toContain(id[19])
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBeGreaterThanOrEqual(at)
  })

  it('sorts in the order of making, also within a millisecond and when the clock goes back', () => {
    const now = Date.now() + 1000
    const ids = Array.from({ length: 10_000 }, (_, i) => uuidv7(i === 5_000 ? now - 500 : now))
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
