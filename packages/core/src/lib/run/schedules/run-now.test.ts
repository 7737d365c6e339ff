import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, noted, only, outcomes, stop, world } from './test-world.ts'

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
