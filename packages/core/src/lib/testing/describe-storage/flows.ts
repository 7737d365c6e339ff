import assert from 'node:assert/strict'
import type { InsertResult, NewTask } from '../../storage/contract.ts'
import { type Bench, idOf, MINUTE, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

const UNKNOWN = idOf(0xdead)

/** What may be a parent, and what becomes of a flow in which one is unknown. */
export function flowsCases({ describe, test, has }: Suite): void {
  describe('insert: unknown parents', () => {
    test('a task with an unknown parent is not stored, the others of its batch are', async (bench) => {
      const known = await bench.add()
      const tasks = [
        bench.task(),
        bench.task({ dependsOn: [known, UNKNOWN] }),
        bench.task({ dependsOn: [known] }),
      ]
      const results = await bench.insert(tasks)
      assert.deepEqual(results, [
        { taskId: tasks[0]?.taskId, duplicate: false },
        { taskId: tasks[1]?.taskId, duplicate: false, unknownParent: UNKNOWN },
        { taskId: tasks[2]?.taskId, duplicate: false },
      ])
      assert.deepEqual(await stored(bench, tasks), [true, false, true])
      assert.equal((await bench.metrics()).total, 3)
      assert.deepEqual((await bench.get(known)).children, [tasks[2]?.taskId])
    })

    test('neither the task itself nor a later one of the batch is a parent', async (bench) => {
      const [itself, early, late] = [bench.task(), bench.task(), bench.task()]
      const results = await bench.insert([
        { ...itself, dependsOn: [itself.taskId] },
        { ...early, dependsOn: [late.taskId] },
        late,
      ])
      assert.deepEqual(unknownOf(results), [itself.taskId, late.taskId, undefined])
      assert.deepEqual(await stored(bench, [itself, early, late]), [false, false, true])
    })

    test('a deleted task is no parent', async (bench) => {
      const gone = await bench.ended('success')
      await bench.storage.prune({ endedBefore: T0 + MINUTE, limit: 10 })
      const results = await bench.insert([bench.task({ dependsOn: [gone] })])
      assert.deepEqual(unknownOf(results), [gone])
    })

    test('what was not stored is no parent either', async (bench) => {
      const lost = bench.task({ dependsOn: [UNKNOWN] })
      const child = bench.task({ dependsOn: [lost.taskId] })
      const grandchild = bench.task({ dependsOn: [child.taskId] })
      const results = await bench.insert([lost, child, grandchild])
      assert.deepEqual(unknownOf(results), [UNKNOWN, lost.taskId, child.taskId])
      assert.equal((await bench.metrics()).total, 0)
    })

    test('what was not stored holds no key', async (bench) => {
      const lost = bench.task({ dependsOn: [UNKNOWN], idempotencyKey: 'k' })
      const found = bench.task({ idempotencyKey: 'k' })
      const results = await bench.insert([lost, found])
      assert.deepEqual(unknownOf(results), [UNKNOWN, undefined])
      assert.equal(results[1]?.duplicate, false)
      const [again] = await bench.insert([bench.task({ idempotencyKey: 'k' })])
      assert.deepEqual(again, { taskId: found.taskId, duplicate: true })
    })

    test('a duplicate is one, whatever became of its parents', async (bench) => {
      const parent = await bench.ended('success')
      const child = bench.task({ dependsOn: [parent], idempotencyKey: 'k' })
      await bench.insert([child])
      await bench.run('success', T0 + MINUTE)
      await bench.storage.prune({ endedBefore: T0 + SECOND, limit: 10 })
      assert.equal(await bench.find(parent), null)
      const results = await bench.insert([child, bench.task({ ...child, taskId: idOf(0xabc) })])
      const duplicate = { taskId: child.taskId, duplicate: true }
      assert.deepEqual(results, [duplicate, duplicate])
    })
  })

  describe('insert: flows', () => {
    test('keeps which flow and schedule a task belongs to, and filters by them', async (bench) => {
      const a = await bench.add({ flowId: 'flow', scheduleId: 'daily' })
      const b = await bench.add({ flowId: 'flow' })
      const c = await bench.add({ flowId: 'flow 2', scheduleId: 'hourly' })
      await bench.add()
      const task = await bench.get(a)
      assert.deepEqual([task.flowId, task.scheduleId], ['flow', 'daily'])
      const find = async (filter: object) =>
        (await bench.storage.list({ filter, limit: 9, now: T0 })).tasks.map((found) => found.taskId)
      assert.deepEqual(await find({ flowId: ['flow'] }), [b, a])
      assert.deepEqual(await find({ flowId: ['flow', 'flow 2'] }), [c, b, a])
      assert.deepEqual(await find({ scheduleId: ['daily'] }), [a])
      assert.deepEqual(await find({ scheduleId: ['daily'], flowId: ['flow 2'] }), [])
      assert.deepEqual(await find({ flowId: ['no'] }), [])
      await bench.run()
      assert.deepEqual(await find({ flowId: ['flow'] }), [b, a])
      assert.deepEqual(await find({ scheduleId: ['hourly'], status: ['success'] }), [c])
    })

    test('a flow is refused as a whole, the rest of the batch is stored', async (bench) => {
      const first = bench.task({ flowId: 'bad' })
      const tasks = [
        first,
        bench.task({ flowId: 'good' }),
        bench.task({ flowId: 'bad', dependsOn: [first.taskId] }),
        bench.task(),
        bench.task({ flowId: 'bad', dependsOn: [UNKNOWN] }),
        bench.task({ flowId: 'bad' }),
      ]
      const results = await bench.insert(tasks)
      assert.deepEqual(unknownOf(results), [
        UNKNOWN,
        undefined,
        UNKNOWN,
        undefined,
        UNKNOWN,
        UNKNOWN,
      ])
      assert.deepEqual(
        results.map(({ taskId }) => taskId),
        tasks.map(({ taskId }) => taskId),
      )
      assert.deepEqual(await stored(bench, tasks), [false, true, false, true, false, false])
    })

    test('what depends on a refused flow is refused, and so on', async (bench) => {
      const a = bench.task({ flowId: 'a' })
      const b = bench.task({ flowId: 'b' })
      const c = bench.task()
      const tasks = [
        a,
        b,
        c,
        bench.task({ flowId: 'b', dependsOn: [a.taskId] }),
        bench.task({ dependsOn: [b.taskId] }),
        bench.task({ dependsOn: [c.taskId] }),
        bench.task({ flowId: 'a', dependsOn: [UNKNOWN] }),
      ]
      const results = await bench.insert(tasks)
      assert.deepEqual(
        unknownOf(results).map((parent) => parent !== undefined),
        [true, true, false, true, true, false, true],
      )
      assert.deepEqual(await stored(bench, tasks), [false, false, true, false, false, true, false])
    })

    test('a refused flow leaves stored tasks of that flow alone', async (bench) => {
      const earlier = await bench.add({ flowId: 'flow' })
      const late = bench.task({ flowId: 'flow', dependsOn: [UNKNOWN] })
      assert.deepEqual(unknownOf(await bench.insert([late])), [UNKNOWN])
      assert.deepEqual(await bench.run(), [earlier])
    })

    test('calling twice with a flow changes nothing', async (bench) => {
      const top = bench.task({ flowId: 'flow' })
      const below = bench.task({ flowId: 'flow', dependsOn: [top.taskId] })
      await bench.insert([top, below])
      const taskIds = [top.taskId, below.taskId]
      const before = await bench.storage.get({ taskIds, now: T0 })
      const results = await bench.insert([top, below])
      assert.deepEqual(
        results,
        taskIds.map((taskId) => ({ taskId, duplicate: true })),
      )
      assert.deepEqual(await bench.storage.get({ taskIds, now: T0 }), before)
    })

    test('one flow inserted by many at once is stored once', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      const top = bench.task({ flowId: 'flow' })
      const below = Array.from({ length: 5 }, () =>
        bench.task({ flowId: 'flow', dependsOn: [top.taskId] }),
      )
      await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          (n % 2 === 0 ? bench.storage : other).insert({ tasks: [top, ...below], now: T0 }),
        ),
      )
      assert.deepEqual(await bench.run(), [top.taskId])
      const children = below.map(({ taskId }) => taskId)
      assert.deepEqual((await bench.get(top.taskId)).children, children)
      assert.deepEqual(await bench.run(), children)
    })
  })

  describe('insert: duplicates as parents', () => {
    test('a duplicate of the batch counts as the task that stands', async (bench) => {
      const standing = await bench.add({ idempotencyKey: 'k' })
      const duplicate = bench.task({ idempotencyKey: 'k' })
      const child = bench.task({ dependsOn: [duplicate.taskId] })
      const results = await bench.insert([duplicate, child])
      assert.deepEqual(results, [
        { taskId: standing, duplicate: true },
        { taskId: child.taskId, duplicate: false },
      ])
      assert.deepEqual((await bench.get(child.taskId)).dependsOn, [standing])
      assert.deepEqual((await bench.get(standing)).children, [child.taskId])
      assert.deepEqual(await bench.run(), [standing])
      assert.deepEqual(await bench.run(), [child.taskId])
    })

    test('also where the earlier task is of the same batch', async (bench) => {
      const first = bench.task({ idempotencyKey: 'k' })
      const second = bench.task({ idempotencyKey: 'k' })
      const child = bench.task({ dependsOn: [second.taskId] })
      await bench.insert([first, second, child])
      assert.deepEqual((await bench.get(child.taskId)).dependsOn, [first.taskId])
    })

    test('two names for one task are one parent', async (bench) => {
      const first = bench.task({ idempotencyKey: 'k' })
      const second = bench.task({ idempotencyKey: 'k' })
      const child = bench.task({ dependsOn: [first.taskId, second.taskId] })
      await bench.insert([first, second, child])
      assert.deepEqual((await bench.get(child.taskId)).blockedBy, [first.taskId])
      assert.deepEqual(await bench.run(), [first.taskId])
      assert.deepEqual(await bench.run(), [child.taskId])
    })

    test('a duplicate whose task succeeded already blocks nobody', async (bench) => {
      const done = await bench.ended('success', T0, { idempotencyKey: 'k' })
      const duplicate = bench.task({ idempotencyKey: 'k' })
      const child = bench.task({ dependsOn: [duplicate.taskId] })
      await bench.insert([duplicate, child])
      assert.deepEqual((await bench.get(child.taskId)).dependsOn, [done])
      assert.deepEqual(await bench.run(), [child.taskId])
    })
  })
}

const unknownOf = (results: InsertResult[]) => results.map(({ unknownParent }) => unknownParent)

async function stored(bench: Bench, tasks: NewTask[]): Promise<boolean[]> {
  const found = await bench.storage.get({ taskIds: tasks.map(({ taskId }) => taskId), now: T0 })
  return found.map((task) => task !== null)
}
