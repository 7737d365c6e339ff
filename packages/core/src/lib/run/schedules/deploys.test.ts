import { describe, expect, it } from 'vitest'
import type { Task } from '../define-task.ts'
import type { ScheduleOptions } from './schedule-options.ts'
import { HOUR, MINUTE, noted, only, SECOND, stop, world } from './test-world.ts'
import type { Trigger } from './trigger.ts'

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
