import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { RunningInstances } from './support/running-instances.ts'
import { sharedStorages } from './support/storages.ts'

const open: RunningInstances[] = []
afterEach(() => Promise.all(open.splice(0).map((instances) => instances.close())))

describe.each(sharedStorages)('%s', (_, count, choose) => {
  async function make() {
    const instances = new RunningInstances(choose)
    open.push(instances)
    await instances.manager.open()
    return instances
  }
  const payload = { ms: 0 }

  it('one of them starts equals first in, first out', async () => {
    const instances = await make()
    const { manager, tasks } = instances
    const waiting = await manager.enqueueMany(tasks.quick, Array(300).fill({ payload }))
    // With more slots two claims may be under way, and the second be answered first.
    await instances.start(1)
    const later = []
    for (let n = 0; n < 50; n++) later.push(await manager.enqueue(tasks.quick, payload))
    await eventually(async () => (await manager.metrics()).success).toBe(350)
    const started = instances.only('start').map(({ taskId }) => taskId)
    expect(started).toEqual([...waiting, ...later].map(({ taskId }) => taskId))
  })

  it('one of them starts higher priorities first, of two functions too', async () => {
    const instances = await make()
    const { manager, tasks } = instances
    const items = Array.from({ length: 200 }, (_, n) => ({ priority: (n * 7) % 5, n }))
    const expected = new Map<string, { priority: number; n: number }>()
    for (const { priority, n } of items) {
      const task = n % 2 === 0 ? tasks.quick : tasks.other
      const { taskId } = await manager.enqueue(task, payload, { priority })
      expected.set(taskId, { priority, n })
    }
    await instances.start(1)
    await eventually(async () => (await manager.metrics()).success).toBe(items.length)
    const started = instances.only('start').map(({ taskId }) => expected.get(taskId))
    expect(started).toEqual(items.toSorted((a, b) => b.priority - a.priority || a.n - b.n))
  })

  it('all of them together claim a task before what was enqueued much later', async () => {
    const instances = await make()
    const { manager, tasks } = instances
    await Promise.all(Array.from({ length: count }, () => instances.start(5)))
    const refs = await manager.enqueueMany(tasks.quick, Array(1_500).fill({ payload: { ms: 2 } }))
    await eventually(async () => (await manager.metrics()).success).toBe(refs.length)
    const place = new Map(refs.map(({ taskId }, n) => [taskId, n]))
    const started = instances.only('start').map(({ taskId }) => place.get(taskId) ?? -1)
    // How far each was overtaken, or overtook. A process may rest while it has claimed a few.
    const jumps = started.map((n, at) => Math.abs(n - at))
    expect(started).toHaveLength(refs.length)
    expect(Math.max(...jumps)).toBeLessThan(refs.length / 3)
  })
})
