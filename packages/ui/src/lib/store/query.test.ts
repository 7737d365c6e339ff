import { describe, expect, it } from 'vitest'
import { makeTask } from '../testing/records.ts'
import { matchesQuery, readQuery, termValues, withTerm } from './query.ts'

const now = Date.parse(makeTask(0).created_at) + 3_600_000

describe('matchesQuery', () => {
  const task = makeTask(1, {
    func_name: 'send_email',
    status: 'failed',
    phase: 'failed',
    error: 'TimeoutError: too slow',
    tags: { tenant: 'acme' },
    duration: 5.2,
    attempts_made: 2,
    priority: null,
  })

  it.each([
    ['', true],
    ['status:failed,interrupted', true],
    ['-status:failed', false],
    ['task:send_*', true],
    ['task:*_e*l', true],
    ['task:send', false],
    ['tag.tenant:acme', true],
    ['tag.constructor:acme', false],
    ['error:"TOO SLOW"', true],
    ['duration:>5s', true],
    ['duration:<5200ms', false],
    ['duration:<=5200ms', true],
    ['attempt:2 priority:>0', false],
    ['created:<2h', true],
    ['created:>2h', false],
    ['created:>=2026-11-19 created:<2026-11-20', true],
    ['email', true],
    [task.task_id.slice(-8), true],
    ['nonsense:1', false],
  ])('%s: %s', (query, meets) => {
    expect(matchesQuery(query, task, now)).toBe(meets)
  })
})

describe('terms', () => {
  it('are set in the place of what a query said of the field, and taken out', () => {
    expect(withTerm('group:mail task:a* -group:x', 'group', ['billing'])).toBe(
      'task:a* -group:x group:billing',
    )
    expect(withTerm('group:mail slow', 'group', [])).toBe('slow')
    expect(termValues('group:a,b -executor:thread', 'group')).toEqual(['a', 'b'])
    expect(termValues('group:a,b -executor:thread', 'executor')).toEqual([])
  })

  it('say where a query cannot be read', () => {
    expect(readQuery('status:failed statsu:x').problem).toMatchObject({ start: 14 })
  })
})
