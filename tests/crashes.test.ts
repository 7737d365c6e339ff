import type { ChildProcess } from 'node:child_process'
import { describe, expect, it, type TestContext } from 'vitest'
import { eventually as eventuallyIn } from './support/eventually.ts'
import { exitOf } from './support/instances.ts'
import { RunningInstances } from './support/running-instances.ts'
import { sharedStorages } from './support/storages.ts'

/** A dead process on Postgres is noticed after 19 s. */
const PATIENCE = 80_000

describe.concurrent.each(sharedStorages)('%s', { timeout: 120_000 }, (_, count, choose) => {
  async function make({ expect, onTestFinished }: TestContext) {
    const instances = new RunningInstances(choose)
    onTestFinished(() => instances.close())
    await instances.manager.open()
    const eventually = <Value>(look: () => Value | Promise<Value>) =>
      eventuallyIn(look, PATIENCE, expect)
    const success = async () => (await instances.manager.metrics()).success
    return { instances, manager: instances.manager, tasks: instances.tasks, eventually, success }
  }

  it('a handler that ends its process costs others nothing, and runs again', async (context) => {
    const { instances, manager, tasks, eventually, success } = await make(context)
    const deaths = ['exit', 'uncaught', 'rejection'] as const
    const victims = await Promise.all(deaths.map(() => instances.start(2)))
    const neighbours = await manager.enqueueMany(
      tasks.quick,
      Array(100).fill({ payload: { ms: 5 } }),
    )
    const exits = []
    const refs = []
    for (const how of deaths) {
      const ref = await manager.enqueue(tasks.dies, { how, always: false })
      const start = () => instances.only('start').find(({ taskId }) => taskId === ref.taskId)
      await eventually(() => start()?.taskId).toBe(ref.taskId)
      const victim = victims.find(({ pid }) => pid === start()?.pid)
      if (!victim) throw new Error('none of ours')
      exits.push(await exitOf(victim))
      refs.push(ref)
    }
    expect(exits.map(({ code }) => code)).toEqual([7, 1, 1])
    await instances.start()
    await eventually(success).toBe(neighbours.length + refs.length)
    for (const { taskId } of refs) {
      const record = await manager.get(taskId)
      expect(record).toMatchObject({ attemptsMade: 1, crashes: 1 })
      expect(record?.attempts.map(({ outcome }) => outcome)).toEqual(['crashed', 'success'])
    }
    expect(await manager.metrics()).toMatchObject({ failed: 0, lateSettlements: 0 })
  })

  it('a handler that heeds no time-out keeps its slot, and no other', async (context) => {
    const { instances, manager, tasks, eventually } = await make(context)
    await instances.start(2, { cancelGraceMs: 200 })
    const { taskId } = await manager.enqueue(tasks.stuck, { manners: 'ignores' })
    await eventually(async () => (await manager.get(taskId))?.status).toBe('failed')
    const [attempt] = (await manager.get(taskId))?.attempts ?? []
    expect(attempt).toMatchObject({ outcome: 'timeout' })
    const unresponsive = async () => (await manager.instances())[0]?.unresponsive
    await eventually(unresponsive).toBe(1)

    const [first, second] = await manager.enqueueMany(tasks.once, [
      { payload: { manners: 'returns' } },
      { payload: { manners: 'returns' } },
    ])
    const started = () => instances.only('start').map((event) => event.taskId)
    await eventually(started).toEqual([taskId, first?.taskId])
    await manager.cancel(first?.taskId ?? '')
    await eventually(started).toEqual([taskId, first?.taskId, second?.taskId])

    instances.letGo()
    await eventually(unresponsive).toBe(0)
    expect(await manager.get(taskId)).toMatchObject({ status: 'failed', attemptsMade: 1 })
  })

  it('a handler that blocks its process beyond its time limit is tried again elsewhere', async (context) => {
    const { instances, manager, tasks, eventually } = await make(context)
    await instances.start(1, { cancelGraceMs: 200 })
    const { taskId } = await manager.enqueue(tasks.blocks)
    await eventually(() => instances.only('start').length).toBe(1)
    const [blocked] = await manager.instances()
    await instances.start(1)
    await eventually(async () => (await manager.get(taskId))?.status).toBe('success')
    const record = await manager.get(taskId)
    expect(record).toMatchObject({ attemptsMade: 2, crashes: 0 })
    expect(record?.attempts).toMatchObject([
      {
        outcome: 'timeout',
        error: expect.stringContaining('Timed out after 100 ms'),
        instance: blocked?.instanceId,
      },
      { outcome: 'success' },
    ])
    expect(instances.only('end')).toHaveLength(1)

    instances.letGo()
    await eventually(() => instances.only('end').length).toBe(2)
    // It wakes with its lease, runs further tasks, and changed nothing.
    const after = await manager.enqueueMany(tasks.quick, Array(20).fill({ payload: { ms: 50 } }))
    const pids = () =>
      new Set(
        instances
          .only('start')
          .slice(2)
          .map(({ pid }) => pid),
      )
    await eventually(() => pids().size).toBe(2)
    await eventually(async () => (await manager.metrics()).success).toBe(1 + after.length)
    expect(await manager.instances()).toContainEqual(
      expect.objectContaining({ instanceId: blocked?.instanceId }),
    )
    expect(await manager.get(taskId)).toEqual(record)
  })

  it('processes that die soon after they start, again and again, cost no attempt', async (context) => {
    const { instances, manager, tasks, eventually, success } = await make(context)
    const items = Array(150).fill({ payload: { ms: 60 } })
    const refs = await manager.enqueueMany(tasks.quick, items)
    const deaths = count === 2 ? 30 : 12
    const startedBy = (pid?: number) => instances.only('start').some((one) => one.pid === pid)
    for (let n = 0; n < deaths; n += 3) {
      const children = [1, 2, 3].map(() => instances.launch({ concurrency: 1, maxCrashes: 100 }))
      await Promise.all(
        children.map(async (child, i) => {
          await new Promise((resolve) => child.once('message', resolve))
          // Each third one has begun a task, however busy the machine is.
          if (i === 2) await eventually(() => startedBy(child.pid)).toBe(true)
          // Before its first task has begun, amid it, or between two.
          setTimeout(() => child.kill('SIGKILL'), ((n + i) * 10) % 300)
          expect(await exitOf(child)).toMatchObject({ signal: 'SIGKILL' })
        }),
      )
    }
    const last = await instances.start(10, { maxCrashes: 100 })
    await eventually(success).toBe(refs.length)
    const starts = instances.only('start')
    let crashes = 0
    for (const { taskId } of refs) {
      const record = await manager.get(taskId)
      crashes += record?.crashes ?? 0
      expect(record).toMatchObject({ status: 'success', attemptsMade: 1 })
      expect(record?.attempts).toHaveLength(1 + (record?.crashes ?? 0))
      expect(starts.filter((one) => one.taskId === taskId)).not.toEqual([])
    }
    // One slot each, and at most one claimed ahead: none took more down than that.
    expect(crashes).toBeLessThanOrEqual(2 * deaths)
    expect(crashes).toBeGreaterThan(0)
    await eventually(async () => (await manager.instances()).map(({ pid }) => pid)).toEqual([
      last.pid,
    ])
  })

  it('a task that takes its process down each time is failed, and none of its neighbours', async (context) => {
    const { instances, manager, tasks, eventually, success } = await make(context)
    // On Postgres each death is noticed after 19 s: two will do.
    const maxCrashes = count === 2 ? 3 : 2
    let deaths = 0
    let over = false
    const running = new Set<ChildProcess>()
    async function keepOneAlive() {
      while (!over) {
        const child = instances.launch({ concurrency: 60, maxCrashes })
        running.add(child)
        await exitOf(child)
        running.delete(child)
        if (!over) deaths++
      }
    }
    const items = Array(50).fill({ payload: { ms: 50 } })
    const innocent = await manager.enqueueMany(tasks.quick, items)
    const guilty = await manager.enqueue(tasks.dies, { how: 'kill', always: true })
    const alive = keepOneAlive()
    try {
      await eventually(success).toBe(innocent.length)
      await eventually(async () => (await manager.get(guilty.taskId))?.status).toBe('failed')
      expect(deaths).toBe(maxCrashes)
      const record = await manager.get(guilty.taskId)
      expect(record).toMatchObject({ crashes: maxCrashes, attemptsMade: 0 })
      expect(record?.attempts.map(({ outcome }) => outcome)).toEqual(
        Array(maxCrashes).fill('crashed'),
      )
      for (const { taskId } of innocent) {
        expect(await manager.get(taskId)).toMatchObject({ crashes: 1, attemptsMade: 1 })
      }
    } finally {
      over = true
      for (const child of running) child.kill('SIGKILL')
      await alive
    }
  })
})
