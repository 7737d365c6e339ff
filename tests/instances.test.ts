import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { Instances } from './support/instances.ts'
import { sharedStorages } from './support/storages.ts'

const open: Instances[] = []
afterEach(() => Promise.all(open.splice(0).map((instances) => instances.close())))

describe.each(sharedStorages)('%s', (_, count, choose) => {
  async function start(concurrency?: number) {
    const instances = new Instances(choose)
    open.push(instances)
    await instances.manager.open()
    const children = []
    for (let n = 0; n < count; n++) children.push(await instances.start(concurrency))
    return { instances, children }
  }

  it('share the work, and each task runs once', async () => {
    const { instances } = await start()
    const { manager, tasks } = instances
    const payload = undefined
    const refs = await manager.enqueueMany(tasks.quick, Array(3_000).fill({ payload }))
    await eventually(async () => (await manager.metrics()).success).toBe(refs.length)
    const events = instances.events()
    for (const event of ['start', 'end']) {
      const ids = events.filter((one) => one.event === event).map(({ taskId }) => taskId)
      expect(ids.toSorted()).toEqual(refs.map(({ taskId }) => taskId).toSorted())
    }
    expect(new Set(events.map(({ pid }) => pid)).size).toBe(count)
    expect(await manager.metrics()).toMatchObject({ total: refs.length, lateSettlements: 0 })
  })

  it('take over what one of them ran when it is killed, and nothing else', async () => {
    const { instances, children } = await start(4)
    const { manager, tasks } = instances
    const payload = undefined
    const refs = await manager.enqueueMany(tasks.hangs, Array(4 * count).fill({ payload }))
    await eventually(() => instances.events().length).toBe(refs.length)
    const victim = children[0]
    const first = instances.events().filter(({ pid }) => pid === victim?.pid)
    expect(first).toHaveLength(4)
    victim?.kill('SIGKILL')
    if (victim) await once(victim, 'exit')
    // The others are busy with handlers that hang: a new instance takes over.
    await instances.start()
    await eventually(async () => (await manager.metrics()).success, 40_000).toBe(first.length)
    for (const { taskId } of refs) {
      const task = await manager.get(taskId)
      const died = first.some((event) => event.taskId === taskId)
      expect(task).toMatchObject(
        died
          ? { status: 'success', crashes: 1, attemptsMade: 1 }
          : { status: 'running', crashes: 0, attemptsMade: 1 },
      )
      if (died) expect(task?.attempts.map(({ outcome }) => outcome)).toEqual(['crashed', 'success'])
    }
  })
})
