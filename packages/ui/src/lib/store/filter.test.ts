import { describe, expect, it } from 'vitest'
import { makeTask } from '../testing/records.ts'
import { matchesFilter, NEWEST_FIRST, NO_FILTER, toTaskQuery } from './filter.ts'

const now = Date.parse(makeTask(0).created_at)

describe('matchesFilter', () => {
  const retrying = makeTask(1, { status: 'pending', phase: 'retrying', func_name: 'Charge_Card' })

  it.each([
    [NO_FILTER, true],
    [{ ...NO_FILTER, status: ['failed'] }, false],
    [{ ...NO_FILTER, status: ['failed', 'pending'] }, true],
    [{ ...NO_FILTER, status: ['retrying'] }, true],
    [{ ...NO_FILTER, status: ['queued'] }, false],
    [{ ...NO_FILTER, func: 'Charge_Card' }, true],
    [{ ...NO_FILTER, func: 'charge' }, false],
    [{ ...NO_FILTER, q: 'arge_c' }, true],
    [{ ...NO_FILTER, q: retrying.task_id.slice(0, 6) }, true],
    [{ ...NO_FILTER, q: retrying.task_id.slice(-8) }, true],
    [{ ...NO_FILTER, q: retrying.task_id.slice(3, 12) }, false],
    [{ ...NO_FILTER, q: '   ' }, true],
  ] as const)('decides as the server does: %j → %s', (filter, expected) => {
    expect(matchesFilter(retrying, filter, now)).toBe(expected)
  })

  it('counts the window back from now', () => {
    const filter = { ...NO_FILTER, since: '1h' }
    expect(matchesFilter(makeTask(0), filter, now + 3_599_000)).toBe(true)
    expect(matchesFilter(makeTask(0), filter, now + 3_601_000)).toBe(false)
  })
})

describe('toTaskQuery', () => {
  it('asks by status when it can, else by phase', () => {
    const by = (status: readonly ['pending'] | readonly ['pending', 'retrying']) =>
      toTaskQuery({ ...NO_FILTER, status }, NEWEST_FIRST, 30)
    expect(by(['pending'])).toEqual({ limit: 30, status: ['pending'] })
    expect(by(['pending', 'retrying'])).toMatchObject({
      phase: ['queued', 'scheduled', 'blocked', 'retrying', 'retrying'],
    })
  })

  it('leaves defaults out', () => {
    expect(toTaskQuery(NO_FILTER, NEWEST_FIRST, 50)).toEqual({ limit: 50 })
    expect(toTaskQuery(NO_FILTER, { by: 'duration', order: 'asc' }, 50)).toEqual({
      limit: 50,
      sort: 'duration',
      order: 'asc',
    })
  })
})
