import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { NewTick, ScheduleStorage, StoredSchedule } from '../../storage/parts.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import { defineTask } from '../define-task.ts'
import { resolveOptions } from '../options.ts'
import { gate, withParts } from '../test-manager.ts'
import { readSchedule } from './definition.ts'
import { StorageClock } from './storage-clock.ts'
import { HOUR, MINUTE, noted, only, outcomes, SECOND, stop, world } from './test-world.ts'
import { Ticker } from './ticker.ts'

describe('a schedule', () => {
  it('runs its task at each due time, with its payload, tags and priority', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const tasks = manager([task])
    await tasks.schedule(
      task,
      { everyMs: MINUTE },
      { payload: { a: 1 }, tags: { kind: 'report' }, priority: 7 },
    )
    await tasks.start()
    await clock.advance(3 * MINUTE)
    expect(runs).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }])
    expect(await outcomes(tasks, 'noted')).toEqual(['ran', 'ran', 'ran'])
    const { ticks } = await tasks.scheduleTicks('noted')
    expect(ticks.map(({ dueAt, firedAt }) => firedAt - dueAt)).toEqual([0, 0, 0])
    const run = await tasks.get(ticks[0]?.taskId ?? '')
    expect(run).toMatchObject({
      source: 'scheduled',
      scheduleId: 'noted',
      tags: { kind: 'report' },
      priority: 7,
      status: 'success',
    })
  })

  it('added after the start is stored when schedule resolves, and stays without its code', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const first = manager([task])
    await first.start()
    expect(await first.schedule(task, { everyMs: MINUTE }, { payload: 1, id: 'added' })).toBe(
      'added',
    )
    expect((await only(first)).nextRunAt).toBe(clock.now() + MINUTE)
    await stop(first, clock)
    await manager([task]).start()
    await clock.advance(MINUTE)
    expect(runs).toEqual([1])
  })

  it('begins with the start, not with the call; a date in between is made up for', async () => {
    const { clock, manager } = world()
    const [often, once] = [noted('often'), noted('once')]
    const tasks = manager([often.task, once.task])
    await tasks.schedule(often.task, { everyMs: MINUTE }, { payload: 1 })
    await tasks.schedule(once.task, { at: clock.now() + MINUTE }, { payload: 1 })
    await clock.advance(10 * MINUTE)
    await tasks.start()
    await clock.advance(MINUTE - 1)
    expect([often.runs.length, once.runs.length]).toEqual([0, 1])
    await clock.advance(1)
    expect([often.runs.length, once.runs.length]).toEqual([1, 1])
  })

  it('is kept where nobody can run it, and runs with the instance that can', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const first = manager([task])
    await first.start()
    await first.schedule(task, { everyMs: MINUTE }, { payload: 1 })
    await stop(first, clock)
    const other = manager([noted('other').task])
    await other.start()
    await clock.advance(5 * SECOND)
    expect(await only(other)).toMatchObject({ scheduleId: 'noted', executor: null })
    await manager([task]).start()
    await clock.advance(MINUTE)
    expect(runs).toEqual([1])
  })

  it('of one date runs then, not a millisecond before, and is done', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const tasks = manager([task])
    await tasks.schedule(task, { at: clock.now() + 2 * HOUR }, { payload: 1 })
    await tasks.start()
    await clock.advance(2 * HOUR - 1)
    expect(runs).toEqual([])
    await clock.advance(1)
    expect(runs).toEqual([1])
    expect(await only(tasks)).toMatchObject({ nextRunAt: null, lastStatus: 'success' })
  })

  it('of a date 400 days ahead sets one timer, which fires then', async () => {
    const clock = fakeClock()
    const at = clock.now() + 400 * 24 * HOUR
    const fired: number[] = []
    const spec = {
      trigger: { type: 'date', at },
      anchor: 0,
      startAt: null,
      endAt: null,
      jitterMs: 0,
    }
    const definition = JSON.stringify({ ...spec, misfire: 'latest', payload: 'null', tags: {} })
    const schedule = {
      scheduleId: 's',
      funcName: 'noted',
      revision: 'r',
      definition,
      nextRunAt: at,
    }
    const { task } = noted()
    const storage = {
      async fire({ ticks }: { ticks: NewTick[] }) {
        fired.push(...ticks.map(({ dueAt }) => dueAt - clock.now()))
        return ticks.map((tick) => ({ ...tick, result: 'ran', taskId: null }))
      },
    }
    const ticker = new Ticker(resolveOptions({ tasks: [task], clock }), {
      storage: storage as unknown as ScheduleStorage,
      clock: new StorageClock(clock),
      stored: () => {},
      taken: async () => {},
    })
    ticker.set([readSchedule(schedule as StoredSchedule)])
    await clock.advance(400 * 24 * HOUR - 1)
    expect(fired).toEqual([])
    await clock.advance(1)
    expect(fired).toEqual([0])
    await ticker.stop()
  })

  it('is not polled for: without schedules that are due nothing is asked', async () => {
    const { clock, storage, manager } = world()
    let asked = 0
    const counted = new Proxy(storage.schedules as ScheduleStorage, {
      get(part, name: keyof ScheduleStorage) {
        asked++
        return part[name].bind(part)
      },
    })
    const { task } = noted()
    const tasks = manager([task], { storage: withParts(storage, { schedules: counted }) })
    await tasks.schedule(task, { everyMs: HOUR }, { payload: 1 })
    await tasks.start()
    await clock.advance(10 * SECOND)
    asked = 0
    await clock.advance(50 * MINUTE)
    expect(asked).toBe(0)
  })

  it('of which the payload is refused by now is invalid at each tick, and goes on', async () => {
    const { clock, errors, manager } = world()
    const of = (schema: z.ZodType<{ a: number | string }>) =>
      defineTask({ name: 'strict', schema, run() {} })
    const loose = of(z.object({ a: z.union([z.number(), z.string()]) }))
    const first = manager([loose])
    await first.start()
    await first.schedule(loose, { everyMs: MINUTE }, { payload: { a: 'secret' } })
    await stop(first, clock)
    const second = manager([of(z.object({ a: z.number() }))])
    await second.start()
    await clock.advance(2 * MINUTE)
    expect(await outcomes(second, 'strict')).toEqual(['invalid', 'invalid'])
    expect(String(errors[0])).toMatch(/schedule strict: its payload is refused/)
    await expect(second.runSchedule('strict')).rejects.toMatchObject({ code: 'invalid_payload' })
    expect((await second.metrics()).total).toBe(0)
  })

  it('is sealed with the payload where there are keys', async () => {
    const { clock, storage, manager } = world()
    const { task, runs } = noted()
    const encryption = { keys: [{ id: 'k1', secret: 'x'.repeat(32) }] }
    const tasks = manager([task], { encryption })
    await tasks.schedule(task, { everyMs: MINUTE }, { payload: { card: '4111' } })
    await tasks.start()
    const stored = await storage.schedules?.list()
    expect(JSON.stringify(stored)).not.toContain('4111')
    await clock.advance(MINUTE)
    // Decrypting takes more than a turn of the event loop.
    await expect.poll(() => runs).toEqual([{ card: '4111' }])
    const { ticks } = await tasks.scheduleTicks('noted')
    expect((await tasks.get(ticks[0]?.taskId ?? ''))?.encryptedPayload).not.toBe(null)
  })
})

describe('at the stop of an instance', () => {
  it('its shutdown schedules run once, here, and are waited for', async () => {
    const { clock, manager } = world()
    const { task, open } = gate()
    const [one, other] = [manager([task]), manager([task])]
    for (const each of [one, other]) await each.schedule(task, { shutdown: true })
    await one.start()
    await other.start()
    await clock.advance(5 * SECOND)
    const { instanceId } = one
    let stopped = false
    const stopping = one.stop().then((report) => {
      stopped = true
      return report
    })
    await clock.advance(SECOND)
    expect(open.size).toBe(1)
    expect(stopped).toBe(false)
    const [taskId = ''] = open.keys()
    open.get(taskId)?.end()
    await clock.advance(SECOND)
    expect(await stopping).toMatchObject({ completed: 1 })
    expect(await other.get(taskId)).toMatchObject({
      status: 'success',
      instance: instanceId,
      scheduleId: 'gate',
    })
    expect((await only(other)).trigger).toBe('shutdown')
  })

  it('they start though all slots are taken, and not while they are paused', async () => {
    const { clock, manager } = world()
    const { task, open } = gate()
    const last = noted('last')
    const paused = noted('paused')
    const tasks = manager([task, last.task, paused.task], { concurrency: 1 })
    await tasks.schedule(last.task, { shutdown: true }, { payload: 1 })
    await tasks.schedule(paused.task, { shutdown: true }, { payload: 1 })
    await tasks.start()
    await tasks.pauseSchedule('paused')
    await tasks.enqueue(task)
    await clock.advance(0)
    expect(open.size).toBe(1)
    await stop(tasks, clock)
    expect([last.runs.length, paused.runs.length]).toEqual([1, 0])
  })
})

describe('schedules()', () => {
  it('tells what is pending before the start, and all about it after', async () => {
    const { clock, manager } = world()
    const { task } = noted()
    const tasks = manager([task])
    const when = { cron: '30 9 * * 1-5', timeZone: 'Europe/Berlin' }
    await tasks.schedule(task, when, { payload: 1, id: 'morning' })
    const facts = {
      scheduleId: 'morning',
      name: 'morning',
      funcName: 'noted',
      executor: 'async',
      storage: 'memory',
      trigger: 'cron',
      description: 'At 09:30, Monday through Friday',
      timeZone: 'Europe/Berlin',
      lastRunAt: null,
      lastTaskId: null,
      lastStatus: null,
    }
    const nextRuns = [1, 2, 5].map((day) => Date.UTC(2026, 0, day, 8, 30))
    const times = { nextRunAt: nextRuns[0], nextRuns }
    expect(await only(tasks, 3)).toMatchObject({ ...facts, ...times, state: 'pending' })
    await tasks.start()
    expect(await only(tasks, 3)).toMatchObject({ ...facts, ...times, state: 'scheduled' })
    expect(await tasks.getSchedule('morning')).toMatchObject(facts)
    await expect(tasks.getSchedule('evening')).rejects.toMatchObject({ code: 'not_found' })
    await clock.advance(0)
  })
})

describe('who listens for changes', () => {
  it('keeps no schedule from running, and no other from hearing, by throwing', async () => {
    const { clock, errors, manager } = world()
    const { task, runs } = noted()
    const tasks = manager([task])
    tasks.onSchedulesChanged(() => {
      throw new Error('of the listener')
    })
    let told = 0
    tasks.onSchedulesChanged(() => {
      told += 1
    })
    await tasks.schedule(task, { everyMs: 60_000 }, { payload: 1 })
    await tasks.start()
    await tasks.pauseSchedule('noted')
    await tasks.resumeSchedule('noted')
    expect(told).toBeGreaterThanOrEqual(3)
    expect(errors).toHaveLength(told)
    expect(errors).toContainEqual(new Error('of the listener'))
    await clock.advance(60_000)
    expect(runs).toHaveLength(1)
  })
})
