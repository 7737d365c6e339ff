import assert from 'node:assert/strict'
import { type Bench, HOUR, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** Retries are new tasks; one at a time stands for each original and payload. */
export function retryOfCases({ describe, test, has }: Suite): void {
  const failedTask = (bench: Bench) => bench.ended('failed', T0, { payload: '{"a":1}' })

  const retry = (bench: Bench, retryOf: string, payload = '{"a":1}') =>
    bench.task({ retryOf, payload })

  describe('insert: retries', () => {
    test('stores what a task is a retry of', async (bench) => {
      const original = await failedTask(bench)
      const id = await bench.add({ retryOf: original, payload: '{"a":1}' })
      assert.equal((await bench.get(id)).retryOf, original)
      assert.equal((await bench.get(original)).status, 'failed')
    })

    test('a second retry with the same payload returns the pending first', async (bench) => {
      const original = await failedTask(bench)
      const first = await bench.add({ retryOf: original, payload: '{"a":1}' })
      const [second] = await bench.insert([retry(bench, original)])
      assert.deepEqual(second, { taskId: first, duplicate: true })
    })

    test('a second retry returns the first while that runs and after it succeeded', async (bench) => {
      const original = await failedTask(bench)
      const first = await bench.add({ retryOf: original, payload: '{"a":1}' })
      const claimed = await bench.start('a')
      assert.equal((await bench.insert([retry(bench, original)]))[0]?.taskId, first)
      await bench.settle('a', claimed, 'success')
      const [third] = await bench.insert([retry(bench, original)])
      assert.deepEqual(third, { taskId: first, duplicate: true })
    })

    test('a retry with another payload is a new task', async (bench) => {
      const original = await failedTask(bench)
      await bench.add({ retryOf: original, payload: '{"a":1}' })
      const [second] = await bench.insert([retry(bench, original, '{"a":2}')])
      assert.equal(second?.duplicate, false)
    })

    test('a retry that failed or was cancelled no longer stands', async (bench) => {
      const original = await failedTask(bench)
      await bench.ended('failed', T0, { retryOf: original, payload: '{"a":1}' })
      const second = await bench.add({ retryOf: original, payload: '{"a":1}' })
      await bench.storage.cancel({ taskIds: [second], now: T0 })
      const [third] = await bench.insert([retry(bench, original)])
      assert.equal(third?.duplicate, false)
    })

    test('a retry that was deleted no longer stands', async (bench) => {
      const original = await failedTask(bench)
      await bench.add({
        dependsOn: [original],
        onParentFailure: 'run',
        runAt: T0 + 24 * HOUR,
      })
      await bench.ended('success', T0, { retryOf: original, payload: '{"a":1}' })
      const { deleted } = await bench.storage.prune({ endedBefore: T0 + HOUR, limit: 10 })
      assert.equal(deleted, 1, 'the original stays, since a live task depends on it')
      const [second] = await bench.insert([retry(bench, original)])
      assert.equal(second?.duplicate, false)
    })

    test('a retry stands though its original was deleted', async (bench) => {
      const original = await failedTask(bench)
      const first = await bench.add({ retryOf: original, payload: '{"a":1}' })
      await bench.storage.prune({ endedBefore: T0 + HOUR, limit: 10 })
      const [second] = await bench.insert([retry(bench, original)])
      assert.deepEqual(second, { taskId: first, duplicate: true })
    })

    test('retries of two originals do not meet', async (bench) => {
      const one = await failedTask(bench)
      const two = await failedTask(bench)
      const results = await bench.insert([retry(bench, one), retry(bench, two)])
      assert.deepEqual(
        results.map(({ duplicate }) => duplicate),
        [false, false],
      )
    })

    test('twenty clicks make one retry', async (bench) => {
      const original = await failedTask(bench)
      const other = has('shared') ? await bench.second() : bench.storage
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? bench.storage : other).insert({
            tasks: [retry(bench, original), retry(bench, original)],
            now: T0,
          }),
        ),
      )
      assert.equal(new Set(results.flat().map(({ taskId }) => taskId)).size, 1)
      assert.equal((await bench.metrics()).pending, 1)
    })
  })
}
