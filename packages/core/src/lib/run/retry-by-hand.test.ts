import { describe, expect, it } from 'vitest'
import { defineTask } from './define-task.ts'
import { gate, start } from './test-manager.ts'

describe('retry by hand', () => {
  it('makes a new task and leaves the old one as it is', async () => {
    let fail = true
    const flaky = defineTask({
      name: 'flaky',
      run({ n }: { n: number }) {
        if (fail) throw new Error('down')
        return n
      },
    })
    const { manager, clock } = await start([flaky])
    const { taskId } = await manager.enqueue(flaky, { n: 3 }, { tags: { a: 'b' }, priority: 7 })
    await clock.advance(0)
    fail = false
    const again = await manager.retry(taskId)
    await clock.advance(0)
    expect(again.taskId).not.toBe(taskId)
    expect(await manager.get(again.taskId)).toMatchObject({
      status: 'success',
      result: 3,
      tags: { a: 'b' },
      priority: 7,
      retryOf: taskId,
    })
    expect(await manager.get(taskId)).toMatchObject({ status: 'failed' })
    expect(await manager.retry(taskId)).toEqual({ taskId: again.taskId, duplicate: true })
    const other = await manager.retry(taskId, { payload: { n: 4 } })
    expect(other.duplicate).toBe(false)
  })

  it('is one task for twenty clicks at once', async () => {
    const bad = defineTask({
      name: 'bad',
      run() {
        throw new Error('no')
      },
    })
    const { manager, clock } = await start([bad])
    const { taskId } = await manager.enqueue(bad)
    await clock.advance(0)
    const refs = await Promise.all(Array.from({ length: 20 }, () => manager.retry(taskId)))
    expect(new Set(refs.map((ref) => ref.taskId)).size).toBe(1)
  })

  it('refuses a task that runs', async () => {
    const { task } = gate()
    const { manager, clock } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await clock.advance(0)
    await expect(manager.retry(taskId)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})
