import assert from 'node:assert/strict'
import { line, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function settleCases({ describe, test }: Suite): void {
  describe('turn: settling', () => {
    test('success ends the task with its result', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      const before = await bench.get(id)
      const settled = await bench.settle('a', claimed, 'success', T0 + 900, {
        durationMs: 250,
        result: '{"ok":true}',
      })
      assert.deepEqual(settled, { taskId: id, result: 'settled', status: 'success' })
      const task = await bench.get(id, T0 + SECOND)
      assert.equal(task.status, 'success')
      assert.equal(task.phase, 'success')
      assert.equal(task.result, '{"ok":true}')
      assert.equal(task.startTime, T0 + 650)
      assert.equal(task.endTime, T0 + 900)
      assert.equal(task.durationMs, 250)
      assert.equal(task.attemptsMade, 1)
      assert.equal(task.error, null)
      assert.equal(task.instance, 'a')
      assert.equal(task.fence, claimed.fence)
      assert(task.rev > before.rev)
      assert.deepEqual(task.attempts, [
        {
          attempt: 0,
          claimedAt: T0,
          startedAt: T0 + 650,
          endedAt: T0 + 900,
          outcome: 'success',
          error: null,
          stacktrace: null,
          instance: 'a',
          lateOutcome: null,
        },
      ])
    })

    test('a success without a result has none', async (bench) => {
      const id = await bench.ended('success')
      assert.equal((await bench.get(id)).result, null)
    })

    for (const cause of ['error', 'timeout'] as const) {
      test(`retry by ${cause} puts the task back, due after its delay`, async (bench) => {
        const id = await bench.add()
        const claimed = await bench.start('a')
        const before = await bench.get(id)
        const settled = await bench.settle('a', claimed, { type: 'retry', cause }, T0 + 500, {
          durationMs: 200,
          delayMs: 3 * SECOND,
          error: 'Boom',
          stacktrace: 'at x',
        })
        assert.deepEqual(settled, { taskId: id, result: 'settled', status: 'pending' })
        const task = await bench.get(id, T0 + 500)
        assert.equal(task.status, 'pending')
        assert.equal(task.phase, 'retrying')
        assert.equal(task.runAt, T0 + 500 + 3 * SECOND)
        assert.equal(task.attemptsMade, 1)
        assert.equal(task.error, 'Boom')
        assert.equal(task.stacktrace, 'at x')
        assert.equal(task.startTime, T0 + 300)
        assert.equal(task.endTime, null)
        assert.equal(task.durationMs, null)
        assert.equal(task.instance, 'a')
        assert(task.rev > before.rev)
        assert.deepEqual(task.attempts, [
          {
            attempt: 0,
            claimedAt: T0,
            startedAt: T0 + 300,
            endedAt: T0 + 500,
            outcome: cause,
            error: 'Boom',
            stacktrace: 'at x',
            instance: 'a',
            lateOutcome: null,
          },
        ])
        assert.equal((await bench.get(id, task.runAt)).phase, 'queued')
      })

      test(`failed by ${cause} ends the task`, async (bench) => {
        const id = await bench.add()
        const claimed = await bench.start('a')
        const settled = await bench.settle('a', claimed, { type: 'failed', cause }, T0 + 9, {
          durationMs: 4,
          error: 'Boom',
          stacktrace: 'at x',
        })
        assert.deepEqual(settled, { taskId: id, result: 'settled', status: 'failed' })
        const task = await bench.get(id)
        assert.equal(task.status, 'failed')
        assert.equal(task.error, 'Boom')
        assert.equal(task.stacktrace, 'at x')
        assert.equal(task.result, null)
        assert.equal(task.durationMs, 4)
        assert.equal(task.attempts.at(-1)?.outcome, cause)
        assert.equal(task.attempts.at(-1)?.error, 'Boom')
      })
    }

    test('an attempt that runs has no error of the one before it', async (bench) => {
      const id = await bench.add({ maxAttempts: 2 })
      await bench.join('a')
      await bench.settle('a', await bench.claimOne('a'), 'retry', T0, { error: 'Boom' })
      await bench.claimOne('a')
      const { attempts } = await bench.get(id)
      assert.deepEqual(
        attempts.map(({ outcome, error, stacktrace }) => [outcome, error, stacktrace]),
        [
          ['error', 'Boom', null],
          [null, null, null],
        ],
      )
    })

    for (const type of ['snoozed', 'released'] as const) {
      test(`${type} into its end, a task has no error of the attempt before`, async (bench) => {
        const id = await bench.add()
        await bench.join('a')
        await bench.settle('a', await bench.claimOne('a'), 'retry', T0, { error: 'Boom' })
        const claimed = await bench.claimOne('a')
        await bench.storage.cancel({ taskIds: [id], now: T0 })
        await bench.settle('a', claimed, type, T0 + 5)
        const { status, error, attempts } = await bench.get(id)
        assert.deepEqual([status, error], ['cancelled', null])
        assert.deepEqual(
          attempts.map((attempt) => [attempt.outcome, attempt.error]),
          [
            ['error', 'Boom'],
            ['cancelled', null],
          ],
        )
      })
    }

    test('attempts are counted and kept, one entry per start', async (bench) => {
      const id = await bench.add({ maxAttempts: 3 })
      await bench.join('a')
      for (const n of [0, 1, 2]) {
        const claimed = await bench.claimOne('a', T0 + n)
        assert.equal(claimed.attemptsMade, n + 1)
        assert.equal(claimed.fence, n + 1)
        const outcome = n === 2 ? 'success' : 'retry'
        await bench.settle('a', claimed, outcome, T0 + n, { error: `error ${n}` })
      }
      const task = await bench.get(id)
      assert.equal(task.attemptsMade, 3)
      assert.equal(task.retriesUsed, 2)
      assert.equal(task.error, null)
      assert.deepEqual(
        task.attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error]),
        [
          [0, 'error', 'error 0'],
          [1, 'error', 'error 1'],
          [2, 'success', null],
        ],
      )
    })

    test('snoozed puts the task back without using up an attempt', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      const settled = await bench.settle('a', claimed, 'snoozed', T0 + 5, { delayMs: SECOND })
      assert.deepEqual(settled, { taskId: id, result: 'settled', status: 'pending' })
      const task = await bench.get(id, T0 + 5)
      assert.equal(task.phase, 'scheduled')
      assert.equal(task.runAt, T0 + 5 + SECOND)
      assert.equal(task.attemptsMade, 0)
      assert.equal(task.error, null)
      assert.deepEqual(
        task.attempts.map(({ attempt, outcome }) => [attempt, outcome]),
        [[0, 'snoozed']],
      )
      const again = await bench.claimOne('a', T0 + 5 + SECOND)
      assert.equal(again.attemptsMade, 1)
      assert(again.fence > claimed.fence)
    })

    test('released interrupts a task that is not to be requeued', async (bench) => {
      const id = await bench.add({ requeueOnInterrupt: false })
      const claimed = await bench.start('a')
      const settled = await bench.settle('a', claimed, 'released', T0 + 5)
      assert.deepEqual(settled, { taskId: id, result: 'settled', status: 'interrupted' })
      const task = await bench.get(id)
      assert.equal(task.status, 'interrupted')
      assert.equal(task.endTime, T0 + 5)
      assert.equal(task.attempts.at(-1)?.outcome, 'released')
    })

    test('released puts back a task that is to be requeued, at once', async (bench) => {
      const id = await bench.add({ requeueOnInterrupt: true })
      const claimed = await bench.start('a')
      await bench.settle('a', claimed, 'released', T0 + 5)
      const task = await bench.get(id, T0 + 5)
      assert.equal(task.phase, 'queued')
      assert.equal(task.attemptsMade, 0)
      assert.equal(task.crashes, 0)
      assert.equal(task.attempts[0]?.outcome, 'released')
      await bench.join('b', T0 + 5)
      const again = await bench.claimOne('b', T0 + 5)
      assert(again.fence > claimed.fence)
      assert.equal(again.attemptsMade, 1)
    })

    for (const requeueOnInterrupt of [false, true]) {
      test(`unstarted puts the task back (requeueOnInterrupt: ${requeueOnInterrupt})`, async (bench) => {
        const id = await bench.add({ requeueOnInterrupt })
        const claimed = await bench.start('a')
        const settled = await bench.settle('a', claimed, 'unstarted', T0 + 5)
        assert.deepEqual(settled, { taskId: id, result: 'settled', status: 'pending' })
        const task = await bench.get(id, T0 + 5)
        assert.equal(task.phase, 'queued')
        assert.equal(task.attemptsMade, 0)
        assert((await bench.claimOne('a', T0 + 5)).fence > claimed.fence)
      })
    }

    test('unstarted after a retry leaves what is known of the start before', async (bench) => {
      const id = await bench.add()
      await bench.settle('a', await bench.start('a'), 'retry', T0 + 50, { delayMs: 0 })
      const before = await bench.get(id, T0 + 50)
      const again = await bench.claimOne('a', T0 + 60)
      await bench.settle('a', again, 'unstarted', T0 + 70)
      const task = await bench.get(id, T0 + 70)
      assert.equal(task.startTime, before.startTime)
      assert.equal(task.instance, 'a')
      assert.equal(task.attemptsMade, 1)
      assert.equal(task.attempts.length, 1)
    })

    test('cancelled ends the task as cancelled', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      await bench.storage.cancel({ taskIds: [id], now: T0 })
      const settled = await bench.settle('a', claimed, 'cancelled', T0 + 5)
      assert.deepEqual(settled, { taskId: id, result: 'settled', status: 'cancelled' })
      const task = await bench.get(id)
      assert.equal(task.endTime, T0 + 5)
      assert.equal(task.cancelRequestedAt, T0)
      assert.equal(task.attempts.at(-1)?.outcome, 'cancelled')
    })

    for (const type of ['retry', 'failed', 'released'] as const) {
      test(`${type} of a task that was to be cancelled cancels it`, async (bench) => {
        const id = await bench.add({ requeueOnInterrupt: true })
        const claimed = await bench.start('a')
        await bench.storage.cancel({ taskIds: [id], now: T0 })
        const settled = await bench.settle('a', claimed, type, T0 + 5)
        assert.deepEqual(settled, { taskId: id, result: 'settled', status: 'cancelled' })
        assert.equal((await bench.claim('a', T0 + 60 * SECOND)).length, 0)
      })
    }

    for (const type of ['snoozed', 'unstarted'] as const) {
      test(`${type} of a task that was to be cancelled never starts it again`, async (bench) => {
        const id = await bench.add()
        const claimed = await bench.start('a')
        await bench.storage.cancel({ taskIds: [id], now: T0 })
        await bench.settle('a', claimed, type, T0 + 5)
        assert.equal((await bench.get(id)).status, 'cancelled')
      })
    }

    test('success of a task that was to be cancelled is a success', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      await bench.storage.cancel({ taskIds: [id], now: T0 })
      await bench.settle('a', claimed, 'success', T0 + 5, { result: '1' })
      const task = await bench.get(id)
      assert.equal(task.status, 'success')
      assert.equal(task.cancelRequestedAt, T0)
    })

    test('settles a batch in its order, the good beside the stale', async (bench) => {
      const ids = [await bench.add(), await bench.add(), await bench.add()]
      await bench.join('a')
      const [one, two, three] = await bench.claim('a')
      assert(one && two && three)
      const { settled } = await bench.turn('a', {
        settle: [
          bench.settlement(three, 'success'),
          bench.settlement({ ...two, fence: 99 }, 'success'),
          bench.settlement(one, 'failed'),
          bench.settlement({ taskId: 'unknown', fence: 1 }, 'success'),
        ],
      })
      assert.deepEqual(settled, [
        { taskId: ids[2], result: 'settled', status: 'success' },
        { taskId: ids[1], result: 'stale' },
        { taskId: ids[0], result: 'settled', status: 'failed' },
        { taskId: 'unknown', result: 'stale' },
      ])
    })

    test('commits log lines with the settlement', async (bench) => {
      const id = await bench.add()
      const logs = [line('one', { level: 'warn', stream: 'stderr', at: T0 + 1 }), line('two')]
      await bench.settle('a', await bench.start('a'), 'success', T0 + 5, { logs })
      const task = await bench.get(id)
      assert.equal(task.logCount, 2)
      assert.deepEqual(task.logTail, [
        { n: 1, at: T0 + 1, stream: 'stderr', level: 'warn', text: 'one', attempt: 0 },
        { n: 2, at: T0, stream: 'log', level: 'info', text: 'two', attempt: 0 },
      ])
    })

    test('a claim says how many lines there are already', async (bench) => {
      await bench.add()
      await bench.settle('a', await bench.start('a'), 'retry', T0, { logs: [line('a'), line('b')] })
      assert.equal((await bench.claimOne('a')).logCount, 2)
    })

    test('keeps the newest twenty lines in the tail', async (bench) => {
      const id = await bench.add()
      const logs = Array.from({ length: 50 }, (_, n) => line(`line ${n + 1}`))
      await bench.settle('a', await bench.start('a'), 'success', T0, { logs })
      const task = await bench.get(id)
      assert.equal(task.logCount, 50)
      assert.deepEqual(
        task.logTail.map(({ n, text }) => [n, text]),
        Array.from({ length: 20 }, (_, n) => [n + 31, `line ${n + 31}`]),
      )
    })

    test('hears of cancel requests for what it runs', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      await bench.join('b')
      assert.deepEqual((await bench.turn('a', {})).cancels, [])
      await bench.storage.cancel({ taskIds: [id], now: T0 })
      assert.deepEqual((await bench.turn('a', {})).cancels, [{ taskId: id, fence: claimed.fence }])
      assert.deepEqual((await bench.turn('b', {})).cancels, [])
      const settle = [bench.settlement(claimed, 'cancelled')]
      assert.deepEqual((await bench.turn('a', { settle })).cancels, [])
    })
  })
}
