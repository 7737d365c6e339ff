import { defineTask, type Task, TaskManager, type TaskRecord } from '@taskflow/core'
import { afterEach, describe, expect, it } from 'vitest'
import { shellExecutor } from './shell-executor.ts'

const command = defineTask<string[], unknown>({
  name: 'command',
  executor: 'shell',
  run: (words) => words,
})
const slow = defineTask<string[], unknown>({
  name: 'slow',
  executor: 'shell',
  timeoutMs: 50,
  run: (words) => words,
})

let manager: TaskManager | undefined
afterEach(() => manager?.stop({ graceMs: 0, abortMs: 0 }))

async function start(options: Parameters<typeof shellExecutor>[0] = {}) {
  const tasks = new TaskManager({ tasks: [command, slow], executors: [shellExecutor(options)] })
  manager = tasks
  await tasks.start()
  const step = (taskId: string, wanted: (step: string) => boolean) =>
    new Promise<void>((resolve) => {
      tasks.subscribe((event) => {
        if (event.taskId === taskId && wanted(event.step)) resolve()
      })
    })
  const isFinal = (name: string) => ['success', 'failed', 'cancelled'].includes(name)
  return {
    tasks,
    /** Enqueues, and waits for the end. */
    async run(task: Task<string[], unknown>, words: string[]): Promise<TaskRecord | null> {
      const { taskId } = await tasks.enqueue(task, words, { delayMs: 20 })
      await step(taskId, isFinal)
      return tasks.get(taskId)
    },
  }
}

describe('a shell executor', () => {
  it('keeps what the program prints, by stream', async () => {
    const { tasks, run } = await start()
    const script = 'echo one; echo two >&2; printf three'
    const record = await run(command, ['sh', '-c', script])
    expect(record).toMatchObject({ status: 'success', result: { exitCode: 0 } })
    const { entries } = await tasks.logs({ taskId: record?.taskId ?? '' })
    const lines = entries.map(({ stream, text }) => `${stream}: ${text}`).sort()
    expect(lines).toEqual(['stderr: two', 'stdout: one', 'stdout: three'])
  })

  it('fails with the exit code', async () => {
    const { run } = await start()
    expect(await run(command, ['sh', '-c', 'exit 3'])).toMatchObject({
      status: 'failed',
      error: 'sh exited with 3',
    })
  })

  it('fails when there is no such program', async () => {
    const { run } = await start()
    const record = await run(command, ['no-such-program'])
    expect(record?.status).toBe('failed')
    expect(record?.error).toContain('ENOENT')
  })

  it('ends a program that takes too long, and what that has started', async () => {
    const { run } = await start()
    expect(await run(slow, ['sh', '-c', 'sleep 1000 & sleep 1000'])).toMatchObject({
      status: 'failed',
      error: 'TaskAborted: Timed out after 50 ms',
    })
  })

  it('kills a program that ignores the request to end', async () => {
    const { run } = await start({ killAfterMs: 10 })
    const script = 'trap "" TERM; while :; do sleep 0.01; done'
    expect((await run(slow, ['sh', '-c', script]))?.status).toBe('failed')
  })

  it('refuses text that no program can be given, before it is stored', async () => {
    const { tasks } = await start()
    await expect(tasks.enqueue(command, ['echo', 'a\0b'])).rejects.toMatchObject({
      code: 'invalid_payload',
      message: expect.stringContaining('1: expected text without NUL'),
    })
  })
})
