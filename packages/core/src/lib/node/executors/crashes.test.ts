import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { processExecutor } from './process-executor.ts'
import { gone, kinds, start, taskOn, tasksFile } from './test-executors.ts'
import { threadExecutor } from './thread-executor.ts'

describe.each(kinds)('a %s that dies', (kind) => {
  const on = (act: string) => taskOn(kind, act)

  it('fails the attempt, which uses a retry, and the next one has a fresh worker', async () => {
    const { run } = await start()
    expect(await run(on('exit'), 3)).toMatchObject({
      status: 'failed',
      error: `The ${kind} ended with exit code 3 before the task did`,
      attemptsMade: 2,
      crashes: 0,
    })
    expect(await run(on('echo'), 'alive')).toMatchObject({ result: 'alive' })
  })

  it('of an error nobody caught says which', async () => {
    const { run } = await start()
    const { error, stacktrace } = await run(on('detached'))
    const how =
      kind === 'thread'
        ? 'ended by an error that nobody caught'
        : 'ended with exit code 1 before the task did'
    expect(error).toBe(`The ${kind} ${how}`)
    expect(stacktrace).toMatch(
      /Caused by: TypeError: nobody catches this\n {4}at .*test-tasks\.ts:/,
    )
  })

  it('does so twenty times in a row, and no slot is lost', async () => {
    const { manager, ended, run } = await start()
    const refs = await manager.enqueueMany(
      on('exit'),
      Array.from({ length: 10 }, () => ({ payload: 1 })),
    )
    const records = await Promise.all(refs.map(({ taskId }) => ended(taskId)))
    expect(records.map(({ status, attemptsMade }) => [status, attemptsMade])).toEqual(
      Array.from({ length: 10 }, () => ['failed', 2]),
    )
    expect(await run(on('echo'), 'alive')).toMatchObject({ result: 'alive' })
  }, 60_000)
})

describe.each(kinds)('what a task left running in a %s', (kind) => {
  const on = (act: string) => taskOn(kind, act)

  it.each(['leaveRejection', 'leaveTimer'])(
    'and throws there (%s) is not paid for by the next one, which is the last of its worker',
    async (act) => {
      const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
      onTestFinished(() => write.mockRestore())
      const { run } = await start()
      const { taskId } = await run(on(act))
      const next = await run(on('release'))
      expect(next).toMatchObject({ status: 'success', attemptsMade: 1 })
      expect(write.mock.calls.join()).toContain(`thrown after task ${taskId} had ended: TypeError`)
      const { result } = await run(on('worker'))
      expect(result).not.toMatchObject(Object(next.result))
    },
  )
})

describe.each(kinds)('a task that sends messages of its own from a %s', (kind) => {
  const on = (act: string) => taskOn(kind, act)

  it('sends them to nobody', async () => {
    const { run } = await start()
    for (const message of ['ready', 5, null, {}, { type: 'ready' }]) {
      expect(await run(on('say'), message)).toMatchObject({ status: 'success', result: 'said' })
    }
  })

  it('fails with one that looks like ours, and harms nobody else', async () => {
    const { run } = await start()
    for (const message of [
      { type: 'done', output: null },
      { type: 'done', output: { lines: [5] }, result: '1' },
      { type: 'output' },
      { type: 'failed', output: null, error: null },
      { type: 'stray', taskId: { toString: 5 }, error: null },
    ]) {
      expect(await run(on('say'), message)).toMatchObject({
        status: 'failed',
        error: `The ${kind} was ended: it sent a message that cannot be read`,
      })
    }
    expect(await run(on('echo'), 'alive')).toMatchObject({ result: 'alive' })
  })

  it('cannot spoil what is told of its end', async () => {
    const { run } = await start()
    await run(on('say'), { type: 'uncaught', error: null })
    expect(await run(on('say'), { type: 'enqueue', call: 1 })).toMatchObject({ result: 'said' })
    expect((await run(on('exit'), 1)).error).toMatch(/ended with exit code 1/)
  })
})

describe('memory', () => {
  it('that runs out ends a thread, not the process', async () => {
    const executor = threadExecutor({
      tasksFile,
      concurrency: 1,
      resourceLimits: { maxOldGenerationSizeMb: 32 },
    })
    const { run } = await start({ executors: [executor] })
    expect(await run(taskOn('thread', 'eatMemory'))).toMatchObject({
      status: 'failed',
      error: 'The thread ran out of memory',
    })
    expect(await run(taskOn('thread', 'echo'), 'alive')).toMatchObject({ result: 'alive' })
  })

  it('that runs out ends a child', async () => {
    const execArgv = [...process.execArgv, '--max-old-space-size=32']
    const executor = processExecutor({ tasksFile, concurrency: 1, execArgv })
    const { run } = await start({ executors: [executor] })
    const { status, error } = await run(taskOn('process', 'eatMemory'))
    expect(status).toBe('failed')
    expect(error).toBe('The process was killed by SIGABRT before the task did')
    expect(await run(taskOn('process', 'echo'), 'alive')).toMatchObject({ result: 'alive' })
  })
})

describe('a child', () => {
  it.each([
    ['abort', 'was killed by SIGABRT'],
    ['disconnect', 'ended with exit code 0'],
  ])('that calls process.%s fails its attempt', async (act, how) => {
    const { run } = await start()
    expect(await run(taskOn('process', act))).toMatchObject({
      status: 'failed',
      error: `The process ${how} before the task did`,
    })
    expect(await run(taskOn('process', 'echo'), 'alive')).toMatchObject({ result: 'alive' })
  })

  it('that is killed from outside fails its attempt', async () => {
    const { manager, until, ended } = await start()
    const { taskId } = await manager.enqueue(taskOn('process', 'spin'), null)
    const { logTail } = await until(taskId, (record) => record?.logTail.length)
    process.kill(Number(logTail[0]?.text.replace('spins in ', '')), 'SIGKILL')
    expect(await ended(taskId)).toMatchObject({
      status: 'failed',
      error: 'The process was killed by SIGKILL before the task did',
    })
  })

  it('that is killed while it has nothing to do is replaced', async () => {
    const { run } = await start()
    const { result } = await run(taskOn('process', 'worker'))
    const { pid } = result as { pid: number }
    process.kill(pid, 'SIGKILL')
    await gone(pid)
    const next = await run(taskOn('process', 'worker'))
    expect(next.status).toBe('success')
    expect((next.result as { pid: number }).pid).not.toBe(pid)
  })
})
