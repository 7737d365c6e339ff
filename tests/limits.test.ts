import { appendFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { end, exitOf } from './support/instances.ts'
import { mostAtOnce } from './support/replay.ts'
import { CONCURRENCY, RATE } from './support/running.ts'
import { RunningInstances } from './support/running-instances.ts'
import { sharedStorages } from './support/storages.ts'

/** A dead process on Postgres is noticed after 19 s. */
const PATIENCE = 50_000
/** None of the instances can fill the limit alone, all of them can. */
const SLOTS = 3

const open: RunningInstances[] = []
afterEach(() => Promise.all(open.splice(0).map((instances) => instances.close())))

describe.each(sharedStorages)('%s', { timeout: 120_000 }, (_, count, choose) => {
  async function start(concurrency?: number) {
    const instances = new RunningInstances(choose)
    open.push(instances)
    await instances.manager.open()
    const starts = Array.from({ length: count }, () => instances.start(concurrency))
    return { instances, children: await Promise.all(starts) }
  }
  const short = (length: number) => Array.from({ length }, (_, n) => ({ payload: { ms: n % 20 } }))
  const quick = (length: number) => Array(length).fill({ payload: { ms: 0 } })

  it('never run more of a function at once than its concurrency says, and as many', async () => {
    const { instances } = await start(SLOTS)
    const { manager, tasks } = instances
    const refs = await manager.enqueueMany(tasks.limited, short(400))
    await eventually(async () => (await manager.metrics()).success).toBe(refs.length)
    const events = instances.events()
    expect(mostAtOnce(events)).toBe(CONCURRENCY)
    expect(events).toHaveLength(2 * refs.length)
    expect(new Set(events.map(({ pid }) => pid)).size).toBeGreaterThan(1)
  })

  it('hold to that though they are killed, and leave no place taken', async () => {
    const { instances, children } = await start(SLOTS)
    const { manager, tasks } = instances
    const items = Array.from({ length: 400 }, (_, n) => ({ payload: { ms: 20 + (n % 20) } }))
    const refs = await manager.enqueueMany(tasks.limited, items)
    // Once some are killed, their places are taken for a while: all work before the first is.
    await eventually(() => mostAtOnce(instances.events()), PATIENCE).toBe(CONCURRENCY)
    for (const child of children) {
      const before = instances.events().length
      await eventually(() => instances.events().length, PATIENCE).toBeGreaterThan(before + 60)
      appendFileSync(instances.ledger, `kill - ${child.pid}\n`)
      await end(child)
      await instances.start(SLOTS)
    }
    await eventually(async () => (await manager.metrics()).success, PATIENCE).toBe(refs.length)
    // What ran in the killed ones keeps its places until they are known to be dead, and no longer.
    expect(mostAtOnce(instances.events())).toBe(CONCURRENCY)
    const { taskId } = await manager.enqueue(tasks.single, { manners: 'heeds' })
    await eventually(() => instances.only('start').at(-1)?.taskId).toBe(taskId)
  })

  it('start no more of a function than its rate allows, in any while, and nearly as many', async () => {
    const { instances } = await start()
    const { manager, tasks } = instances
    const refs = await manager.enqueueMany(tasks.rated, quick(140))
    await eventually(async () => (await manager.metrics()).success).toBe(refs.length)
    const records = await Promise.all(refs.map(({ taskId }) => manager.get(taskId)))
    const claims = records.flatMap((record) => record?.attempts.map((one) => one.claimedAt) ?? [])
    claims.sort((a, b) => a - b)
    expect(claims).toHaveLength(refs.length)
    const perMs = RATE.count / RATE.perMs
    const over = claims.flatMap((from, i) =>
      claims.slice(i).flatMap((to, n) => {
        const allowed = RATE.count + (to - from) * perMs
        return n + 1 > allowed + 1e-6 ? { from, to, started: n + 1, allowed } : []
      }),
    )
    expect(over).toEqual([])
    const [first = 0, last = 0] = [claims[0], claims.at(-1)]
    const shortest = (refs.length - RATE.count) / perMs
    expect(last - first).toBeLessThan(1.5 * shortest)
  })

  it('keep a paused function back over restarts, and no other for it', async () => {
    const { instances, children } = await start()
    const { manager, tasks } = instances
    const success = async (funcName: string) => (await manager.metrics({ funcName })).success
    expect(await manager.pause('other')).toBe(true)
    const paused = await manager.enqueueMany(tasks.other, quick(500))
    const free = await manager.enqueueMany(tasks.quick, quick(500))
    await eventually(() => success('quick')).toBe(500)
    for (const child of children) child.kill('SIGTERM')
    await Promise.all(children.map(exitOf))

    const [another] = await manager.enqueueMany(tasks.quick, quick(1))
    await Promise.all(children.map(() => instances.start()))
    await eventually(() => success('quick')).toBe(501)
    const started = instances.only('start').map(({ taskId }) => taskId)
    expect(started.toSorted()).toEqual([...free, another].map((ref) => ref?.taskId).toSorted())

    expect(await manager.resume('other')).toBe(true)
    await eventually(() => success('other')).toBe(paused.length)
  })

  it('let a function that fills its concurrency delay no other', async () => {
    const { instances } = await start()
    const { manager, tasks } = instances
    const items = Array(500).fill({ payload: { manners: 'heeds' } })
    await manager.enqueueMany(tasks.slow, items)
    await eventually(() => instances.only('start').length).toBe(2)
    await manager.enqueueMany(tasks.quick, quick(500))
    await eventually(async () => (await manager.metrics({ funcName: 'quick' })).success).toBe(500)
    expect(await manager.metrics({ funcName: 'slow' })).toMatchObject({ running: 2, queued: 498 })
    expect(instances.only('start')).toHaveLength(502)
  })
})
