import { expect, it } from 'vitest'
import { makeTask } from '../testing/records.ts'
import { fingerprintOf, groupByError, shortFrame } from './dead-letters.ts'

it('leaves out of an error what differs from run to run', () => {
  expect(
    fingerprintOf(
      'TimeoutError: 10.1.2.3:443 after 4200 ms, order 7f3e0000-0000-7000-8000-0000000000aa',
    ),
  ).toEqual({
    name: 'TimeoutError',
    message: '<ip>:<n> after <n> ms, order <id>',
  })
  expect(fingerprintOf('no such bucket')).toEqual({ name: null, message: 'no such bucket' })
  const reading = (name: string) => fingerprintOf(`TypeError: of undefined (reading '${name}')`)
  expect(reading('price')).not.toEqual(reading('stock'))
  expect(fingerprintOf(null).message).toBe('No error was recorded')
})

it('groups failed runs by error, over tasks, largest first, with the first and last time', () => {
  const failed = (n: number, error: string, func_name = 'a') => makeTask(n, { error, func_name })
  const groups = groupByError([
    failed(4, 'E1 Error: x'),
    failed(3, 'HttpError: 502 of b', 'b'),
    failed(1, 'HttpError: 503 of b'),
  ])
  expect(groups.map(({ tasks, funcs }) => [tasks.length, funcs])).toEqual([
    [2, ['b', 'a']],
    [1, ['a']],
  ])
  expect([groups[0]?.firstAt, groups[0]?.lastAt]).toEqual([
    makeTask(1).end_time,
    makeTask(3).end_time,
  ])
})

it('tells the same words from two places apart', () => {
  const failed = (n: number, error_frame: string | null) =>
    makeTask(n, { error: 'Error: not found', error_frame })
  const charge = 'charge (/app/src/charge.ts:48)'
  const groups = groupByError([
    failed(1, charge),
    failed(2, '/app/src/mail.ts:9'),
    failed(3, charge),
  ])
  expect(groups.map(({ frame, tasks }) => [frame, tasks.length])).toEqual([
    [charge, 2],
    ['/app/src/mail.ts:9', 1],
  ])
  expect(groups.map(({ frame }) => shortFrame(frame ?? ''))).toEqual([
    'charge charge.ts:48',
    'mail.ts:9',
  ])
  expect(shortFrame('run (C:\\app\\a b.ts:1)')).toBe('run a b.ts:1')
})
