import assert from 'node:assert/strict'
import type { NewTask } from '../../storage/contract.ts'
import type { NewTick } from '../../storage/parts.ts'
import { type Bench, HOUR, MINUTE, partOf, T0 } from './bench.ts'
import type { Suite } from './harness.ts'
import { scheduleOf } from './schedules.ts'

const DUE = T0 + HOUR

/** One tick, one task. */
export function scheduleTicksCases({ describe, test, has }: Suite): void {
  const taskOf = (bench: Bench, more: Partial<NewTask> = {}) =>
    bench.task({ source: 'scheduled', scheduleId: 's', ...more })
  const tickOf = (bench: Bench, more: Partial<NewTick> = {}): NewTick => ({
    scheduleId: 's',
    revision: 'r1',
    dueAt: DUE,
    outcome: 'ran',
    task: taskOf(bench),
    nextRunAt: DUE + HOUR,
    ...more,
  })
  const fire = (bench: Bench, ...ticks: NewTick[]) => bench.schedules.fire({ ticks, now: DUE + 5 })
  const fireOne = async (bench: Bench, more: Partial<NewTick> = {}) => {
    const [result] = await fire(bench, tickOf(bench, more))
    return result ?? assert.fail('one result per tick')
  }
  const declare = (bench: Bench, more = {}) =>
    bench.schedules.declare({ schedules: [scheduleOf('s', more)], now: T0 })
  const find = async (bench: Bench) =>
    (await bench.schedules.list())[0] ?? assert.fail('it is there')
  const ticks = async (bench: Bench) =>
    (await bench.schedules.ticks({ scheduleId: 's', limit: 100 })).ticks

  describe('schedules: fire', () => {
    test('stores the task of a tick and goes on to the next', async (bench) => {
      await declare(bench)
      const task = taskOf(bench, { idempotencyKey: 'tick', payload: '{"a":1}' })
      const results = await fire(bench, tickOf(bench, { task }))
      const { taskId } = task
      assert.deepEqual(results, [{ scheduleId: 's', dueAt: DUE, result: 'ran', taskId }])
      const stored = await bench.get(taskId, DUE + 5)
      assert.deepEqual(
        [stored.phase, stored.source, stored.scheduleId, stored.payload, stored.createdAt],
        ['queued', 'scheduled', 's', '{"a":1}', DUE + 5],
      )
      const { nextRunAt, lastRunAt, lastTaskId, lastStatus } = await find(bench)
      assert.deepEqual(
        { nextRunAt, lastRunAt, lastTaskId, lastStatus },
        { nextRunAt: DUE + HOUR, lastRunAt: DUE + 5, lastTaskId: taskId, lastStatus: 'pending' },
      )
      assert.deepEqual(await ticks(bench), [
        { dueAt: DUE, firedAt: DUE + 5, outcome: 'ran', taskId },
      ])
      assert.deepEqual(await bench.run('success', DUE + 5), [taskId])
      assert.equal((await find(bench)).lastStatus, 'success')
    })

    test('a tick is taken once', async (bench) => {
      await declare(bench)
      const first = await fireOne(bench)
      const again = await fireOne(bench)
      assert.equal(first.result, 'ran')
      assert.deepEqual(again, { scheduleId: 's', dueAt: DUE, result: 'taken', taskId: null })
      assert.equal((await bench.metrics()).total, 1)
      assert.equal((await ticks(bench)).length, 1)
    })

    test('of many that fire a tick at once one gets it', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      await declare(bench)
      for (let round = 0; round < 5; round += 1) {
        const at = { dueAt: DUE + round * HOUR, nextRunAt: DUE + (round + 1) * HOUR }
        const results = await Promise.all(
          Array.from({ length: 10 }, (_, n) =>
            partOf(n % 2 === 0 ? bench.storage : other, 'schedules').fire({
              ticks: [tickOf(bench, at)],
              now: at.dueAt,
            }),
          ),
        )
        const got = results.flat().filter(({ result }) => result === 'ran')
        assert.equal(got.length, 1)
        const taken = results.flat().filter(({ result }) => result === 'taken')
        assert.equal(taken.length, 9)
        assert.equal((await find(bench)).lastTaskId, got[0]?.taskId)
      }
      assert.equal((await bench.metrics()).total, 5)
      assert.equal((await ticks(bench)).length, 5)
    })

    test('is taken where the schedule is paused, moved, changed, removed or unknown', async (bench) => {
      await declare(bench)
      const taken = async (more: Partial<NewTick> = {}) =>
        assert.equal((await fireOne(bench, more)).result, 'taken')
      await taken({ scheduleId: 'unknown' })
      await taken({ revision: 'r0' })
      await taken({ dueAt: DUE - 1 })
      await taken({ dueAt: DUE + HOUR })
      const change = (input: object) =>
        bench.schedules.change({ changes: [{ scheduleId: 's', ...input }], now: T0 })
      await change({ paused: true })
      await taken()
      await change({ paused: false, nextRunAt: null })
      await taken()
      await change({ nextRunAt: DUE, removed: true })
      await taken()
      assert.equal((await bench.metrics()).total, 0)
      assert.deepEqual(await ticks(bench), [])
    })

    test('writes down ticks that ran nothing', async (bench) => {
      await declare(bench)
      const outcomes = ['missed', 'invalid', 'missed'] as const
      const results = await fire(
        bench,
        ...outcomes.map((outcome, n) =>
          tickOf(bench, {
            outcome,
            task: null,
            dueAt: DUE + n * MINUTE,
            nextRunAt: DUE + (n + 1) * MINUTE,
          }),
        ),
      )
      assert.deepEqual(
        results.map(({ result, taskId }) => [result, taskId]),
        outcomes.map((outcome) => [outcome, null]),
      )
      const { nextRunAt, lastRunAt, lastTaskId } = await find(bench)
      assert.deepEqual([nextRunAt, lastRunAt, lastTaskId], [DUE + 3 * MINUTE, null, null])
      assert.equal((await bench.metrics()).total, 0)
    })

    test('several ticks of one schedule in a batch follow each other', async (bench) => {
      await declare(bench)
      const results = await fire(
        bench,
        tickOf(bench, { outcome: 'late', nextRunAt: DUE + 1 }),
        tickOf(bench, { outcome: 'late', dueAt: DUE + 1, nextRunAt: DUE + 2 }),
        tickOf(bench, { dueAt: DUE + 9 }),
        tickOf(bench, { dueAt: DUE + 2, nextRunAt: null }),
      )
      assert.deepEqual(
        results.map(({ result }) => result),
        ['late', 'late', 'taken', 'ran'],
      )
      assert.equal((await bench.metrics()).pending, 3)
      assert.equal((await find(bench)).nextRunAt, null)
    })

    test('a tick may pause its schedule', async (bench) => {
      await declare(bench)
      await fireOne(bench, { pause: true })
      const { paused, nextRunAt } = await find(bench)
      assert.deepEqual([paused, nextRunAt], [true, DUE + HOUR])
      const later = { dueAt: DUE + HOUR, nextRunAt: DUE + 2 * HOUR }
      assert.equal((await fireOne(bench, later)).result, 'taken')
    })

    test('an earlier task with the key of a tick stands for it', async (bench) => {
      await declare(bench)
      const earlier = await bench.add({ idempotencyKey: 'tick' })
      const result = await fireOne(bench, { task: taskOf(bench, { idempotencyKey: 'tick' }) })
      assert.deepEqual([result.result, result.taskId], ['ran', earlier])
      assert.equal((await bench.metrics()).total, 1)
    })

    test('a tick that ran is not fired again, wherever its schedule was moved: it goes on', async (bench) => {
      await declare(bench)
      await fireOne(bench, { task: taskOf(bench, { idempotencyKey: 'tick' }) })
      // Its key is free again.
      await bench.run('failed', DUE + 5)
      const isOver = async (more: Partial<NewTick> = {}) => {
        const task = taskOf(bench, { idempotencyKey: 'tick' })
        const again = await fireOne(bench, { task, ...more })
        assert.deepEqual(again, { scheduleId: 's', dueAt: DUE, result: 'taken', taskId: null })
        assert.equal((await find(bench)).nextRunAt, DUE + HOUR)
        assert.equal((await bench.metrics()).total, 1)
        assert.equal((await ticks(bench)).length, 1)
      }
      await bench.schedules.change({ changes: [{ scheduleId: 's', nextRunAt: DUE }], now: T0 })
      await isOver()
      await declare(bench, { revision: 'r2', nextRunAt: DUE })
      await isOver({ revision: 'r2' })
      const next = { revision: 'r2', dueAt: DUE + HOUR, nextRunAt: null }
      assert.equal((await fireOne(bench, next)).result, 'ran')
    })

    test('one that ran nothing, or by hand, may still run', async (bench) => {
      await declare(bench)
      await fireOne(bench, { outcome: 'manual' })
      const back = { changes: [{ scheduleId: 's', nextRunAt: DUE }], now: T0 }
      await bench.schedules.change(back)
      await fireOne(bench, { outcome: 'missed', task: null })
      await bench.schedules.change(back)
      assert.equal((await fireOne(bench)).result, 'ran')
      assert.equal((await bench.metrics()).total, 2)
      assert.equal((await ticks(bench)).length, 3)
    })

    test('nothing to fire is nothing', async (bench) => {
      assert.deepEqual(await fire(bench), [])
    })

    test('the status of a deleted task is not known', async (bench) => {
      await declare(bench)
      await fireOne(bench)
      await bench.run('failed', DUE + 5)
      assert.equal((await find(bench)).lastStatus, 'failed')
      await bench.storage.prune({ endedBefore: DUE + HOUR, limit: 10 })
      assert.equal((await find(bench)).lastStatus, null)
    })
  })

  describe('schedules: run by hand', () => {
    test('only needs the schedule to be there', async (bench) => {
      await declare(bench, { paused: true })
      const manual: Partial<NewTick> = { outcome: 'manual', dueAt: T0 + 7, revision: 'r0' }
      const result = await fireOne(bench, { ...manual, nextRunAt: DUE })
      assert.equal(result.result, 'manual')
      assert.notEqual(result.taskId, null)
      const { paused, nextRunAt, lastTaskId } = await find(bench)
      assert.deepEqual([paused, nextRunAt, lastTaskId], [true, DUE, result.taskId])
      const unknown = await fireOne(bench, { ...manual, scheduleId: 'unknown' })
      assert.equal(unknown.result, 'taken')
      await bench.schedules.change({ changes: [{ scheduleId: 's', removed: true }], now: T0 })
      assert.equal((await fireOne(bench, manual)).result, 'taken')
    })

    test('leaves the next tick where it is, unless that is due as well', async (bench) => {
      await declare(bench)
      const byHand = async (dueAt: number, nextRunAt: number, revision = 'r1') => {
        await fireOne(bench, { outcome: 'manual', dueAt, nextRunAt, revision })
        return (await find(bench)).nextRunAt
      }
      await fireOne(bench)
      // It was asked for before the tick, or by a clock that was set back since.
      assert.equal(await byHand(DUE - 1, DUE), DUE + HOUR)
      assert.equal(await byHand(DUE + HOUR, DUE + HOUR + MINUTE, 'r0'), DUE + HOUR)
      assert.equal(await byHand(DUE + HOUR, DUE + 2 * HOUR), DUE + 2 * HOUR)
    })

    test('twice at one instant are two runs, though one is in the way of the other', async (bench) => {
      await declare(bench, { overlap: 'skip' })
      const manual: Partial<NewTick> = { outcome: 'manual', dueAt: T0 + 7, nextRunAt: DUE }
      const results = [await fireOne(bench, manual), await fireOne(bench, manual)]
      assert.deepEqual(
        results.map(({ result }) => result),
        ['manual', 'manual'],
      )
      assert.equal((await bench.metrics()).pending, 2)
      assert.equal((await ticks(bench)).length, 2)
      assert.equal((await fireOne(bench)).result, 'skipped_overlap')
    })
  })

  describe('schedules: overlap', () => {
    test(`'skip' stores nothing while a task of the schedule is pending or running`, async (bench) => {
      await declare(bench, { overlap: 'skip' })
      let n = 0
      const next = async () => {
        const dueAt = DUE + n++ * MINUTE
        return (await fireOne(bench, { dueAt, nextRunAt: dueAt + MINUTE })).result
      }
      assert.equal(await next(), 'ran')
      assert.equal(await next(), 'skipped_overlap')
      const task = await bench.start('a', DUE + HOUR)
      assert.equal(await next(), 'skipped_overlap')
      await bench.settle('a', task, 'retry', DUE + HOUR, { delayMs: HOUR })
      assert.equal(await next(), 'skipped_overlap')
      await bench.storage.cancel({ taskIds: [task.taskId], now: DUE })
      assert.equal(await next(), 'ran')
      assert.equal((await bench.metrics()).pending, 1)
      assert.equal((await find(bench)).nextRunAt, DUE + 5 * MINUTE)
      assert.deepEqual(
        (await ticks(bench)).map(({ outcome, taskId }) => [outcome, taskId !== null]),
        [
          ['ran', true],
          ['skipped_overlap', false],
          ['skipped_overlap', false],
          ['skipped_overlap', false],
          ['ran', true],
        ],
      )
    })

    test(`'queue' stores nothing while one is pending`, async (bench) => {
      await declare(bench, { overlap: 'queue' })
      assert.equal((await fireOne(bench)).result, 'ran')
      const next = (hours: number) =>
        fireOne(bench, { dueAt: DUE + hours * HOUR, nextRunAt: DUE + (hours + 1) * HOUR })
      assert.equal((await next(1)).result, 'skipped_overlap')
      await bench.start('a', DUE + 5)
      assert.equal((await next(2)).result, 'ran')
      assert.equal((await next(3)).result, 'skipped_overlap')
      assert.equal((await bench.metrics()).total, 2)
    })

    test(`'allow' stores always; other schedules and tasks are in nobody's way`, async (bench) => {
      const schedules = [scheduleOf('s'), scheduleOf('t', { overlap: 'skip' })]
      await bench.schedules.declare({ schedules, now: T0 })
      await bench.add()
      assert.equal((await fireOne(bench)).result, 'ran')
      const later = { dueAt: DUE + HOUR, nextRunAt: null }
      assert.equal((await fireOne(bench, later)).result, 'ran')
      const task = taskOf(bench, { scheduleId: 't' })
      assert.equal((await fireOne(bench, { scheduleId: 't', task })).result, 'ran')
    })

    test('a tick without a task is written down as it is', async (bench) => {
      await declare(bench, { overlap: 'skip' })
      await fireOne(bench)
      const missed = { dueAt: DUE + HOUR, outcome: 'missed', task: null } as const
      assert.equal((await fireOne(bench, missed)).result, 'missed')
    })
  })

  describe('schedules: ticks', () => {
    const fireMany = async (bench: Bench, n: number) => {
      for (let at = DUE; at < DUE + n * MINUTE; at += MINUTE) {
        const tick = tickOf(bench, { dueAt: at, nextRunAt: at + MINUTE })
        await bench.schedules.fire({ ticks: [tick], now: at + 1 })
      }
    }

    test('pages through them, newest first', async (bench) => {
      await declare(bench)
      await fireMany(bench, 25)
      const found: number[] = []
      let cursor: string | undefined
      for (let pages = 0; pages < 3; pages += 1) {
        const page = await bench.schedules.ticks({ scheduleId: 's', limit: 10, cursor })
        found.push(...page.ticks.map(({ dueAt }) => dueAt))
        assert.equal(page.next === null, pages === 2)
        cursor = page.next ?? undefined
      }
      assert.deepEqual(
        found,
        Array.from({ length: 25 }, (_, n) => DUE + (24 - n) * MINUTE),
      )
    })

    test('an exact last page has no next one; an unknown schedule has none', async (bench) => {
      await declare(bench)
      await fireMany(bench, 4)
      const page = await bench.schedules.ticks({ scheduleId: 's', limit: 4 })
      assert.deepEqual([page.ticks.length, page.next], [4, null])
      const none = await bench.schedules.ticks({ scheduleId: 'unknown', limit: 4 })
      assert.deepEqual(none, { ticks: [], next: null })
    })

    test('refuses a cursor that it did not make', async (bench) => {
      await declare(bench)
      await fireMany(bench, 2)
      for (const cursor of ['', 'x', '{}', '[1]', 'null']) {
        const input = { scheduleId: 's', limit: 1, cursor }
        await assert.rejects(bench.schedules.ticks(input), { code: 'invalid_input' })
      }
    })

    test('prune deletes old ones, and counts only tasks', async (bench) => {
      await declare(bench)
      await fireMany(bench, 6)
      const before = { endedBefore: DUE + 4 * MINUTE, limit: 100 }
      assert.deepEqual(await bench.storage.prune({ ...before, dryRun: true }), { deleted: 0 })
      assert.equal((await ticks(bench)).length, 6)
      assert.deepEqual(await bench.storage.prune(before), { deleted: 0 })
      assert.deepEqual(
        (await ticks(bench)).map(({ dueAt }) => dueAt),
        [DUE + 5 * MINUTE, DUE + 4 * MINUTE],
      )
      assert.equal((await find(bench)).nextRunAt, DUE + 6 * MINUTE)
    })
  })
}
