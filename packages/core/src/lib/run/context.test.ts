import { describe, expect, it, vi } from 'vitest'
import { getTaskContext, type TaskContext, taskLog } from './context.ts'
import { defineTask } from './define-task.ts'
import { gate, objectWithDate, start } from './test-manager.ts'

describe('context', () => {
  it('is found from any depth, and a task can enqueue another', async () => {
    const { task: child } = gate('child')
    let seen: TaskContext | undefined
    const deep = async () => {
      await Promise.resolve()
      taskLog('from below', 'warn')
      seen = getTaskContext()
    }
    const parent = defineTask({
      name: 'parent',
      async run(_: void, { tasks }) {
        await deep()
        return (await tasks.enqueue(child)).taskId
      },
    })
    const { manager, clock, status } = await start([parent, child])
    const { taskId } = await manager.enqueue(parent)
    await clock.advance(0)
    expect(seen).toMatchObject({ taskId, funcName: 'parent', attempt: 0 })
    const record = await manager.get(taskId)
    expect(record?.logTail).toMatchObject([{ text: 'from below', level: 'warn' }])
    expect(await status(String(record?.result))).toBe('running')
  })

  it('is refused outside of a task', () => {
    expect(() => getTaskContext()).toThrow(/inside a task/)
  })

  it('streams logs and progress while the task runs', async () => {
    const { task, open } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    open.get(taskId)?.context.log('half way')
    open.get(taskId)?.context.progress(0.5, 'half')
    await clock.advance(250)
    expect(await manager.get(taskId)).toMatchObject({
      status: 'running',
      progress: { fraction: 0.5, message: 'half' },
      logTail: [{ text: 'half way' }],
    })
  })

  it('caps a log that never ends, and says so', async () => {
    const chatty = defineTask({
      name: 'chatty',
      run(_: void, { log }) {
        for (let i = 0; i < 100; i++) log(`line ${i}`)
      },
    })
    const { manager, clock } = await start([chatty], { maxLogLines: 10 })
    const { taskId } = await manager.enqueue(chatty)
    await clock.advance(0)
    const { entries } = await manager.logs({ taskId })
    expect(entries).toHaveLength(11)
    expect(entries.at(-1)?.text).toBe('… 90 more lines were not kept: the log is full')
  })
})

describe('a task called directly', () => {
  it('checks its payload and logs to the console', async () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => {})
    const mail = defineTask({
      name: 'mail',
      schema: objectWithDate,
      run({ at }, { log }) {
        log('sent')
        return at
      },
    })
    await expect(mail.run({ at: 1 as never })).rejects.toMatchObject({ code: 'invalid_payload' })
    const at = new Date(0)
    await expect(mail.run({ at })).resolves.toBe(at)
    expect(info).toHaveBeenCalledWith('sent')
    info.mockRestore()
  })
})
