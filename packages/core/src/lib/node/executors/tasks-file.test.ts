import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { defineTask, type Task, TaskManager } from '../../../index.ts'
import { kinds, start, taskOn, tasksFile } from './test-executors.ts'

const module = (name: string) => new URL(`./testing-modules/${name}.ts`, import.meta.url)
const task = (name: string, executor: string): Task<unknown, unknown> =>
  defineTask<unknown, unknown>({ name, executor, run() {} })

describe('tasksFile', () => {
  it('may export a list, and import core by its name', async () => {
    const byName = task('by-name', 'thread')
    const snoozes = task('snoozes', 'thread')
    const { run, logOf, manager, until } = await start({
      tasks: [byName, snoozes],
      tasksFile: module('list'),
    })
    const { status, taskId } = await run(byName)
    expect(status).toBe('success')
    expect(await logOf(taskId)).toEqual(['log info from the list'])
    const snoozed = await manager.enqueue(snoozes, null)
    await until(snoozed.taskId, (record) => record?.phase === 'scheduled')
  })

  it.each([tasksFile.href, fileURLToPath(tasksFile)])('may be written as %s', async (written) => {
    const { run } = await start({ tasksFile: written })
    expect((await run(taskOn('thread', 'echo'), 1)).result).toBe(1)
  })

  it.each(['./tasks.js', 'https://a.example/tasks.js', '', 7])('cannot be %s', (written) => {
    const options = { tasks: [], tasksFile: written as string }
    expect(() => new TaskManager(options)).toThrow(
      `TaskManager: tasksFile: expected a file URL such as new URL('./tasks.js', import.meta.url) or an absolute path, got ${written}`,
    )
  })

  it.each([module('missing'), fileURLToPath(module('missing'))])('has to be there: %s', (file) => {
    expect(() => new TaskManager({ tasks: [], tasksFile: file })).toThrow(
      `TaskManager: tasksFile: expected a file, there is no ${file}; a bundler has to be given it as an entry point of its own`,
    )
  })

  it.each(kinds)('is needed by a task in a %s', (kind) => {
    expect(() => new TaskManager({ tasks: [task('resize', kind)] })).toThrow(
      `TaskManager: resize: executor: '${kind}' needs tasksFile, the module that exports the tasks: expected tasksFile: new URL('./tasks.js', import.meta.url), got none`,
    )
  })

  it.each(['threads', 'processes'] as const)('has pools of at least one: %s', (option) => {
    expect(() => new TaskManager({ tasks: [], tasksFile, [option]: 0 })).toThrow(
      `TaskManager: ${option}: expected a whole number of 1 or more, got 0`,
    )
  })
})

describe.each(kinds)('a module that a %s cannot use fails the attempt', (kind) => {
  const run = async (name: string, file: URL) => {
    const other = task(name, kind)
    return (await start({ tasks: [other], tasksFile: file })).run(other)
  }

  it('since it does not have the task', async () => {
    const { error } = await run('by-another-name', module('list'))
    expect(error).toBe(
      `TaskflowError: tasksFile: expected ${module('list')} to export the task by-another-name, got by-name, snoozes`,
    )
  })

  it.each([
    ['fails', /to be a module of tasks: RangeError: no such setting$/],
    ['manages', /a module that only exports tasks, .*manages\.ts makes a TaskManager; move the/],
    ['serves', /to only export tasks, it starts a server$/],
  ])('since it %s', async (name, reason) => {
    const { status, error } = await run('task', module(name))
    expect(status).toBe('failed')
    expect(error).toContain(`tasksFile: expected ${module(name)}`)
    expect(error).toMatch(reason)
  })

  it('since it never ends, once it has timed out', async () => {
    const slow = defineTask({ name: 'slow', executor: kind, timeoutMs: 50, run() {} })
    const { run } = await start({ tasks: [slow], tasksFile: module('waits'), cancelGraceMs: 0 })
    expect(await run(slow as Task<unknown, unknown>)).toMatchObject({
      status: 'failed',
      error: 'TaskAborted: Timed out after 50 ms',
    })
  })
})
