import { describe, expect, it } from 'vitest'
import { defineTask, type Task } from './define-task.ts'
import { TaskManager } from './task-manager.ts'
import { start } from './test-manager.ts'

const task = defineTask({ name: 'task', run: (payload: unknown) => payload })
/** As code without types calls it. */
const odd = (value: unknown) => value as never

describe('a call that makes no sense is refused and says what was expected', () => {
  const calls: [string, (manager: TaskManager) => unknown, string, RegExp][] = [
    [
      'a task that the manager was not given',
      (m) => m.enqueue(defineTask({ name: 'lost', run() {} })),
      'unknown_function',
      /^expected one of the manager's tasks, got "lost": give it to TaskManager in tasks$/,
    ],
    [
      'a name that nobody has',
      (m) => m.enqueueByName('lost', {}),
      'unknown_function',
      /^expected a task of a live instance, got "lost"$/,
    ],
    [
      'a far past',
      (m) => m.list({ filter: { since: -1e300 } }),
      'invalid_input',
      /since: expected/,
    ],
    ['no task', (m) => m.enqueue(odd(undefined), odd({})), 'invalid_input', /made by defineTask/],
    ['an object', (m) => m.enqueue(odd({}), odd({})), 'invalid_input', /made by defineTask/],
    ['a name', (m) => m.enqueueByName(odd(5), {}), 'invalid_input', /made by defineTask/],
    [
      'options',
      (m) => m.enqueue(task, {}, odd('soon')),
      'invalid_input',
      /an object of options, got string/,
    ],
    [
      'no options',
      (m) => m.enqueue(task, {}, odd(null)),
      'invalid_input',
      /an object of options, got null/,
    ],
    ['tags', (m) => m.enqueue(task, {}, { tags: odd(['a']) }), 'invalid_input', /^tags: expected/],
    [
      'a tag that is no text',
      (m) => m.enqueue(task, {}, { tags: odd({ user: 5 }) }),
      'invalid_input',
      /^tags: expected texts of at most 200 characters/,
    ],
    [
      'an instant as text',
      (m) => m.enqueue(task, {}, { runAt: odd('2026-12-01T00:00:00Z') }),
      'invalid_input',
      /^runAt: expected epoch milliseconds or a Date, got string$/,
    ],
    [
      'a date that is none',
      (m) => m.enqueue(task, {}, { runAt: new Date('soon') }),
      'invalid_input',
      /^runAt: expected epoch milliseconds or a Date, got Invalid Date$/,
    ],
    [
      'eager',
      (m) => m.enqueue(task, {}, { eager: odd('yes') }),
      'invalid_input',
      /^eager: expected/,
    ],
    ['via', (m) => m.enqueue(task, {}, { via: odd({}) }), 'invalid_input', /^via: expected/],
    ['many', (m) => m.enqueueMany(task, odd(null)), 'invalid_input', /^enqueueMany: expected/],
    ['one of many', (m) => m.enqueueMany(task, [odd(null)]), 'invalid_input', /^enqueueMany: exp/],
    ['a flow', (m) => m.flow(odd(null)), 'invalid_input', /^flow: expected a function/],
    ['its task', (m) => m.flow((f) => f.add(odd(null), odd(1))), 'invalid_input', /by defineTask/],
    ['a ref', (m) => m.result(odd(undefined)), 'invalid_input', /^result: expected what enqueue/],
    ['an id', (m) => m.cancel(odd(undefined)), 'not_found', /"undefined"/],
    ['a retry', (m) => m.retry(odd(7)), 'not_found', /"7"/],
    ['run now', (m) => m.runNow(odd(null)), 'not_found', /"null"/],
    ['pause', (m) => m.pause(odd(undefined)), 'invalid_input', /^pause: expected the name of/],
    ['resume', (m) => m.resume('no name'), 'invalid_input', /^resume: expected the name of/],
    [
      'a ref for an id',
      (m) => m.get(odd({ taskId: 'x' })),
      'invalid_input',
      /^get: .* got an object/,
    ],
    ['no ids', (m) => m.getMany(odd(null)), 'invalid_input', /^getMany: expected an array of ids/],
    ['one id', (m) => m.cancelMany(odd('x')), 'invalid_input', /^cancelMany: .* got "x"/],
    ['no list', (m) => m.list(odd(null)), 'invalid_input', /^list: expected an object/],
    ['a filter', (m) => m.list({ filter: odd(null) }), 'invalid_input', /^list: filter: expected/],
    [
      'one status',
      (m) => m.list({ filter: { status: odd('failed') } }),
      'invalid_input',
      /^list: filter: status: expected an array of one of pending, .* got "failed"$/,
    ],
    [
      'no status',
      (m) => m.list({ filter: { status: odd(['done']) } }),
      'invalid_input',
      /^list: filter: status/,
    ],
    [
      'a filter that is none',
      (m) => m.list({ filter: odd({ function: ['x'] }) }),
      'invalid_input',
      /^list: filter: no option "function": expected one of taskIds/,
    ],
    [
      'tags as an object',
      (m) => m.list({ filter: { tags: odd({ a: 'b' }) } }),
      'invalid_input',
      /^list: filter: tags: expected an array of \{ key, value \}, got an object$/,
    ],
    [
      'since',
      (m) => m.list({ filter: { since: odd('1h') } }),
      'invalid_input',
      /epoch milliseconds/,
    ],
    ['a limit', (m) => m.list({ limit: odd('5') }), 'invalid_input', /^list: limit: .* got "5"$/],
    ['no limit', (m) => m.list({ limit: -1 }), 'invalid_input', /^list: limit: .* got -1$/],
    [
      'a sort',
      (m) => m.list({ sort: odd('name') }),
      'invalid_input',
      /^list: sort: expected one of/,
    ],
    [
      'an order',
      (m) => m.list({ order: odd('up') }),
      'invalid_input',
      /^list: order: .* got "up"$/,
    ],
    ['a cursor', (m) => m.list({ cursor: odd(5) }), 'invalid_input', /^list: cursor: .* got 5$/],
    [
      'a page of ticks',
      (m) => m.scheduleTicks('x', { limit: -1 }),
      'invalid_input',
      /^scheduleTicks: limit: expected a whole number/,
    ],
    [
      'ticks by another name',
      (m) => m.scheduleTicks('x', odd({ limt: 5 })),
      'invalid_input',
      /^scheduleTicks: .*limt/,
    ],
    ['no logs', (m) => m.logs(odd(undefined)), 'invalid_input', /^logs: expected an object/],
    ['logs of nothing', (m) => m.logs(odd({})), 'invalid_input', /^logs: taskId: expected the id/],
    [
      'a level',
      (m) => m.logs({ taskId: 'x', level: odd('loud') }),
      'invalid_input',
      /^logs: level: expected one of debug, info, warn, error, got "loud"$/,
    ],
    [
      'a text',
      (m) => m.logs({ taskId: 'x', search: odd(5) }),
      'invalid_input',
      /^logs: search: expected text, got 5$/,
    ],
    ['no metrics', (m) => m.metrics(odd(null)), 'invalid_input', /^metrics: expected an object/],
    ['a function', (m) => m.metrics(odd({ name: 'x' })), 'invalid_input', /no option "name"/],
    ['metrics of none', (m) => m.metricsOf(odd(null)), 'invalid_input', /^metricsOf: expected an/],
    ['no series', (m) => m.series(odd(undefined)), 'invalid_input', /^series: expected an object/],
    [
      'no step',
      (m) => m.series({ since: 0, until: 1, stepMs: 0 }),
      'invalid_input',
      /^series: stepMs: expected milliseconds of whole minutes, got 0$/,
    ],
    ['a listener', async (m) => m.subscribe(odd(null)), 'invalid_input', /^subscribe: expected a/],
    ['force', (m) => m.cancel('x', odd(null)), 'invalid_input', /^cancel: expected an object/],
    ['a payload', (m) => m.retry('x', odd(null)), 'invalid_input', /^retry: expected an object/],
    ['a wait', (m) => m.result({ taskId: 'x' }, odd(null)), 'invalid_input', /^result: expected/],
    [
      'a signal',
      (m) => m.result({ taskId: 'x' }, { signal: odd(5) }),
      'invalid_input',
      /^result: signal: expected an AbortSignal$/,
    ],
    ['no schedule', (m) => m.getSchedule(odd(undefined)), 'not_found', /"undefined"$/],
    ['a pause of none', (m) => m.pauseSchedule(odd(5)), 'not_found', /"5"$/],
    [
      'upcoming',
      (m) => m.schedules({ upcoming: -1 }),
      'invalid_input',
      /^schedules: upcoming: .* -1$/,
    ],
    [
      'no upcoming',
      (m) => m.schedules(odd(null)),
      'invalid_input',
      /^schedules: expected an object/,
    ],
    [
      'a schedule of nothing',
      async (m) => m.schedule(odd(undefined), { everyMs: 1000 }, odd({})),
      'invalid_input',
      /^schedule: expected a task made by defineTask$/,
    ],
    [
      'nobody to tell',
      async (m) => m.onSchedulesChanged(odd(null)),
      'invalid_input',
      /^onSchedulesChanged: expected a function/,
    ],
    ['history', (m) => m.deleteHistory(odd(null)), 'invalid_input', /^deleteHistory: expected an/],
  ]

  it.each(calls)('%s', async (_, call, code, message) => {
    const { manager } = await start([task])
    await expect(call(manager)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })
})

describe('a definition that makes no sense is refused', () => {
  it.each([
    [{ group: 5 }, /^task: group: expected a name, got 5/],
    [{ executor: '' }, /^task: executor: expected a name/],
    [{ eager: 'yes' }, /^task: eager: expected true or false, got yes/],
    [{ requeueOnInterrupt: 1 }, /^task: requeueOnInterrupt: expected true or false, got 1/],
    [{ schema: 5 }, /^task: schema: expected one of a Standard Schema library, got number$/],
    [{ schema: {} }, /^task: schema: expected one of a Standard Schema library, got an object$/],
  ])('%o', (options, message) => {
    expect(() => defineTask({ name: 'task', run() {}, ...(options as object) })).toThrow(message)
  })

  it('which is but a function', () => {
    expect(() => defineTask(odd(() => {}))).toThrow(
      'defineTask: expected an object of options, got function',
    )
  })

  it('in what a manager is given', () => {
    const tasks = [task, undefined as unknown as Task]
    expect(() => new TaskManager({ tasks })).toThrow(
      'TaskManager: tasks: expected all to have a name, got undefined at 1',
    )
  })
})
