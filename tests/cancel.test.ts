import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import type { Manners } from './support/running.ts'
import { RunningInstances } from './support/running-instances.ts'
import { sharedStorages } from './support/storages.ts'

/** Of those who cancel by force: the manager of this process. */
const GRACE_MS = 300

const open: RunningInstances[] = []
afterEach(() => Promise.all(open.splice(0).map((instances) => instances.close())))

describe.each(sharedStorages)('%s, cancelled from another', (_, count, choose) => {
  async function start() {
    const instances = new RunningInstances(choose, { cancelGraceMs: GRACE_MS })
    open.push(instances)
    await instances.manager.open()
    await Promise.all(Array.from({ length: count }, () => instances.start()))
    const { manager } = instances
    const status = async (taskId: string) => (await manager.get(taskId))?.status
    /** Enqueues a handler that ends no sooner than told; resolves when it has begun. */
    async function begin(name: 'once' | 'single', manners: Manners) {
      const ref = await manager.enqueue(instances.tasks[name], { manners })
      const began = () => instances.only('start').some(({ taskId }) => taskId === ref.taskId)
      await eventually(began).toBe(true)
      return ref
    }
    const abortOf = (id: string) => instances.only('abort').find(({ taskId }) => taskId === id)
    return { instances, manager, status, begin, abortOf }
  }

  it('a handler hears of it at once, not with the next beat', async () => {
    const { manager, status, begin, abortOf } = await start()
    const waits = []
    for (let n = 0; n < 5; n++) {
      const { taskId } = await begin('once', 'heeds')
      const askedAt = Date.now()
      expect(await manager.cancel(taskId)).toMatchObject({ result: 'requested' })
      await eventually(() => status(taskId)).toBe('cancelled')
      waits.push((abortOf(taskId)?.at ?? Number.POSITIVE_INFINITY) - askedAt)
    }
    // Beats come every 3 s: of five, one would be as early as this by chance, hardly three.
    expect(waits.toSorted((a, b) => a - b)[2]).toBeLessThan(1_000)
  })

  it('what waits never starts, and what starts all the same is not cancelled', async () => {
    const { instances, manager } = await start()
    // Some are claimed ahead, and the slower ones leave some waiting, however fast the machine is.
    const items = Array.from({ length: 900 }, (_, n) => ({ payload: { ms: n < 50 ? 1 : 100 } }))
    const refs = await manager.enqueueMany(instances.tasks.quick, items)
    const results = await Promise.all(
      refs.map(async ({ taskId }) => {
        const { result } = await manager.cancel(taskId).catch(() => ({ result: 'refused' }))
        return { taskId, result }
      }),
    )
    await eventually(async () => (await manager.metrics()).running).toBe(0)
    expect(await manager.metrics()).toMatchObject({ pending: 0, failed: 0, interrupted: 0 })
    const started = new Set(instances.only('start').map(({ taskId }) => taskId))
    const cancelled = results.filter(({ result }) => result === 'cancelled')
    expect(cancelled.filter(({ taskId }) => started.has(taskId))).toEqual([])
    expect(cancelled.length).toBeGreaterThan(0)
    for (const { taskId, result } of results) {
      const task = await manager.get(taskId)
      // Claimed and asked to stop before it began, or not.
      const ran = started.has(taskId)
      expect({ taskId, status: task?.status }).toEqual({
        taskId,
        status: ran ? 'success' : 'cancelled',
      })
      if (result === 'cancelled') expect(task?.attempts).toEqual([])
    }
  })

  it('a handler that returns normally all the same is success', async () => {
    const { manager, begin, status } = await start()
    const { taskId } = await begin('once', 'returns')
    await manager.cancel(taskId)
    await eventually(() => status(taskId)).toBe('success')
    expect(await manager.get(taskId)).toMatchObject({ attemptsMade: 1 })
  })

  it('a handler that heeds nothing is cancelled by force, frees its place, and comes too late', async () => {
    const { instances, manager, begin, status, abortOf } = await start()
    const { taskId } = await begin('single', 'ignores')
    const next = await manager.enqueue(instances.tasks.single, { manners: 'returns' })
    const force = () =>
      manager.cancel(taskId, { force: true }).then(
        ({ status }) => status,
        ({ code }) => code,
      )
    // Nobody asked it to stop before.
    expect(await force()).toBe('conflict')
    expect(await manager.cancel(taskId)).toMatchObject({ result: 'requested' })
    await eventually(() => abortOf(taskId)?.taskId).toBe(taskId)
    await eventually(force).toBe('cancelled')
    await eventually(() => status(next.taskId)).toBe('running')

    instances.letGo()
    const ended = () => instances.only('end').map((event) => event.taskId)
    await eventually(ended).toEqual([taskId])
    await eventually(async () => (await manager.metrics()).lateSettlements).toBe(1)
    const [attempt] = (await manager.get(taskId))?.attempts ?? []
    expect(attempt).toMatchObject({ outcome: 'cancelled', lateOutcome: 'success' })
    expect(await status(taskId)).toBe('cancelled')
    expect(await status(next.taskId)).toBe('running')
  })
})
