import { describe, expect, it, onTestFinished } from 'vitest'
import { defineTask } from '../../run/define-task.ts'
import { TaskManager } from '../../run/task-manager.ts'

const COUNT = 3_000

describe('the memory storage', () => {
  it('lets the event loop turn while tasks that wait for nothing are drained', async () => {
    let begun = 0
    let turned = false
    let tell = (_: boolean) => {}
    const turnedInTime = new Promise<boolean>((resolve) => {
      tell = resolve
    })
    const quick = defineTask({
      name: 'quick',
      run() {
        begun++
        if (begun === 1) setImmediate(() => (turned = true))
        if (begun === COUNT) tell(turned)
      },
    })
    const manager = new TaskManager({ tasks: [quick] })
    onTestFinished(async () => void (await manager.stop()))
    const items = Array.from({ length: COUNT }, () => ({ payload: undefined }))
    await manager.enqueueMany(quick, items)
    await manager.start()
    expect(await turnedInTime).toBe(true)
  })
})
