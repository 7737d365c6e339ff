import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { Instances } from './support/instances.ts'
import { sharedStorages } from './support/storages.ts'

/** A dead process on Postgres is noticed after 19 s. */
const PATIENCE = 50_000

const open: Instances[] = []
afterEach(() => Promise.all(open.splice(0).map((instances) => instances.close())))

/** Those that start first hang until their process dies: fewer than it has slots. */
const payloads = (count: number) => Array.from({ length: count }, (_, n) => ({ n, hangs: n < 4 }))
const sumTo = (count: number) => (count * (count - 1)) / 2

describe.each(sharedStorages)('%s', { timeout: 120_000 }, (_, count, choose) => {
  async function start() {
    const instances = new Instances(choose)
    open.push(instances)
    await instances.manager.open()
    const children: ChildProcess[] = []
    for (let n = 0; n < count; n++) children.push(await instances.start(6))
    return { instances, children }
  }

  /**
   * Kills one process amid the work, and the rest when little is left but what hangs. What the first
   * had claimed may not have started elsewhere by then. New processes go on.
   */
  async function killAll(instances: Instances, children: ChildProcess[], total: number) {
    const seen = (event: string) =>
      new Set(instances.events().flatMap((one) => (one.event === event ? one.taskId : []))).size
    await eventually(() => seen('end')).toBeGreaterThan(total / 4)
    // What started first hangs: nothing can be complete before its process is killed, so that is last.
    const holder = instances.events()[0]?.pid
    const holds = ({ pid }: ChildProcess) => Number(pid === holder)
    const [first, ...rest] = children.toSorted((a, b) => holds(a) - holds(b))
    await kill(first)
    await instances.start()
    await eventually(() => seen('start'), PATIENCE).toBeGreaterThanOrEqual(total * 0.8)
    for (const child of rest) await kill(child)
    await instances.start()
  }

  it('start a task once, after the last of 200 parents, though all of them are killed', async () => {
    const { instances, children } = await start()
    const { manager, tasks } = instances
    const { refs, tasks: all } = await manager.flow((flow) => {
      const after = payloads(200).map((payload) => flow.add(tasks.part, payload))
      return { sum: flow.add(tasks.sum, undefined, { after }) }
    })
    await killAll(instances, children, 200)
    const sum = async () => await manager.get(refs.sum.taskId)
    await eventually(async () => (await sum())?.status, PATIENCE).toBe('success')
    const events = instances.events()
    expect(events.at(-1)).toMatchObject({ event: 'start', taskId: refs.sum.taskId })
    expect(events.filter(({ taskId }) => taskId === refs.sum.taskId)).toHaveLength(1)
    expect(await sum()).toMatchObject({ attemptsMade: 1, crashes: 0, result: sumTo(200) })
    expect(await manager.metrics()).toMatchObject({ total: all.length, success: all.length })
  })

  it('start one run after each of 100 successes, though all of them are killed', async () => {
    const { instances, children } = await start()
    const { manager, tasks } = instances
    const items = payloads(100).map((payload) => ({ payload }))
    await manager.enqueueMany(tasks.source, items)
    await killAll(instances, children, 100)
    await eventually(async () => (await manager.metrics()).success, PATIENCE).toBe(200)
    const { tasks: followers } = await manager.list({
      filter: { funcName: ['follower'], source: ['chained'] },
      limit: 1_000,
    })
    const records = await Promise.all(followers.map(({ taskId }) => manager.get(taskId)))
    const numbers = records.map((record) => record?.result as number)
    expect(numbers.toSorted((a, b) => a - b)).toEqual(items.map((_, n) => n))
    expect(await manager.metrics()).toMatchObject({ total: 200 })
  })
})

async function kill(child: ChildProcess | undefined): Promise<void> {
  child?.kill('SIGKILL')
  if (child && child.signalCode === null) await once(child, 'exit')
}
