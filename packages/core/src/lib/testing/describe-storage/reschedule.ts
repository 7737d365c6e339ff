import assert from 'node:assert/strict'
import { SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function rescheduleCases({ describe, test }: Suite): void {
  describe('reschedule', () => {
    test('makes a scheduled task due now', async (bench) => {
      const id = await bench.add({ runAt: T0 + 60 * SECOND })
      const before = await bench.get(id)
      const results = await bench.storage.reschedule({ tasks: [{ taskId: id }], now: T0 + 5 })
      assert.deepEqual(results, [{ taskId: id, result: 'changed' }])
      const task = await bench.get(id, T0 + 5)
      assert.equal(task.runAt, T0 + 5)
      assert.equal(task.phase, 'queued')
      assert(task.rev > before.rev)
      await bench.join('a', T0 + 5)
      assert.equal((await bench.claimOne('a', T0 + 5)).taskId, id)
    })

    test('makes a retrying task due now, with its attempts as they were', async (bench) => {
      const id = await bench.add()
      await bench.settle('a', await bench.start('a'), 'retry', T0, { delayMs: 60 * SECOND })
      const results = await bench.storage.reschedule({ tasks: [{ taskId: id }], now: T0 + 5 })
      assert.equal(results[0]?.result, 'changed')
      assert.equal((await bench.claimOne('a', T0 + 5)).attemptsMade, 2)
    })

    test('moves a task to another time, earlier or later', async (bench) => {
      const id = await bench.add({ runAt: T0 + 60 * SECOND })
      for (const runAt of [T0 + 30 * SECOND, T0 + 90 * SECOND]) {
        await bench.storage.reschedule({ tasks: [{ taskId: id, runAt }], now: T0 })
        assert.equal((await bench.get(id)).runAt, runAt)
        await bench.join(`at-${runAt}`)
        assert.equal((await bench.turn(`at-${runAt}`, {})).nextRunAt, runAt)
      }
      await bench.join('late', T0 + 60 * SECOND)
      assert.equal((await bench.claim('late', T0 + 60 * SECOND)).length, 0)
    })

    test('makes a task due now while others wait before and behind it', async (bench) => {
      await bench.add({ runAt: T0 + 10 * SECOND })
      const id = await bench.add({ runAt: T0 + 60 * SECOND })
      await bench.add({ runAt: T0 + 90 * SECOND })
      await bench.storage.reschedule({ tasks: [{ taskId: id }], now: T0 + 5 })
      await bench.join('a', T0 + 5)
      assert.equal((await bench.claimOne('a', T0 + 5)).taskId, id)
    })

    test('refuses what is queued, running or ended', async (bench) => {
      const ended = await bench.ended('failed')
      const running = await bench.add()
      await bench.start('a')
      const queued = await bench.add()
      const runAt = T0 + 60 * SECOND
      const tasks = [ended, running, queued].map((taskId) => ({ taskId, runAt }))
      const before = await bench.storage.get({ taskIds: [ended, running, queued], now: T0 })
      const results = await bench.storage.reschedule({ tasks, now: T0 })
      assert.deepEqual(
        results.map(({ result }) => result),
        ['refused', 'refused', 'refused'],
      )
      const after = await bench.storage.get({ taskIds: [ended, running, queued], now: T0 })
      assert.deepEqual(after, before)
    })

    test('answers in order, unknown ids as missing', async (bench) => {
      const id = await bench.add({ runAt: T0 + SECOND })
      const tasks = [{ taskId: 'unknown' }, { taskId: id }, { taskId: 'other' }]
      const results = await bench.storage.reschedule({ tasks, now: T0 })
      assert.deepEqual(results, [
        { taskId: 'unknown', result: 'missing' },
        { taskId: id, result: 'changed' },
        { taskId: 'other', result: 'missing' },
      ])
    })

    test('twice is safe', async (bench) => {
      const id = await bench.add({ runAt: T0 + 60 * SECOND })
      const input = { tasks: [{ taskId: id, runAt: T0 + 5 * SECOND }], now: T0 }
      await bench.storage.reschedule(input)
      await bench.storage.reschedule(input)
      await bench.join('a')
      assert.equal((await bench.claim('a', T0 + 5 * SECOND)).length, 1)
    })
  })
}
