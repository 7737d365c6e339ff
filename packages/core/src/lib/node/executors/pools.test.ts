import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { defineTask } from '../../../index.ts'
import { processExecutor } from './process-executor.ts'
import { gone, kinds, start, taskOn, tasksFile } from './test-executors.ts'
import { threadExecutor } from './thread-executor.ts'

const apps: ChildProcess[] = []
afterEach(() => {
  for (const app of apps.splice(0)) app.kill('SIGKILL')
})

/** A module in a process of its own. */
function startApp(name: string, ...args: string[]): ChildProcess {
  const script = fileURLToPath(new URL(`./testing-modules/${name}.ts`, import.meta.url))
  const app = fork(script, args, { stdio: 'inherit' })
  // Of interest is what it does with its workers, not its own channel.
  app.channel?.unref()
  apps.push(app)
  return app
}

describe('a pool', () => {
  it.each(kinds)('runs two hundred attempts over two workers: %s', async (kind) => {
    const { manager, ended } = await start({ threads: 2, processes: 2, concurrency: 200 })
    const payloads = Array.from({ length: 200 }, (_, n) => ({ payload: n }))
    const refs = await manager.enqueueMany(taskOn(kind, 'worker'), payloads)
    const records = await Promise.all(refs.map(({ taskId }) => ended(taskId)))
    expect(new Set(records.map(({ status }) => status))).toEqual(new Set(['success']))
    if (kind === 'thread') return
    expect(new Set(records.map(({ result }) => (result as { pid: number }).pid)).size).toBe(2)
  })

  it('keeps the order of what waits for a slot', async () => {
    const seen: string[] = []
    const executor = threadExecutor({ tasksFile, concurrency: 1 })
    const { manager, ended } = await start({
      executors: [executor],
      observers: [{ onLog: ({ taskId }) => void seen.push(taskId) }],
    })
    const refs = await manager.enqueueMany(
      taskOn('thread', 'log'),
      Array.from({ length: 10 }, () => ({ payload: null })),
    )
    await Promise.all(refs.map(({ taskId }) => ended(taskId)))
    expect([...new Set(seen)]).toEqual(refs.map(({ taskId }) => taskId))
  })

  it('may have other settings, under another name', async () => {
    const env = { ...process.env, TASKFLOW_TEST: 'set' }
    for (const [kind, executor] of [
      ['thread', threadExecutor({ name: 'heavy', tasksFile, env, concurrency: 1 })],
      ['process', processExecutor({ name: 'heavy', tasksFile, env, concurrency: 1 })],
    ] as const) {
      const { name } = taskOn(kind, 'worker')
      const task = defineTask<unknown, unknown>({ name, executor: 'heavy', run() {} })
      const { run } = await start({ tasks: [task], executors: [executor] })
      expect(await run(task)).toMatchObject({ executor: 'heavy', result: { env: 'set' } })
    }
  })

  it.each([
    [() => threadExecutor({ tasksFile, concurrency: 0 }), 'threadExecutor: concurrency'],
    [() => processExecutor({ tasksFile, graceMs: -1 }), 'processExecutor: graceMs'],
    [() => processExecutor({ tasksFile: 'tasks.js' }), 'processExecutor: tasksFile'],
  ])('refuses settings that make no sense', (make, where) => {
    expect(make).toThrow(`${where}: expected`)
  })

  it('says that its workers cannot be started', async () => {
    const execArgv = ['--no-such-option']
    for (const [kind, executor] of [
      ['thread', threadExecutor({ tasksFile, execArgv })],
      ['process', processExecutor({ tasksFile, execArgv })],
    ] as const) {
      const { run } = await start({ executors: [executor] })
      const { status, error } = await run(taskOn(kind, 'echo'))
      expect(status).toBe('failed')
      expect(error).toMatch(
        kind === 'thread'
          ? 'The thread could not be started'
          : 'The process ended with exit code 9',
      )
    }
  })
})

it.each(kinds)('an idle %s keeps no process alive', async (kind) => {
  const app = startApp('idle', kind)
  expect(await once(app, 'exit')).toEqual([0, null])
})

it('children end with a parent that is killed, even in an endless loop', async () => {
  const app = startApp('spins')
  const [line] = await once(app, 'message')
  const pid = Number(String(line).replace('spins in ', ''))
  app.kill('SIGKILL')
  await gone(pid)
})
