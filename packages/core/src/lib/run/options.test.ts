import { describe, expect, it } from 'vitest'
import type { TaskStorage } from '../storage/contract.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { defineTask } from './define-task.ts'
import type { TaskManagerOptions } from './options.ts'
import { TaskManager } from './task-manager.ts'
import { start } from './test-manager.ts'

describe('options', () => {
  const quick = defineTask({ name: 'quick', run() {} })
  /** As code without types says it. */
  const odd = (value: unknown) => value as never
  it.each([
    [
      { tasks: [quick], concurrency: -1 },
      /concurrency: expected a whole number of 0 or more, got -1/,
    ],
    [{ tasks: [quick, quick] }, /tasks: expected each name once, got quick twice/],
    [{ tasks: undefined as never }, /tasks: expected an array/],
    [
      { tasks: [quick], handleSignals: 'no' as never },
      /handleSignals: expected true or false, got no/,
    ],
    ...[Number.NaN, Number.POSITIVE_INFINITY, 1.5, 0, '5' as never].map(
      (concurrency): [TaskManagerOptions, RegExp] => [
        { tasks: [quick], executors: [{ name: 'far', concurrency, execute: async () => {} }] },
        new RegExp(`far: concurrency: expected a whole number of 1 or more, got ${concurrency}`),
      ],
    ),
    [
      { tasks: [quick], executors: [odd({ name: 'far' })] },
      /executors: far: execute: expected a function, got undefined$/,
    ],
    [
      { tasks: [quick], executors: [odd({ name: 'far', execute() {}, validate: 5 })] },
      /executors: far: validate: expected a function, got number$/,
    ],
    [
      { tasks: [{ ...quick, settings: { ...quick.settings, executor: 'gpu' } }] },
      /executor: expected one of async, got gpu/,
    ],
    [{ tasks: [odd(() => {})] }, /tasks: expected values that defineTask made, got function at 0/],
    [{ tasks: [odd({ name: 'quick' })] }, /tasks: expected values that defineTask made, .* at 0/],
    [{ tasks: [quick], storage: odd('tasks.db') }, /storage: expected a storage such as .*string/],
    [{ tasks: [quick], storage: odd(memoryStorage) }, /storage: expected a storage .* function/],
    [{ tasks: [quick], storage: odd({}) }, /storage: expected a storage such as .*got an object/],
    [
      { tasks: [quick], storage: odd({ name: 'mine', open() {}, insert() {} }) },
      /storage: turn: expected a function, got undefined$/,
    ],
    [
      { tasks: [quick], storage: Object.assign(memoryStorage(), { prune: odd(null) }) },
      /storage: prune: expected a function, got null$/,
    ],
    [{ tasks: [quick], observers: odd({}) }, /observers: expected an array, got an object/],
    [{ tasks: [quick], observers: [odd(5)] }, /observers: expected objects .* got number at 0/],
    [
      { tasks: [quick], observers: [{}, odd(() => {})] },
      /observers: expected objects with methods such as onLog, got function at 1/,
    ],
    [{ tasks: [quick], onError: odd('log') }, /onError: expected a function, got string/],
    [{ tasks: [quick], clock: odd({}) }, /clock: expected a clock, got an object/],
  ])('%j are refused', (options, message) => {
    expect(() => new TaskManager(options)).toThrow(message)
  })

  it('null, for those that do without types, is as good as nothing', () => {
    const nothing = { concurrency: null, maxPending: null, retentionMs: null } as never
    expect(new TaskManager({ tasks: [quick], ...(nothing as object) }).retentionMs).toBeNull()
  })

  it.each([
    [{ name: 'no spaces' }, /name/],
    [{ name: '' }, /name/],
    [{ name: 'x', retries: 1.5 }, /retries: expected a whole number/],
    [
      { name: 'x', retries: Number.MAX_SAFE_INTEGER },
      /retries: expected .* to 2147483646, got 9007/,
    ],
    [{ name: 'x', priority: 2 ** 31 }, /priority: expected a whole number of 32 bits, got 2147/],
    [
      { name: 'x', retentionMs: 1e300 },
      /retentionMs: expected milliseconds of 1 to 8000000000000000/,
    ],
    [{ name: 'x', rateLimit: { count: 0, perMs: 5 } }, /rateLimit: .*, got {"count":0,"perMs":5}/],
    [{ name: 'x', delayMs: -1 }, /delayMs/],
    [{ name: 'x', jitter: 2 }, /jitter/],
    [{ name: 'x', timeoutMs: 0 }, /timeoutMs/],
    [{ name: 'x', backoff: '2' as never }, /backoff/],
  ])('of a task, %j, are refused', (options, message) => {
    expect(() => defineTask({ ...options, run() {} })).toThrow(message)
  })

  it('retention deletes what is older', async () => {
    const clock = fakeClock()
    const storage: TaskStorage = memoryStorage({ now: clock.now })
    const { manager } = await start([quick], { storage, clock, retentionMs: 3_600_000 })
    await manager.enqueue(quick)
    await clock.advance(1_800_000)
    expect((await manager.list()).total).toBe(1)
    await clock.advance(7_200_000)
    expect((await manager.list()).total).toBe(0)
  })
})
