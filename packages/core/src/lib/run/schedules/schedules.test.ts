import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { memoryStorage } from '../../storage/memory/memory-storage.ts'
import type { NewTick, ScheduleStorage, StoredSchedule } from '../../storage/parts.ts'
import { type FakeClock, fakeClock } from '../../testing/fake-clock.ts'
import { defineTask, type Task } from '../define-task.ts'
import { resolveOptions, type TaskManagerOptions } from '../options.ts'
import { TaskManager } from '../task-manager.ts'
import { gate, managers, withParts } from '../test-manager.ts'
import { readSchedule } from './definition.ts'
import type { ScheduleOptions } from './schedule-options.ts'
import { StorageClock } from './storage-clock.ts'
import { Ticker } from './ticker.ts'
import { anyOf, type Trigger } from './trigger.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** A storage that outlives managers, with time in the test's hands. */
function world(startAt?: number) {
  const clock = fakeClock(startAt)
  const storage = memoryStorage({ now: clock.now })
  // A manager that stops closes its storage, which would lose what others still need.
  const shared = withParts(storage, {
    close: async () => {},
    ...(storage.schedules && { schedules: storage.schedules }),
  })
  const errors: unknown[] = []
  const manager = (tasks: Task[], options: Partial<TaskManagerOptions> = {}) => {
    const made = new TaskManager({
      tasks,
      clock,
      storage: shared,
      onError: (error) => errors.push(error),
      ...options,
    })
    managers.push(made)
    return made
  }
  return { clock, storage: shared, errors, manager }
}

/** Runs at once and notes when. */
function noted(name = 'noted') {
  const runs: unknown[] = []
  const task = defineTask({ name, run: (payload: unknown) => void runs.push(payload) })
  return { task, runs }
}

const outcomes = async (manager: TaskManager, id: string) =>
  (await manager.scheduleTicks(id)).ticks.map(({ outcome }) => outcome).reverse()

const only = async (manager: TaskManager, upcoming?: number) => {
  const all = await manager.schedules(upcoming === undefined ? {} : { upcoming })
  expect(all).toHaveLength(1)
  return all[0] ?? expect.fail('there is one')
}

async function stop(manager: TaskManager, clock: FakeClock) {
  const stopped = manager.stop({ graceMs: 0, abortMs: 0 })
  await clock.advance(0)
  await stopped
}

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

describe('several instances', () => {
  it('give each tick one task', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const all = [1, 2, 3].map(() => manager([task]))
    for (const one of all)
      await one.schedule(task, { everyMs: SECOND }, { payload: 1, overlap: 'allow' })
    await Promise.all(all.map((one) => one.start()))
    await clock.advance(20 * SECOND)
    expect(runs).toHaveLength(20)
    const [one] = all
    const { ticks } = (await one?.scheduleTicks('noted')) ?? expect.fail('it is there')
    expect(new Set(ticks.map(({ dueAt }) => dueAt)).size).toBe(20)
    expect(ticks.every(({ outcome }) => outcome === 'ran')).toBe(true)
  })

  it('go on without one of them', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const [one, other] = [manager([task]), manager([task])]
    for (const each of [one, other]) await each.schedule(task, { everyMs: SECOND }, { payload: 1 })
    await one.start()
    await other.start()
    await clock.advance(5 * SECOND)
    await stop(one, clock)
    await clock.advance(5 * SECOND)
    expect(runs).toHaveLength(10)
  })

  it('run what is to run at the start once, and again after all have stopped', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const options = { payload: 1, runOnStart: true }
    const start = async () => {
      const one = manager([task])
      await one.schedule(task, { everyMs: HOUR }, options)
      await one.start()
      await clock.advance(SECOND)
      return one
    }
    const first = await start()
    expect(runs).toHaveLength(1)
    const second = await start()
    expect(runs).toHaveLength(1)
    await stop(first, clock)
    const third = await start()
    expect(runs).toHaveLength(1)
    await stop(second, clock)
    await stop(third, clock)
    await start()
    expect(runs).toHaveLength(2)
  })
})

describe('a deploy', () => {
  const instance = async (
    { manager, clock }: ReturnType<typeof world>,
    task: Task<unknown>,
    when: Trigger | null,
    options: Partial<ScheduleOptions> = {},
  ) => {
    const made = manager([task])
    if (when) made.schedule(task, when, { payload: 1, ...options })
    await made.start()
    await clock.advance(SECOND)
    return made
  }

  it('with another definition counts at once, also against old instances that restart', async () => {
    const here = world()
    const { task } = noted()
    const old = await instance(here, task, { everyMs: HOUR })
    const fresh = await instance(here, task, { everyMs: 2 * HOUR })
    const restarted = await instance(here, task, { everyMs: HOUR })
    expect((await only(fresh)).description).toBe('Every 2 hours')
    // Rolled back: nobody declares the new one any more.
    await stop(old, here.clock)
    await stop(fresh, here.clock)
    await here.clock.advance(10 * SECOND)
    expect((await only(restarted)).description).toBe('Every hour')
  })

  it('leaves a paused schedule paused, and its ticks where they were', async () => {
    const here = world()
    const { task, runs } = noted()
    const old = await instance(here, task, { everyMs: HOUR })
    const { nextRunAt } = await only(old)
    await old.pauseSchedule('noted')
    await stop(old, here.clock)
    const fresh = await instance(here, task, { everyMs: HOUR }, { tags: { v: '2' } })
    expect(await only(fresh)).toMatchObject({ state: 'paused', nextRunAt: null, tags: { v: '2' } })
    await here.clock.advance(90 * MINUTE)
    expect(runs).toEqual([])
    expect(await fresh.resumeSchedule('noted')).toBe(true)
    expect(await only(fresh)).toMatchObject({
      state: 'scheduled',
      nextRunAt: (nextRunAt ?? 0) + HOUR,
    })
    expect(await fresh.resumeSchedule('noted')).toBe(false)
    await here.clock.advance(HOUR)
    expect(runs).toHaveLength(1)
  })

  it('that no longer declares a schedule ends it, when the last that does has stopped', async () => {
    const here = world()
    const { task, runs } = noted()
    const old = await instance(here, task, { everyMs: MINUTE })
    const fresh = await instance(here, task, null)
    await here.clock.advance(2 * MINUTE)
    expect(runs).toHaveLength(2)
    await stop(old, here.clock)
    await here.clock.advance(10 * MINUTE)
    expect(runs).toHaveLength(2)
    expect(await only(fresh)).toMatchObject({ nextRunAt: null, nextRuns: [] })
  })

  describe('while a tick waits for its start', () => {
    const jitterMs = 30 * MINUTE
    const often = { everyMs: HOUR }

    /** An instance, and the time between a tick's planned time and its start. */
    const waiting = async () => {
      const here = world()
      const { task, runs } = noted()
      const planned = here.clock.now() + HOUR
      const old = await instance(here, task, often, { jitterMs })
      const start = (await only(old)).nextRunAt ?? expect.fail('it is planned')
      expect(start - planned).toBeGreaterThan(MINUTE)
      await here.clock.advance(planned + SECOND - here.clock.now())
      return { here, task, runs, old, planned, start }
    }

    it.each<[string, Trigger, Partial<ScheduleOptions>]>([
      ['less jitter', often, { jitterMs: 0 }],
      ['more jitter', often, { jitterMs: 59 * MINUTE }],
      ['other tags', often, { jitterMs, tags: { v: '2' } }],
      ['another trigger', { everyMs: 3 * HOUR }, { jitterMs }],
    ])('lets it run once, with %s, and after a rollback', async (_, when, options) => {
      const { here, task, runs, old, planned, start } = await waiting()
      const fresh = await instance(here, task, when, options)
      expect((await only(fresh)).nextRunAt).toBe(start)
      const back = await instance(here, task, often, { jitterMs })
      await stop(old, here.clock)
      await stop(fresh, here.clock)
      await here.clock.advance(10 * SECOND)
      expect((await only(back)).nextRunAt).toBe(start)
      await here.clock.advance(planned + HOUR - 1 - here.clock.now())
      expect(runs).toHaveLength(1)
      expect((await only(back)).nextRunAt).toBeGreaterThanOrEqual(planned + HOUR)
    })

    it('does not bring it again once it has run', async () => {
      const { here, task, runs, planned, start } = await waiting()
      await here.clock.advance(start - here.clock.now())
      expect(runs).toHaveLength(1)
      const fresh = await instance(here, task, often, { jitterMs: 59 * MINUTE })
      await fresh.pauseSchedule('noted')
      await fresh.resumeSchedule('noted')
      await here.clock.advance(planned + HOUR - 1 - here.clock.now())
      expect(runs).toHaveLength(1)
    })

    it('keeps to the new bounds', async () => {
      const { here, task, runs, planned, start } = await waiting()
      const endAt = start - 5 * SECOND
      const ending = await instance(here, task, often, { jitterMs, endAt })
      expect((await only(ending)).nextRunAt).toBe(endAt)
      const startAt = planned + 10 * HOUR
      const later = await instance(here, task, often, { jitterMs, startAt })
      expect((await only(later)).nextRunAt).toBeGreaterThanOrEqual(startAt)
      await here.clock.advance(HOUR)
      expect(runs).toEqual([])
    })

    it('a resume lets it run once, after days too', async () => {
      const { here, runs, old, planned, start } = await waiting()
      await old.pauseSchedule('noted')
      await here.clock.advance(SECOND)
      await old.resumeSchedule('noted')
      expect((await only(old)).nextRunAt).toBe(start)
      await old.pauseSchedule('noted')
      await here.clock.advance(planned + 48 * HOUR + SECOND - here.clock.now())
      await old.resumeSchedule('noted')
      await here.clock.advance(HOUR - 2 * SECOND)
      expect(runs).toHaveLength(1)
    })

    it('a run by hand leaves it where it is, and of a one-off it can be resumed', async () => {
      const { clock, manager } = world()
      const { task, runs } = noted()
      const tasks = manager([task])
      const at = clock.now() + HOUR
      await tasks.schedule(task, { at }, { payload: 1, jitterMs })
      await tasks.start()
      const start = (await only(tasks)).nextRunAt ?? expect.fail('it is planned')
      expect(start - at).toBeGreaterThan(10 * SECOND)
      await clock.advance(at + SECOND - clock.now())
      await tasks.runSchedule('noted')
      await tasks.resumeSchedule('noted')
      expect((await only(tasks)).nextRunAt).toBe(start)
      await clock.advance(HOUR)
      expect(runs).toHaveLength(2)
    })

    it('a schedule that is new has nothing to wait for', async () => {
      const { clock, manager } = world()
      const { task, runs } = noted()
      const tasks = manager([task])
      await tasks.start()
      const created = clock.now()
      await tasks.schedule(task, often, { payload: 1, jitterMs })
      await tasks.pauseSchedule('noted')
      await tasks.resumeSchedule('noted')
      await clock.advance(created + HOUR - 1 - clock.now())
      expect(runs).toEqual([])
      const late = tasks.schedule(task, { at: clock.now() - 1 }, { payload: 1, id: 'b', jitterMs })
      await expect(late).rejects.toMatchObject({ code: 'invalid_input' })
    })
  })

  it('does not bring back what an operator removed, unless it is defined anew', async () => {
    const here = world()
    const { task } = noted()
    const old = await instance(here, task, { everyMs: HOUR })
    const fresh = await instance(here, task, { everyMs: 2 * HOUR })
    await fresh.removeSchedule('noted')
    await here.clock.advance(10 * SECOND)
    await instance(here, task, { everyMs: HOUR })
    await instance(here, task, { everyMs: 2 * HOUR })
    expect(await old.schedules()).toEqual([])
    const newest = await instance(here, task, { everyMs: 3 * HOUR })
    expect((await only(newest)).description).toBe('Every 3 hours')
  })
})

describe('ten minutes down', () => {
  const down = async (options: ScheduleOptions) => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const first = manager([task])
    await first.schedule(task, { everyMs: MINUTE }, { payload: 1, ...options })
    await first.start()
    // Half a minute past a tick, so that none is found in time.
    await clock.advance(90 * SECOND)
    await stop(first, clock)
    runs.length = 0
    await clock.advance(10 * MINUTE)
    const second = manager([task])
    await second.schedule(task, { everyMs: MINUTE }, { payload: 1, ...options })
    await second.start()
    await clock.advance(SECOND)
    const ticks = (await outcomes(second, 'noted')).slice(1)
    return { runs: runs.length, ticks }
  }
  const nine = Array(9).fill('missed')

  it.each([
    ['latest', 'skip', 1, [...nine, 'late']],
    ['latest', 'allow', 1, [...nine, 'late']],
    ['skip', 'skip', 0, [...nine, 'missed']],
    ['all', 'allow', 10, Array(10).fill('late')],
    ['all', 'skip', 1, ['late', ...Array(9).fill('skipped_overlap')]],
    ['all', 'queue', 1, ['late', ...Array(9).fill('skipped_overlap')]],
  ] as const)('misfire %s, overlap %s: %i runs', async (misfire, overlap, runs, ticks) => {
    expect(await down({ misfire, overlap })).toEqual({ runs, ticks })
  })

  it('with a run at the start: one run for all', async () => {
    expect((await down({ runOnStart: true })).runs).toBe(1)
  })

  it('a year down is told by its last hundred ticks', async () => {
    const { clock, storage, manager } = world()
    const { task, runs } = noted()
    const first = manager([task])
    await first.start()
    await first.schedule(task, { everyMs: SECOND }, { payload: 1 })
    await stop(first, clock)
    const nextRunAt = clock.now() - 365 * 24 * HOUR
    await storage.schedules?.change({ changes: [{ scheduleId: 'noted', nextRunAt }] })
    const second = manager([task])
    await second.start()
    await clock.advance(0)
    expect((await second.scheduleTicks('noted', { limit: 500 })).ticks).toHaveLength(101)
    expect(runs.length).toBe(1)
  })
})

describe('after the end of a schedule', () => {
  const ended = async (options: Partial<ScheduleOptions>, again: Partial<ScheduleOptions> = {}) => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const began = clock.now()
    const endAt = began + 3.5 * MINUTE
    const start = async (more: Partial<ScheduleOptions> = {}) => {
      const tasks = manager([task])
      await tasks.schedule(task, { everyMs: MINUTE }, { payload: 1, endAt, ...options, ...more })
      await tasks.start()
      await clock.advance(SECOND)
      return tasks
    }
    await stop(await start(), clock)
    runs.length = 0
    await clock.advance(HOUR)
    const tasks = await start(again)
    const { ticks } = await tasks.scheduleTicks('noted')
    const minutes = ticks.flatMap(({ taskId, dueAt }) =>
      taskId !== null && dueAt > began ? [(dueAt - began) / MINUTE] : [],
    )
    return { runs: runs.length, minutes: minutes.reverse() }
  }

  it.each([
    ['latest', [3]],
    ['skip', []],
    ['all', [1, 2, 3]],
  ] as const)('misfire %s makes up for what was due before it', async (misfire, minutes) => {
    const options = { misfire, overlap: 'allow' } as const
    expect(await ended(options)).toEqual({ runs: minutes.length, minutes })
  })

  it.each(['latest', 'skip', 'all'] as const)(
    'misfire %s: nothing runs at a start either',
    async (misfire) => {
      const options = { misfire, overlap: 'allow' } as const
      const expected = await ended(options)
      expect(await ended({ ...options, runOnStart: true })).toEqual(expected)
      const anew = { runOnStart: true, tags: { v: '2' } }
      expect(await ended(options, anew)).toEqual(expected)
    },
  )

  it('nor where it is added anew', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const first = manager([task])
    await first.start()
    const options = { payload: 1, endAt: clock.now() + 90 * SECOND }
    await first.schedule(task, { everyMs: MINUTE }, options)
    await clock.advance(HOUR)
    expect(runs).toHaveLength(1)
    await stop(first, clock)
    const second = manager([task])
    await second.start()
    await second.schedule(task, { everyMs: MINUTE }, { ...options, payload: 2, runOnStart: true })
    await clock.advance(HOUR)
    expect(runs).toHaveLength(1)
  })
})

describe('a run that takes longer than its period', () => {
  it.each([
    ['skip', ['ran', 'skipped_overlap', 'skipped_overlap'], 1],
    ['queue', ['ran', 'ran', 'skipped_overlap'], 2],
    ['allow', ['ran', 'ran', 'ran'], 3],
  ] as const)('overlap %s', async (overlap, expected, total) => {
    const { clock, manager } = world()
    const { task, open } = gate()
    const tasks = manager([task], { concurrency: 1 })
    await tasks.schedule(task, { everyMs: MINUTE }, { overlap })
    await tasks.start()
    await clock.advance(3 * MINUTE)
    expect(await outcomes(tasks, 'gate')).toEqual(expected)
    expect((await tasks.metrics()).total).toBe(total)
    for (const { end } of open.values()) end()
    await clock.advance(0)
  })
})

describe('run now', () => {
  it('of a recurring schedule goes on with its next time', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const tasks = manager([task])
    await tasks.schedule(task, { everyMs: HOUR }, { payload: 1 })
    await tasks.start()
    const { nextRunAt } = await only(tasks)
    const { taskId } = await tasks.runSchedule('noted')
    await clock.advance(0)
    expect(runs).toHaveLength(1)
    expect(await tasks.get(taskId)).toMatchObject({ source: 'manual', scheduleId: 'noted' })
    expect(await only(tasks)).toMatchObject({ state: 'scheduled', nextRunAt, lastTaskId: taskId })
    expect(await outcomes(tasks, 'noted')).toEqual(['manual'])
    await clock.advance(HOUR)
    expect(runs).toHaveLength(2)
  })

  it('of a one-off leaves it paused, to be resumed', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const tasks = manager([task])
    const at = clock.now() + HOUR
    await tasks.schedule(task, { at }, { payload: 1 })
    await tasks.start()
    await tasks.runSchedule('noted')
    await clock.advance(0)
    expect(await only(tasks)).toMatchObject({ state: 'paused', nextRunAt: null })
    await tasks.resumeSchedule('noted')
    expect(await only(tasks)).toMatchObject({ state: 'scheduled', nextRunAt: at })
    await clock.advance(HOUR)
    expect(runs).toHaveLength(2)
  })

  it('of a paused schedule leaves it paused', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const tasks = manager([task])
    await tasks.schedule(task, { everyMs: MINUTE }, { payload: 1 })
    await tasks.start()
    await tasks.pauseSchedule('noted')
    await tasks.runSchedule('noted')
    await clock.advance(10 * MINUTE)
    expect(runs).toHaveLength(1)
    expect((await only(tasks)).state).toBe('paused')
  })

  it('of one that is not there is refused', async () => {
    const { manager } = world()
    const tasks = manager([noted().task])
    await tasks.start()
    for (const act of [
      'runSchedule',
      'pauseSchedule',
      'resumeSchedule',
      'removeSchedule',
    ] as const) {
      await expect(tasks[act]('nothing')).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('is over when it was removed; added again by the same app, it is there again', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const tasks = manager([task])
    await tasks.start()
    for (let twice = 0; twice < 2; twice++) {
      await tasks.schedule(task, { everyMs: MINUTE }, { payload: 1 })
      await clock.advance(MINUTE)
      await tasks.removeSchedule('noted')
      await clock.advance(5 * MINUTE)
    }
    expect(runs).toHaveLength(2)
    await stop(tasks, clock)
    const restarted = manager([task])
    await restarted.start()
    expect(await restarted.schedules()).toEqual([])
  })

  it('of many tells what became of each', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const tasks = manager([task])
    await tasks.schedule(task, { everyMs: HOUR }, { payload: 1, id: 'a' })
    await tasks.schedule(task, { everyMs: HOUR }, { payload: 2, id: 'b' })
    await tasks.start()
    await tasks.pauseSchedule('b')
    const paused = await tasks.bulkSchedules('pause', ['a', 'b', 'c'])
    expect(paused).toMatchObject([
      { scheduleId: 'a', done: true },
      { scheduleId: 'b', done: false, reason: 'it is paused already' },
      { scheduleId: 'c', done: false, reason: expect.stringMatching(/no stored schedule/) },
    ])
    const ran = await tasks.bulkSchedules('run', ['b', 'a'])
    await clock.advance(0)
    expect(ran.map(({ taskId }) => typeof taskId)).toEqual(['string', 'string'])
    expect(runs).toEqual([2, 1])
    await tasks.bulkSchedules('remove', ['a', 'b'])
    expect(await tasks.schedules()).toEqual([])
  })
})

describe('the clock', () => {
  it('that goes back over a tick does not bring it again', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    let back = 0
    const storage = memoryStorage({ now: () => clock.now() - back })
    const tasks = manager([task], { storage })
    await tasks.schedule(task, { everyMs: HOUR }, { payload: 1 })
    await tasks.start()
    await clock.advance(HOUR)
    expect(runs).toHaveLength(1)
    back = HOUR / 2
    await clock.advance(HOUR)
    expect(runs).toHaveLength(1)
    await clock.advance(HOUR / 2)
    expect(runs).toHaveLength(2)
    // Nor when somebody resumes it in between.
    back = HOUR
    await clock.advance(5 * SECOND)
    await tasks.pauseSchedule('noted')
    await tasks.resumeSchedule('noted')
    await clock.advance(HOUR)
    expect(runs).toHaveLength(2)
    const { ticks } = await tasks.scheduleTicks('noted')
    expect(new Set(ticks.map(({ taskId }) => taskId)).size).toBe(2)
  })

  it('that goes back does not repeat a tick that failed, whoever resumes it', async () => {
    const { clock, manager } = world()
    let runs = 0
    const task = defineTask({
      name: 'broken',
      run() {
        runs++
        throw new Error('broken')
      },
    })
    let back = 0
    const storage = memoryStorage({ now: () => clock.now() - back })
    const tasks = manager([task], { storage })
    await tasks.schedule(task, { everyMs: HOUR })
    await tasks.start()
    await clock.advance(HOUR)
    expect(runs).toBe(1)
    back = HOUR / 2
    await clock.advance(5 * SECOND)
    await tasks.pauseSchedule('broken')
    await tasks.resumeSchedule('broken')
    await clock.advance(HOUR)
    expect(runs).toBe(1)
    expect(await outcomes(tasks, 'broken')).toEqual(['ran'])
    await clock.advance(HOUR / 2)
    expect(runs).toBe(2)
  })

  it('that counts is the storage’s', async () => {
    const { clock, manager } = world()
    const { task, runs } = noted()
    const storage = memoryStorage({ now: () => clock.now() + 7 * HOUR })
    const tasks = manager([task], { storage })
    await tasks.schedule(task, { at: clock.now() + 8 * HOUR }, { payload: 1 })
    await tasks.start()
    await clock.advance(HOUR - 1)
    expect(runs).toHaveLength(0)
    await clock.advance(1)
    expect(runs).toHaveLength(1)
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

describe('what makes no sense is refused at the call', () => {
  const { task } = noted()
  const ahead = Date.UTC(2030, 0, 1)

  it.each<[unknown, object, RegExp]>([
    [{ everyMs: 0 }, {}, /everyMs: expected whole milliseconds of 1000 or more, got 0/],
    [{ everyMs: 0.5 }, {}, /got 0.5/],
    [{ everyMs: Number.NaN }, {}, /got NaN/],
    [{ everyMs: '5000' }, {}, /got 5000/],
    [{ cron: '0 0 30 2 *' }, {}, /expected a day that there is, got "0 0 30 2 \*"/],
    [{ cron: '61 * * * *' }, {}, /minute: 61/],
    [{ cron: '2030-01-01T00:00:00' }, {}, /five, six or seven fields/],
    [{ cron: `${'0,'.repeat(300)}0 * * * *` }, {}, /at most 256 characters/],
    [{ cron: 5 }, {}, /got number/],
    [{ cron: '0 9 * * *', timeZone: 'Mars/Olympus' }, {}, /IANA time zone .*got "Mars\/Olympus"/],
    [{ at: new Date('never') }, {}, /at: expected an instant/],
    [{}, {}, /expected one of everyMs, cron, at, anyOf, shutdown, got none/],
    [null, {}, /got none/],
    [{ everyMs: MINUTE, cron: '* * * * *' }, {}, /got everyMs and cron/],
    [anyOf([]), {}, /an array of 1 to 50 triggers/],
    [anyOf([{ everyMs: 5 }]), {}, /anyOf\[0\]: everyMs/],
    [anyOf([{ shutdown: true }]), {}, /anyOf\[0\]: expected a trigger with a time/],
    [{ everyMs: MINUTE }, { startAt: ahead, endAt: ahead - 1 }, /endAt: expected startAt or later/],
    [{ everyMs: MINUTE }, { startAt: 'tomorrow' }, /startAt: expected an instant/],
    [{ everyMs: MINUTE }, { jitterMs: -1 }, /jitterMs: expected whole milliseconds/],
    [{ everyMs: MINUTE }, { misfire: 'some' }, /'latest', 'skip' or 'all', got some/],
    [{ everyMs: MINUTE }, { overlap: 'cancel' }, /'skip', 'queue' or 'allow', got cancel/],
    [{ everyMs: MINUTE }, { runOnStart: 1 }, /runOnStart: expected true or false/],
    [{ everyMs: MINUTE }, { id: 'a b' }, /id: expected 1–200 letters/],
  ])('%o %o', (when, options, message) => {
    const { manager } = world()
    const schedule = () =>
      manager([task]).schedule(task, when as Trigger, { payload: 1, ...options })
    expect(schedule).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    expect(schedule).toThrow(message)
  })

  it('two schedules with one id', async () => {
    const { manager } = world()
    const tasks = manager([task])
    await tasks.schedule(task, { everyMs: MINUTE }, { payload: 1 })
    const again = () => tasks.schedule(task, { everyMs: HOUR }, { payload: 1 })
    expect(again).toThrow(/expected each id once, got noted twice/)
    await tasks.start()
    expect(again).toThrow(/expected each id once/)
    await tasks.schedule(task, { everyMs: HOUR }, { payload: 1, id: 'b' })
    await tasks.removeSchedule('b')
    expect(await tasks.schedule(task, { everyMs: MINUTE }, { payload: 1, id: 'b' })).toBe('b')
  })

  it('a function that is not registered', () => {
    const { manager } = world()
    const schedule = () => manager([]).schedule(task, { everyMs: MINUTE }, { payload: 1 })
    expect(schedule).toThrow(expect.objectContaining({ code: 'unknown_function' }))
  })

  it('a storage without schedules', () => {
    const { storage, manager } = world()
    const without = withParts(storage, {})
    const schedule = () =>
      manager([task], { storage: without }).schedule(task, { everyMs: MINUTE }, { payload: 1 })
    expect(schedule).toThrow(expect.objectContaining({ code: 'configuration' }))
  })

  it.each([
    ['at', { at: Date.UTC(2020, 0, 1) }, {}],
    ['endAt', { everyMs: MINUTE }, { endAt: Date.UTC(2020, 0, 1) }],
  ] as const)('%s in the past, unless it is stored: also by start', async (option, when, more) => {
    const { manager } = world()
    const tasks = manager([task])
    const scheduled = tasks.schedule(task, when, { payload: 1, ...more })
    const refused = {
      code: 'invalid_input',
      message: expect.stringContaining(`${option}: expected`),
    }
    await expect(tasks.start()).rejects.toMatchObject(refused)
    await expect(scheduled).rejects.toMatchObject(refused)
  })

  it('a date that has passed starts quietly where it was stored, even if it was removed', async () => {
    const { clock, manager } = world()
    const once = noted()
    const at = clock.now() + MINUTE
    const start = async () => {
      const tasks = manager([once.task])
      await tasks.schedule(once.task, { at }, { payload: 1 })
      await tasks.start()
      await clock.advance(2 * MINUTE)
      return tasks
    }
    const first = await start()
    expect(once.runs).toHaveLength(1)
    await stop(first, clock)
    const second = await start()
    await second.removeSchedule('noted')
    await stop(second, clock)
    const third = await start()
    expect(await third.schedules()).toEqual([])
    expect(once.runs).toHaveLength(1)
  })

  it('a payload that the schema refuses: by the call and by start', async () => {
    const { manager } = world()
    const strict = defineTask({ name: 's', schema: z.object({ a: z.number() }), run() {} })
    const tasks = manager([strict])
    const scheduled = tasks.schedule(
      strict,
      { everyMs: MINUTE },
      { payload: { a: 'x' as unknown as number } },
    )
    await expect(tasks.start()).rejects.toMatchObject({ code: 'invalid_payload' })
    await expect(scheduled).rejects.toMatchObject({ code: 'invalid_payload' })
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
