import { describe, expect, it } from 'vitest'
import { gate } from '../test-manager.ts'
import type { ScheduleOptions } from './schedule-options.ts'
import { HOUR, MINUTE, noted, outcomes, SECOND, stop, world } from './test-world.ts'

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
