import type { ChildProcess } from 'node:child_process'
import { describe, expect, it, type TestContext } from 'vitest'
import { eventually as eventuallyIn } from './support/eventually.ts'
import { end, exitOf } from './support/instances.ts'
import { RunningInstances } from './support/running-instances.ts'
import { sharedStorages } from './support/storages.ts'

/** What `stop` takes on a signal: handlers are waited for, then asked to end. */
const GRACE_MS = 15_000
const ABORT_MS = 5_000
/** A dead process on Postgres is noticed after 19 s. */
const PATIENCE = 50_000

describe.concurrent.each(sharedStorages)('%s', { timeout: 120_000 }, (_, count, choose) => {
  /** One instance that will be told to stop, and runs all there is until the others are started. */
  async function start({ expect, onTestFinished }: TestContext) {
    const instances = new RunningInstances(choose)
    onTestFinished(() => instances.close())
    await instances.manager.open()
    const victim = await instances.start(20, { handleSignals: true })
    const startOthers = () =>
      Promise.all(Array.from({ length: count - 1 }, () => instances.start(20)))
    const { manager, tasks } = instances
    const eventually = <Value>(look: () => Value | Promise<Value>, timeout = 20_000) =>
      eventuallyIn(look, timeout, expect)
    const stopped = () => eventually(() => instances.only('stopping').length).toBe(1)
    /** Handlers that go on until they are told, by what they do then and become. */
    async function begin() {
      const all = {
        heeds: await manager.enqueue(tasks.endless, { manners: 'heeds' }),
        ignores: await manager.enqueue(tasks.endless, { manners: 'ignores' }),
        returns: await manager.enqueue(tasks.endless, { manners: 'returns' }),
        heedsOnce: await manager.enqueue(tasks.once, { manners: 'heeds' }),
        ignoresOnce: await manager.enqueue(tasks.once, { manners: 'ignores' }),
      }
      await eventually(() => instances.only('start').length).toBe(5)
      return all
    }
    const outcomes = async ({ taskId }: { taskId: string }) => {
      const record = await manager.get(taskId)
      const { status, attemptsMade, crashes, attempts } = record ?? {}
      const each = attempts?.map(({ outcome }) => outcome)
      return { status, attemptsMade, crashes, attempts: each }
    }
    return { instances, victim, startOthers, begin, outcomes, eventually, stopped }
  }
  const after = (instances: RunningInstances, event: string, { pid }: ChildProcess) => {
    const events = instances.events()
    const from = events.findIndex((one) => one.event === event && one.pid === pid)
    return from < 0 ? [] : events.slice(from)
  }
  const bySignal = { code: null, signal: 'SIGTERM' }
  const released = ['released', 'success']

  it('SIGTERM ends what runs, starts nothing more, and leaves the rest to others', async (context) => {
    const { instances, victim, startOthers, outcomes, eventually } = await start(context)
    const { manager, tasks } = instances
    const items = Array(200).fill({ payload: { ms: 100 } })
    const refs = await manager.enqueueMany(tasks.quick, items)
    await eventually(() => instances.only('end').length).toBeGreaterThan(20)
    expect(await end(victim, 'SIGTERM')).toEqual({ code: 0, signal: null })

    const mine = instances.events()
    const ran = (event: string) =>
      mine.flatMap((one) => (one.event === event ? one.taskId : [])).toSorted()
    expect(ran('end')).toEqual(ran('start'))
    expect(after(instances, 'stopping', victim).filter(({ event }) => event === 'start')).toEqual(
      [],
    )
    expect(await manager.metrics()).toMatchObject({ success: ran('end').length, running: 0 })
    expect(await manager.instances()).toEqual([])

    await startOthers()
    await eventually(async () => (await manager.metrics()).success).toBe(refs.length)
    expect(instances.only('start')).toHaveLength(refs.length)
    for (const ref of refs) expect(await outcomes(ref)).toMatchObject({ attempts: ['success'] })
  })

  it('SIGTERM waits for handlers, asks them to end, and hands the rest over', async (context) => {
    const { instances, victim, startOthers, begin, outcomes, eventually } = await start(context)
    const all = await begin()
    await startOthers()
    const toldAt = Date.now()
    // One that heeds nothing goes on until the process ends under it.
    expect(await end(victim, 'SIGTERM')).toEqual(bySignal)
    expect(Date.now() - toldAt).toBeGreaterThanOrEqual(GRACE_MS + ABORT_MS)
    expect(Date.now() - toldAt).toBeLessThan(GRACE_MS + ABORT_MS + 5_000)

    const success = async () => (await instances.manager.metrics()).success
    await eventually(success).toBe(3)
    const again = { status: 'success', attemptsMade: 1, crashes: 0, attempts: released }
    expect(await outcomes(all.heeds)).toEqual(again)
    expect(await outcomes(all.ignores)).toEqual(again)
    expect(await outcomes(all.returns)).toMatchObject({ attempts: ['success'] })
    const parked = { status: 'interrupted', attemptsMade: 0, crashes: 0, attempts: ['released'] }
    expect(await outcomes(all.heedsOnce)).toEqual(parked)
    expect(await outcomes(all.ignoresOnce)).toEqual(parked)

    const events = instances.events()
    const abort = events.find(({ event }) => event === 'abort')
    expect((abort?.at ?? 0) - toldAt).toBeGreaterThanOrEqual(GRACE_MS)
    for (const { taskId } of [all.heeds, all.ignores]) {
      const own = events.filter((one) => one.taskId === taskId).map(({ event }) => event)
      expect(own).toEqual(['start', 'abort', 'start', 'end'])
    }
    expect(await instances.manager.metrics()).toMatchObject({ lateSettlements: 0 })
  })

  it('a second SIGTERM waits for nothing more', async (context) => {
    const { instances, victim, startOthers, begin, outcomes, eventually, stopped } =
      await start(context)
    const all = await begin()
    await startOthers()
    victim.kill('SIGTERM')
    await stopped()
    const toldAt = Date.now()
    // One that heeds nothing goes on until the process ends under it.
    expect(await end(victim, 'SIGTERM')).toEqual(bySignal)
    expect(Date.now() - toldAt).toBeLessThan(GRACE_MS)
    // Aborted, though nobody waited for what they made of it.
    expect(instances.only('abort')).toHaveLength(5)
    const again = { status: 'success', attemptsMade: 1, crashes: 0, attempts: released }
    for (const ref of [all.heeds, all.ignores]) {
      await eventually(() => outcomes(ref)).toEqual(again)
    }
    // What returns at once may be a success just in time.
    const { status, attemptsMade, crashes } = again
    await eventually(() => outcomes(all.returns)).toMatchObject({ status, attemptsMade, crashes })
    for (const ref of [all.heedsOnce, all.ignoresOnce]) {
      expect(await outcomes(ref)).toMatchObject({ status: 'interrupted', attemptsMade: 0 })
    }
  })

  it('SIGKILL while it waits loses nothing', async (context) => {
    const { victim, startOthers, begin, outcomes, eventually, stopped } = await start(context)
    const all = await begin()
    await startOthers()
    victim.kill('SIGTERM')
    await stopped()
    expect(await end(victim, 'SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
    const again = {
      status: 'success',
      attemptsMade: 1,
      crashes: 1,
      attempts: ['crashed', 'success'],
    }
    for (const ref of [all.heeds, all.ignores, all.returns]) {
      await eventually(() => outcomes(ref), PATIENCE).toEqual(again)
    }
    for (const ref of [all.heedsOnce, all.ignoresOnce]) {
      const parked = { status: 'interrupted', attemptsMade: 0, crashes: 1 }
      expect(await outcomes(ref)).toMatchObject(parked)
    }
    expect(await exitOf(victim)).toEqual({ code: null, signal: 'SIGKILL' })
  })
})
