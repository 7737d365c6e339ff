import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTask } from '../define-task.ts'
import { withParts } from '../test-manager.ts'
import { HOUR, MINUTE, noted, stop, world } from './test-world.ts'
import { anyOf, type Trigger } from './trigger.ts'

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
