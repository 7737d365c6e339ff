import { describe, expect, it } from 'vitest'
import { defineTask, type Task } from './define-task.ts'
import { TaskManager } from './task-manager.ts'
import { start } from './test-manager.ts'

const task = defineTask({ name: 'task', run: (payload: unknown) => payload })
/** As code without types calls it. */
const odd = (value: unknown) => value as never

describe('a call that makes no sense is refused and says what was expected', () => {
  const calls: [string, (manager: TaskManager) => unknown, string, RegExp][] = [
    ['no task', (m) => m.enqueue(odd(undefined), odd({})), 'invalid_input', /made by defineTask/],
    ['an object', (m) => m.enqueue(odd({}), odd({})), 'invalid_input', /made by defineTask/],
    ['a name', (m) => m.enqueueByName(odd(5), {}), 'invalid_input', /made by defineTask/],
    ['options', (m) => m.enqueue(task, {}, odd('soon')), 'invalid_input', /an object, got soon/],
    ['no options', (m) => m.enqueue(task, {}, odd(null)), 'invalid_input', /an object, got null/],
    ['tags', (m) => m.enqueue(task, {}, { tags: odd(['a']) }), 'invalid_input', /^tags: expected/],
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
  ])('%o', (options, message) => {
    expect(() => defineTask({ name: 'task', run() {}, ...(options as object) })).toThrow(message)
  })

  it('in what a manager is given', () => {
    const tasks = [task, undefined as unknown as Task]
    expect(() => new TaskManager({ tasks })).toThrow(
      'TaskManager: tasks: expected all to have a name, got undefined at 1',
    )
  })
})
