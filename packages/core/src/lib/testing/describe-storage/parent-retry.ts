import assert from 'node:assert/strict'
import { T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** A retry takes the place of its original. */
export function parentRetryCases({ describe, test, has }: Suite): void {
  describe('dependencies: a parent that is retried', () => {
    test('the retry takes the place of the parent', async (bench) => {
      const parent = await bench.ended('failed')
      const child = await bench.add({ dependsOn: [parent] })
      const before = await bench.get(child)
      const retry = await bench.add({ retryOf: parent })
      const task = await bench.get(child)
      assert.equal(task.phase, 'blocked')
      assert.deepEqual(task.dependsOn, [retry])
      assert.deepEqual(task.blockedBy, [retry])
      assert(task.rev > before.rev)
      assert.deepEqual((await bench.get(retry)).children, [child])
      assert.deepEqual((await bench.get(parent)).children, [])
    })

    test('the retry takes no place of tasks that come after it in its batch', async (bench) => {
      const parent = await bench.ended('failed')
      const retry = bench.task({ retryOf: parent })
      const before = bench.task({ dependsOn: [parent] })
      const after = bench.task({ dependsOn: [parent] })
      const both = bench.task({ dependsOn: [parent, retry.taskId] })
      await bench.insert([before, retry, after, both])
      assert.deepEqual((await bench.get(before.taskId)).blockedBy, [retry.taskId])
      assert.deepEqual((await bench.get(after.taskId)).blockedBy, [parent])
      assert.deepEqual((await bench.get(both.taskId)).blockedBy, [parent, retry.taskId])
    })

    test('its success releases what the parent held', async (bench) => {
      const parent = await bench.add()
      const children = [
        await bench.add({ dependsOn: [parent] }),
        await bench.add({ dependsOn: [parent] }),
      ]
      await bench.run('failed')
      const retry = await bench.add({ retryOf: parent })
      assert.deepEqual(await bench.run(), [retry])
      assert.deepEqual(await bench.run(), children)
    })

    test('a retry that fails again holds again, until a retry of it succeeds', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent] })
      await bench.run('failed')
      const first = await bench.add({ retryOf: parent })
      await bench.run('failed')
      assert.deepEqual((await bench.get(child)).blockedBy, [first])
      const second = await bench.add({ retryOf: first })
      assert.deepEqual((await bench.get(child)).blockedBy, [second])
      assert.deepEqual(await bench.run(), [second])
      assert.deepEqual(await bench.run(), [child])
    })

    test('a second retry takes the place of the first, which failed too', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent] })
      await bench.run('failed')
      const first = await bench.add({ retryOf: parent })
      await bench.run('failed')
      assert.deepEqual((await bench.get(child)).blockedBy, [first])
      const second = await bench.add({ retryOf: parent })
      assert.deepEqual((await bench.get(child)).dependsOn, [second])
      assert.deepEqual((await bench.get(first)).children, [])
      assert.deepEqual(await bench.run(), [second])
      assert.deepEqual(await bench.run(), [child])
    })

    test('a child of the parent and of a failed retry of it waits for the next retry once', async (bench) => {
      const parent = await bench.ended('failed')
      const first = await bench.ended('failed', T0, { retryOf: parent })
      const child = await bench.add({ dependsOn: [parent, first] })
      const second = await bench.add({ retryOf: parent })
      const task = await bench.get(child)
      assert.deepEqual(task.dependsOn, [second])
      assert.deepEqual(task.blockedBy, [second])
      assert.deepEqual(await bench.run(), [second])
      assert.deepEqual(await bench.run(), [child])
    })

    test('leaves alone what waits for another retry that has not failed', async (bench) => {
      const parent = await bench.ended('failed')
      const child = await bench.add({ dependsOn: [parent] })
      const first = await bench.add({ retryOf: parent })
      await bench.add({ retryOf: parent, payload: '{"other":true}' })
      assert.deepEqual((await bench.get(child)).dependsOn, [first])
    })

    test('of two retries in one batch the first takes the place', async (bench) => {
      const parent = await bench.ended('failed')
      const child = await bench.add({ dependsOn: [parent] })
      const first = bench.task({ retryOf: parent })
      const between = bench.task({ dependsOn: [parent] })
      const second = bench.task({ retryOf: parent, payload: '{"other":true}' })
      await bench.insert([first, between, second])
      assert.deepEqual((await bench.get(child)).dependsOn, [first.taskId])
      assert.deepEqual((await bench.get(child)).blockedBy, [first.taskId])
      assert.deepEqual((await bench.get(between.taskId)).dependsOn, [second.taskId])
      assert.deepEqual((await bench.get(first.taskId)).children, [child])
    })

    test('keeps its place among the other parents', async (bench) => {
      const [one, two] = [await bench.ended('success'), await bench.add({ funcName: 'slow' })]
      const parent = await bench.ended('failed')
      const child = await bench.add({ dependsOn: [one, parent, two] })
      const retry = await bench.add({ retryOf: parent })
      const task = await bench.get(child)
      assert.deepEqual(task.dependsOn, [one, retry, two])
      assert.deepEqual(task.blockedBy.toSorted(), [two, retry])
      await bench.run()
      assert.deepEqual((await bench.get(child)).blockedBy, [two])
    })

    test('replaces the parent for those only that it blocks', async (bench) => {
      const parent = await bench.add()
      const child = (onParentFailure: 'fail' | 'run') =>
        bench.add({ dependsOn: [parent], onParentFailure })
      const untouched = [await child('fail'), await child('run')]
      const cancelled = await bench.add({ dependsOn: [parent] })
      await bench.storage.cancel({ taskIds: [cancelled], now: T0 })
      await bench.run('failed')
      const taskIds = [...untouched, cancelled]
      const before = await bench.storage.get({ taskIds, now: T0 })
      await bench.add({ retryOf: parent, priority: -1 })
      assert.deepEqual(await bench.storage.get({ taskIds, now: T0 }), before)
      assert.deepEqual((await bench.get(parent)).children, taskIds)
    })

    test('a retry that another task stands for takes no place', async (bench) => {
      const parent = await bench.ended('failed')
      const first = await bench.add({ retryOf: parent })
      const child = await bench.add({ dependsOn: [parent] })
      const [again] = await bench.insert([bench.task({ retryOf: parent })])
      assert.deepEqual(again, { taskId: first, duplicate: true })
      assert.deepEqual((await bench.get(child)).dependsOn, [parent])
    })

    test('a task of its batch may depend on a retry that another stands for', async (bench) => {
      const parent = await bench.ended('failed')
      const standing = await bench.add({ retryOf: parent })
      const childOf = async () => {
        const again = bench.task({ retryOf: parent })
        const child = bench.task({ dependsOn: [again.taskId] })
        await bench.insert([again, child])
        return child.taskId
      }
      const waiting = await childOf()
      assert.deepEqual((await bench.get(waiting)).blockedBy, [standing])
      assert.deepEqual((await bench.get(standing)).children, [waiting])
      assert.deepEqual(await bench.run(), [standing])
      const free = await childOf()
      assert.deepEqual((await bench.get(free)).dependsOn, [standing])
      assert.deepEqual(await bench.run(), [waiting, free])
    })

    test('the original may be deleted once its place is taken', async (bench) => {
      const parent = await bench.ended('failed')
      const child = await bench.add({ dependsOn: [parent] })
      const prune = () => bench.storage.prune({ endedBefore: T0 + 1000, limit: 10 })
      assert.deepEqual(await prune(), { deleted: 0 })
      const retry = await bench.add({ retryOf: parent })
      assert.deepEqual(await prune(), { deleted: 1 })
      assert.deepEqual((await bench.get(child)).blockedBy, [retry])
      assert.deepEqual(await bench.run(), [retry])
      assert.deepEqual(await bench.run(), [child])
    })

    test('twenty clicks on retry make one parent', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      const parent = await bench.ended('failed')
      const child = await bench.add({ dependsOn: [parent] })
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? bench.storage : other).insert({
            tasks: [bench.task({ retryOf: parent })],
            now: T0,
          }),
        ),
      )
      const [retry, ...more] = await bench.run()
      assert.deepEqual(more, [])
      assert.deepEqual((await bench.get(child)).dependsOn, [retry])
      assert.deepEqual(await bench.run(), [child])
    })
  })
}
