import assert from 'node:assert/strict'
import type { ScheduleDefinition } from '../../storage/parts.ts'
import { type Bench, HOUR, partOf, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** A schedule with nothing special about it. */
export function scheduleOf(
  scheduleId: string,
  more: Partial<ScheduleDefinition> = {},
): ScheduleDefinition {
  return {
    scheduleId,
    funcName: 'work',
    revision: 'r1',
    definition: '{"everyMs":3600000}',
    overlap: 'allow',
    nextRunAt: T0 + HOUR,
    paused: false,
    ...more,
  }
}

/** What is known of schedules; `fire` has cases of its own. */
export function schedulesCases({ describe, test, has }: Suite): void {
  const declare = async (bench: Bench, ...schedules: ScheduleDefinition[]) =>
    (await bench.schedules.declare({ schedules, now: T0 })).map(({ result }) => result)
  const find = async (bench: Bench, scheduleId: string) =>
    (await bench.schedules.list({ scheduleIds: [scheduleId] }))[0]
  const change = async (bench: Bench, input: object) => {
    const changes = [{ scheduleId: 's', ...input }]
    return (await bench.schedules.change({ changes, now: T0 }))[0]?.result
  }

  describe('schedules: declare and list', () => {
    test('a new schedule is added as it was given', async (bench) => {
      const schedule = scheduleOf('s', { overlap: 'queue', paused: true, funcName: 'report' })
      const results = await bench.schedules.declare({ schedules: [schedule], now: T0 + 5 })
      assert.deepEqual(results, [{ scheduleId: 's', result: 'added' }])
      assert.deepEqual(await bench.schedules.list(), [
        { ...schedule, createdAt: T0 + 5, lastRunAt: null, lastTaskId: null, lastStatus: null },
      ])
    })

    test('one with no tick left is kept too', async (bench) => {
      await declare(bench, scheduleOf('s', { nextRunAt: null }))
      assert.equal((await find(bench, 's'))?.nextRunAt, null)
    })

    test('lists all by id, or those asked for', async (bench) => {
      await declare(bench, scheduleOf('c'), scheduleOf('a'), scheduleOf('b'))
      const ids = async (scheduleIds?: string[]) =>
        (await bench.schedules.list({ scheduleIds })).map(({ scheduleId }) => scheduleId)
      assert.deepEqual(await ids(), ['a', 'b', 'c'])
      assert.deepEqual(await ids(['c', 'none', 'a']), ['a', 'c'])
      assert.deepEqual(await ids([]), [])
    })

    test('lists removed ones where they are asked for', async (bench) => {
      await declare(bench, scheduleOf('s', { revision: 'r7' }), scheduleOf('t'))
      const ids = async (input: object) =>
        (await bench.schedules.list(input)).map(({ scheduleId }) => scheduleId)
      assert.deepEqual(await ids({ removed: true }), [])
      await change(bench, { removed: true })
      assert.deepEqual(await ids({ removed: true }), ['s'])
      assert.deepEqual(await ids({ removed: true, scheduleIds: ['s', 't'] }), ['s'])
      assert.deepEqual(await ids({ removed: true, scheduleIds: ['t'] }), [])
      assert.deepEqual(await ids({ removed: false }), ['t'])
      assert.equal((await bench.schedules.list({ removed: true }))[0]?.revision, 'r7')
    })

    test('the same revision is kept as it is', async (bench) => {
      await declare(bench, scheduleOf('s'))
      const before = await find(bench, 's')
      const again = scheduleOf('s', { nextRunAt: T0 + 9, definition: '{}', paused: true })
      assert.deepEqual(await declare(bench, again), ['kept'])
      assert.deepEqual(await find(bench, 's'), before)
    })

    test('another revision replaces it, with its next tick', async (bench) => {
      await declare(bench, scheduleOf('s'))
      const next = scheduleOf('s', {
        revision: 'r2',
        funcName: 'other',
        definition: '{"cron":"0 0 * * *"}',
        overlap: 'skip',
        nextRunAt: T0 + 7,
      })
      assert.deepEqual(await declare(bench, next), ['changed'])
      const { createdAt, lastRunAt, lastTaskId, lastStatus, ...stored } =
        (await find(bench, 's')) ?? assert.fail('it is there')
      assert.deepEqual(stored, next)
      // An old deploy that starts late comes back with the revision before.
      assert.deepEqual(await declare(bench, scheduleOf('s')), ['changed'])
    })

    test('a paused schedule stays paused when its definition changes', async (bench) => {
      await declare(bench, scheduleOf('s'))
      await change(bench, { paused: true })
      await declare(bench, scheduleOf('s', { revision: 'r2' }))
      assert.equal((await find(bench, 's'))?.paused, true)
    })

    test('a removed schedule stays removed, until its definition changes', async (bench) => {
      await declare(bench, scheduleOf('s'))
      assert.equal(await change(bench, { removed: true }), 'changed')
      assert.deepEqual(await bench.schedules.list(), [])
      assert.deepEqual(await declare(bench, scheduleOf('s')), ['removed'])
      assert.deepEqual(await bench.schedules.list(), [])
      assert.deepEqual(await declare(bench, scheduleOf('s', { revision: 'r2' })), ['changed'])
      assert.equal((await find(bench, 's'))?.revision, 'r2')
    })

    test('answers a batch in its order, one id twice too', async (bench) => {
      await declare(bench, scheduleOf('b'))
      const batch = [
        scheduleOf('b'),
        scheduleOf('a'),
        scheduleOf('a'),
        scheduleOf('a', { revision: 'r2' }),
      ]
      assert.deepEqual(await declare(bench, ...batch), ['kept', 'added', 'kept', 'changed'])
      assert.deepEqual(await declare(bench), [])
    })

    test('many that declare at once add it once', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          partOf(n % 2 === 0 ? bench.storage : other, 'schedules').declare({
            schedules: [scheduleOf('s'), scheduleOf('t')],
            now: T0,
          }),
        ),
      )
      const added = results.flat().filter(({ result }) => result === 'added')
      assert.deepEqual(added.map(({ scheduleId }) => scheduleId).sort(), ['s', 't'])
    })
  })

  describe('schedules: change', () => {
    test('pauses and resumes', async (bench) => {
      await declare(bench, scheduleOf('s'))
      assert.equal(await change(bench, { paused: true }), 'changed')
      assert.equal((await find(bench, 's'))?.paused, true)
      assert.equal(await change(bench, { paused: true }), 'refused')
      assert.equal(await change(bench, { paused: false }), 'changed')
      assert.equal(await change(bench, { paused: false }), 'refused')
      assert.equal((await find(bench, 's'))?.nextRunAt, T0 + HOUR)
    })

    test('moves the next tick, also to none', async (bench) => {
      await declare(bench, scheduleOf('s'))
      assert.equal(await change(bench, { nextRunAt: T0 + 9 }), 'changed')
      assert.equal((await find(bench, 's'))?.nextRunAt, T0 + 9)
      assert.equal(await change(bench, { nextRunAt: T0 + 9 }), 'refused')
      assert.equal(await change(bench, { nextRunAt: null }), 'changed')
      assert.equal((await find(bench, 's'))?.nextRunAt, null)
      assert.equal(await change(bench, { nextRunAt: null }), 'refused')
    })

    test('resumes and moves in one', async (bench) => {
      await declare(bench, scheduleOf('s', { paused: true }))
      assert.equal(await change(bench, { paused: false, nextRunAt: T0 + 9 }), 'changed')
      const { paused, nextRunAt } = (await find(bench, 's')) ?? {}
      assert.deepEqual([paused, nextRunAt], [false, T0 + 9])
    })

    test('there is nothing to change of one that is not there, or was removed', async (bench) => {
      assert.equal(await change(bench, { paused: true }), 'missing')
      assert.equal(await change(bench, { removed: true }), 'missing')
      await declare(bench, scheduleOf('s'))
      await change(bench, { removed: true })
      assert.equal(await change(bench, { paused: true }), 'missing')
      assert.notEqual(await change(bench, { removed: true }), 'changed')
    })

    test('answers a batch in its order', async (bench) => {
      await declare(bench, scheduleOf('a'), scheduleOf('b'))
      const changes = [
        { scheduleId: 'b', paused: true },
        { scheduleId: 'none', paused: true },
        { scheduleId: 'a', nextRunAt: T0 },
        { scheduleId: 'b', paused: true },
      ]
      assert.deepEqual(await bench.schedules.change({ changes, now: T0 }), [
        { scheduleId: 'b', result: 'changed' },
        { scheduleId: 'none', result: 'missing' },
        { scheduleId: 'a', result: 'changed' },
        { scheduleId: 'b', result: 'refused' },
      ])
      assert.deepEqual(await bench.schedules.change({ changes: [] }), [])
    })
  })

  describe('schedules: version', () => {
    test('is another whenever schedules were declared or changed, and else the same', async (bench) => {
      let beat = 0
      const versions: (string | null)[] = []
      const look = async () => {
        const { schedulesVersion } = await bench.beat('a', beat++, T0 + beat * SECOND)
        versions.push(schedulesVersion)
        const again = await bench.beat('a', beat++, T0 + beat * SECOND)
        assert.equal(again.schedulesVersion, schedulesVersion)
      }
      await look()
      for (const act of [
        () => declare(bench, scheduleOf('s')),
        () => declare(bench, scheduleOf('t')),
        () => declare(bench, scheduleOf('s', { revision: 'r2' })),
        () => change(bench, { paused: true }),
        () => change(bench, { paused: false }),
        () => change(bench, { nextRunAt: T0 }),
        () => change(bench, { removed: true }),
      ]) {
        await act()
        await look()
      }
      assert.equal(new Set(versions).size, 8)
      assert(versions.every((version) => typeof version === 'string'))
    })
  })
}
