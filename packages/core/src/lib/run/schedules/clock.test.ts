import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../../storage/memory/memory-storage.ts'
import { defineTask } from '../define-task.ts'
import { HOUR, noted, outcomes, SECOND, world } from './test-world.ts'

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
