import assert from 'node:assert/strict'
import { SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function cancelCases({ describe, test, has }: Suite): void {
  describe('cancel', () => {
    test('a pending task is cancelled at once and never starts', async (bench) => {
      const id = await bench.add()
      const before = await bench.get(id)
      const results = await bench.storage.cancel({ taskIds: [id], now: T0 + 5 })
      assert.deepEqual(results, [{ taskId: id, result: 'cancelled', status: 'cancelled' }])
      const task = await bench.get(id)
      assert.equal(task.status, 'cancelled')
      assert.equal(task.phase, 'cancelled')
      assert.equal(task.endTime, T0 + 5)
      assert.equal(task.startTime, null)
      assert.equal(task.durationMs, null)
      assert.equal(task.attemptsMade, 0)
      assert.deepEqual(task.attempts, [])
      assert(task.rev > before.rev)
      await bench.join('a', T0 + 5)
      assert.equal((await bench.claim('a', T0 + 5)).length, 0)
    })

    test('scheduled and retrying tasks are cancelled at once', async (bench) => {
      const retrying = await bench.add()
      await bench.settle('a', await bench.start('a'), 'retry', T0, { delayMs: SECOND })
      const scheduled = await bench.add({ runAt: T0 + SECOND })
      const results = await bench.storage.cancel({ taskIds: [retrying, scheduled], now: T0 })
      assert.deepEqual(
        results.map(({ result }) => result),
        ['cancelled', 'cancelled'],
      )
      assert.equal((await bench.claim('a', T0 + 2 * SECOND)).length, 0)
      const task = await bench.get(retrying)
      assert.equal(task.attemptsMade, 1)
      assert.equal(task.attempts.length, 1)
    })

    test('a running task is marked, and goes on', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      const before = await bench.get(id)
      const results = await bench.storage.cancel({ taskIds: [id], now: T0 + 5 })
      assert.deepEqual(results, [{ taskId: id, result: 'requested', status: 'running' }])
      const task = await bench.get(id)
      assert.equal(task.status, 'running')
      assert.equal(task.cancelRequestedAt, T0 + 5)
      assert.equal(task.fence, claimed.fence)
      assert(task.rev > before.rev)
    })

    test('the first mark stands', async (bench) => {
      const id = await bench.add()
      await bench.start('a')
      await bench.storage.cancel({ taskIds: [id], now: T0 + 5 })
      const [again] = await bench.storage.cancel({ taskIds: [id], now: T0 + 99 })
      assert.equal(again?.result, 'requested')
      assert.equal((await bench.get(id)).cancelRequestedAt, T0 + 5)
    })

    test('force cancels a running task whose mark is older than the grace period', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      await bench.storage.cancel({ taskIds: [id], now: T0 })
      const force = (now: number) =>
        bench.storage.cancel({ taskIds: [id], force: true, graceMs: 30 * SECOND, now })
      assert.deepEqual(await force(T0 + 29 * SECOND), [
        { taskId: id, result: 'too_early', status: 'running' },
      ])
      assert.equal((await bench.get(id)).status, 'running')
      assert.deepEqual(await force(T0 + 31 * SECOND), [
        { taskId: id, result: 'cancelled', status: 'cancelled' },
      ])
      const task = await bench.get(id)
      assert.equal(task.endTime, T0 + 31 * SECOND)
      assert.equal(task.attempts.at(-1)?.outcome, 'cancelled')
      assert(task.fence > claimed.fence)
      assert.deepEqual(await bench.storage.owned({ instanceId: 'a' }), [])
      const late = await bench.settle('a', claimed, 'success', T0 + 40 * SECOND)
      assert.equal(late.result, 'stale')
      assert.equal((await bench.get(id)).status, 'cancelled')
    })

    test('force without an earlier mark is too early', async (bench) => {
      const id = await bench.add()
      await bench.start('a')
      const [result] = await bench.storage.cancel({
        taskIds: [id],
        force: true,
        graceMs: SECOND,
        now: T0,
      })
      assert.equal(result?.result, 'too_early')
      assert.equal((await bench.get(id)).status, 'running')
    })

    test('force cancels a pending task like any', async (bench) => {
      const id = await bench.add()
      const input = { taskIds: [id], force: true, graceMs: SECOND, now: T0 }
      assert.equal((await bench.storage.cancel(input))[0]?.result, 'cancelled')
    })

    test('refuses ended tasks and names what they are', async (bench) => {
      const success = await bench.ended('success')
      const failed = await bench.ended('failed')
      const taskIds = [success, failed]
      const before = await bench.storage.get({ taskIds })
      assert.deepEqual(await bench.storage.cancel({ taskIds, force: true, now: T0 }), [
        { taskId: success, result: 'refused', status: 'success' },
        { taskId: failed, result: 'refused', status: 'failed' },
      ])
      assert.deepEqual(await bench.storage.get({ taskIds }), before)
    })

    test('answers in order, unknown ids as missing, an id twice as cancelled already', async (bench) => {
      const id = await bench.add()
      const results = await bench.storage.cancel({ taskIds: ['unknown', id, id], now: T0 })
      assert.deepEqual(results, [
        { taskId: 'unknown', result: 'missing', status: null },
        { taskId: id, result: 'cancelled', status: 'cancelled' },
        { taskId: id, result: 'refused', status: 'cancelled' },
      ])
    })

    test('a parent and its child in one batch are both cancelled', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent], onParentFailure: 'fail' })
      const other = await bench.add({ dependsOn: [child], onParentFailure: 'fail' })
      const results = await bench.storage.cancel({ taskIds: [parent, child], now: T0 })
      assert.deepEqual(results, [
        { taskId: parent, result: 'cancelled', status: 'cancelled' },
        { taskId: child, result: 'cancelled', status: 'cancelled' },
      ])
      assert.equal((await bench.get(child)).status, 'cancelled')
      assert.equal((await bench.get(other)).status, 'failed')
      assert.equal((await bench.metrics()).cancelled, 2)
    })

    test('a cancel and a claim at once: one of them wins', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      await bench.join('a')
      for (let n = 0; n < 10; n += 1) {
        const id = await bench.add()
        const [claimed, [cancelled]] = await Promise.all([
          bench.claim('a'),
          other.cancel({ taskIds: [id], now: T0 }),
        ])
        const started = claimed.some(({ taskId }) => taskId === id)
        assert.equal(cancelled?.result, started ? 'requested' : 'cancelled')
      }
    })
  })
}
