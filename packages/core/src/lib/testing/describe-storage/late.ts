import assert from 'node:assert/strict'
import type { AttemptOutcome } from '../../record.ts'
import type { SettlementOutcome } from '../../storage/contract.ts'
import { type Bench, HOUR, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

const lateOutcomes: [SettlementOutcome, AttemptOutcome][] = [
  [{ type: 'success' }, 'success'],
  [{ type: 'retry', cause: 'error' }, 'error'],
  [{ type: 'failed', cause: 'timeout' }, 'timeout'],
  [{ type: 'cancelled' }, 'cancelled'],
  [{ type: 'snoozed' }, 'snoozed'],
  [{ type: 'released' }, 'released'],
]

/** An owner that wakes up after its task had gone to another. */
export function lateCases({ describe, test, has }: Suite): void {
  /** A task that instance `a` lost by a crash. */
  const lost = async (bench: Bench, requeueOnInterrupt = true) => {
    const taskId = await bench.add({ requeueOnInterrupt })
    const claimed = await bench.start('a')
    await bench.recover([{ instanceId: 'a', beat: 0 }])
    return { taskId, claimed }
  }
  const late = async (bench: Bench, taskId: string) =>
    (await bench.get(taskId)).attempts.map(({ lateOutcome }) => lateOutcome)
  const count = async (bench: Bench) => (await bench.metrics()).lateSettlements

  describe('turn: settlements that came too late', () => {
    for (const [outcome, wanted] of lateOutcomes) {
      test(`${outcome.type} is counted and noted in its attempt as ${wanted}`, async (bench) => {
        const { taskId, claimed } = await lost(bench)
        const again = await bench.start('b')
        assert.equal((await bench.settle('a', claimed, outcome)).result, 'stale')
        assert.deepEqual(await late(bench, taskId), [wanted, null])
        assert.equal(await count(bench), 1)
        await bench.settle('b', again, 'success')
        assert.deepEqual(await late(bench, taskId), [wanted, null])
        assert.deepEqual(
          (await bench.get(taskId)).attempts.map((attempt) => attempt.outcome),
          ['crashed', 'success'],
        )
      })
    }

    test('is noted once: the first stands', async (bench) => {
      const { taskId, claimed } = await lost(bench)
      for (const type of ['success', 'success', 'failed'] as const) {
        assert.equal((await bench.settle('a', claimed, type)).result, 'stale')
      }
      assert.deepEqual(await late(bench, taskId), ['success'])
      assert.equal(await count(bench), 1)
    })

    test('many at once are counted once', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      const { taskId, claimed } = await lost(bench)
      await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          bench.settle('a', claimed, 'success', T0, {}, n % 2 === 0 ? bench.storage : other),
        ),
      )
      assert.deepEqual(await late(bench, taskId), ['success'])
      assert.equal(await count(bench), 1)
    })

    test('is noted where the task was interrupted for it', async (bench) => {
      const { taskId, claimed } = await lost(bench, false)
      await bench.settle('a', claimed, 'success')
      const task = await bench.get(taskId)
      assert.equal(task.status, 'interrupted')
      assert.equal(task.attempts[0]?.outcome, 'crashed')
      assert.deepEqual(await late(bench, taskId), ['success'])
      assert.equal(await count(bench), 1)
    })

    test('is noted where the task was cancelled by force', async (bench) => {
      const taskId = await bench.add()
      const claimed = await bench.start('a')
      await bench.storage.cancel({ taskIds: [taskId], now: T0 })
      const force = { taskIds: [taskId], force: true, graceMs: SECOND, now: T0 + 9 * SECOND }
      await bench.storage.cancel(force)
      await bench.settle('a', claimed, 'success', T0 + 10 * SECOND)
      const task = await bench.get(taskId)
      assert.equal(task.status, 'cancelled')
      assert.equal(task.attempts[0]?.outcome, 'cancelled')
      assert.deepEqual(await late(bench, taskId), ['success'])
      assert.equal(await count(bench), 1)
    })

    test('each attempt has its own', async (bench) => {
      const { taskId, claimed } = await lost(bench)
      const second = await bench.start('b')
      await bench.recover([{ instanceId: 'b', beat: 0 }])
      await bench.settle('b', second, 'failed')
      assert.deepEqual(await late(bench, taskId), [null, 'error'])
      await bench.settle('a', claimed, 'success')
      assert.deepEqual(await late(bench, taskId), ['success', 'error'])
      assert.equal(await count(bench), 2)
    })

    for (const [outcome] of [...lateOutcomes, [{ type: 'unstarted' }] as const]) {
      test(`a repeat of one's own settlement is none (${outcome.type})`, async (bench) => {
        const taskId = await bench.add({ requeueOnInterrupt: true })
        const claimed = await bench.start('a')
        await bench.settle('a', claimed, outcome)
        await bench.settle('a', claimed, outcome)
        const [again] = await bench.claim('a')
        await bench.settle('a', claimed, outcome)
        if (again) await bench.settle('a', again, 'success')
        await bench.settle('a', claimed, outcome)
        assert((await late(bench, taskId)).every((each) => each === null))
        assert.equal(await count(bench), 0)
      })
    }

    test('a repeat is none where the task was to be cancelled', async (bench) => {
      for (const [outcome] of lateOutcomes) {
        const taskId = await bench.add({ requeueOnInterrupt: true })
        const claimed = await bench.start('a')
        await bench.storage.cancel({ taskIds: [taskId], now: T0 })
        await bench.settle('a', claimed, outcome)
        await bench.settle('a', claimed, outcome)
        assert.deepEqual(await late(bench, taskId), [null], outcome.type)
      }
      assert.equal(await count(bench), 0)
    })

    test('what was never begun is none', async (bench) => {
      const { taskId, claimed } = await lost(bench)
      await bench.settle('a', claimed, 'unstarted')
      assert.deepEqual(await late(bench, taskId), [null])
      assert.equal(await count(bench), 0)
    })

    test('what nobody started is none: another task, fence or owner', async (bench) => {
      const taskId = await bench.add()
      const { fence } = await bench.start('a')
      await bench.join('b')
      await bench.settle('b', { taskId, fence }, 'success')
      await bench.settle('a', { taskId, fence: fence + 1 }, 'success')
      await bench.settle('a', { taskId, fence: fence - 1 }, 'success')
      await bench.settle('a', { taskId: 'unknown', fence }, 'success')
      assert.deepEqual(await late(bench, taskId), [null])
      assert.equal(await count(bench), 0)
      assert.equal((await bench.settle('a', { taskId, fence }, 'success')).result, 'settled')
    })

    test('counts by function, since ever, and what was deleted too', async (bench) => {
      const { claimed } = await lost(bench, false)
      await bench.settle('a', claimed, 'success')
      const counts = async () => {
        const queries = [{}, { funcName: 'work' }, { funcName: 'other' }, { since: T0 + HOUR }]
        const metrics = await bench.storage.metrics({ queries, now: T0 })
        return metrics.map(({ lateSettlements }) => lateSettlements)
      }
      assert.deepEqual(await counts(), [1, 1, 0, 1])
      await bench.storage.prune({ endedBefore: T0 + HOUR, limit: 10 })
      assert.deepEqual(await counts(), [1, 1, 0, 1])
    })
  })
}
