import assert from 'node:assert/strict'
import { type Bench, HOUR, idOf, MINUTE, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'
import { scheduleOf } from './schedules.ts'

/** What outlives the connection, beside tasks and leases. */
export function durableCases({ describe, test, has }: Suite): void {
  describe('durable', () => {
    test('keeps blocked tasks, and releases them', async (bench) => {
      const parent = await bench.add()
      const slow = await bench.add({ funcName: 'slow' })
      const dependsOn = [slow, parent]
      const waiting = await bench.add({ dependsOn, flowId: 'flow' })
      const failing = await bench.add({ dependsOn, onParentFailure: 'fail' })
      await bench.run()
      await unchanged(bench, [parent, waiting, failing])
      assert.deepEqual((await bench.get(waiting)).blockedBy, [slow])
      await bench.run('failed', T0, { funcNames: ['slow'] })
      assert.equal((await bench.get(failing)).status, 'failed')
      await bench.reopen()
      const retry = await bench.add({ retryOf: slow, funcName: 'slow' })
      await bench.reopen()
      assert.deepEqual((await bench.get(waiting)).dependsOn, [retry, parent])
      await bench.run('success', T0, { funcNames: ['slow'] })
      assert.deepEqual(await bench.run(), [waiting])
    })

    test('keeps what came too late', async (bench) => {
      const id = await bench.add({ requeueOnInterrupt: true })
      const claimed = await bench.start('a')
      await bench.recover([{ instanceId: 'a', beat: 0 }])
      await bench.reopen()
      await bench.settle('a', claimed, 'success')
      await unchanged(bench, [id])
      await bench.settle('a', claimed, 'failed')
      assert.equal((await bench.get(id)).attempts[0]?.lateOutcome, 'success')
      assert.equal((await bench.metrics()).lateSettlements, 1)
    })

    test('keeps the number of an instance’s beat', async (bench) => {
      await bench.join('a')
      await bench.beat('a', 7, T0, { acked: 0 })
      await bench.reopen()
      assert.equal((await bench.beat('a', 8, T0, { acked: 7 })).alive, true)
      assert.equal((await bench.beat('a', 12, T0, { acked: 11 })).alive, false)
    })

    if (has('functions')) {
      test('keeps what is paused', async (bench) => {
        await bench.add()
        await bench.functions.setPaused({ funcNames: ['work', 'b'], paused: true, now: T0 })
        await bench.functions.setPaused({ funcNames: ['b'], paused: false, now: T0 })
        await bench.reopen()
        assert.deepEqual(await bench.functions.paused(), [{ funcName: 'work', pausedAt: T0 }])
        assert.deepEqual(await bench.run(), [])
      })

      test('keeps what counts against a limit', async (bench) => {
        await bench.insert(Array.from({ length: 9 }, () => bench.task()))
        const limits = [
          { funcName: 'work', concurrency: 3, rateLimit: { count: 4, perMs: 40_000 } },
        ]
        await bench.join('a')
        assert.equal((await bench.claim('a', T0, { limits })).length, 3)
        await bench.reopen()
        assert.equal((await bench.claim('a', T0, { limits })).length, 0)
        const rateOnly = limits.map(({ concurrency: _, ...limit }) => limit)
        assert.equal((await bench.claim('a', T0, { limits: rateOnly })).length, 1)
        await bench.reopen()
        assert.equal((await bench.claim('a', T0, { limits: rateOnly })).length, 0)
      })
    }

    if (has('series')) {
      test('keeps how tasks ended, and how long they waited', async (bench) => {
        await bench.ended('success', T0, {}, 100)
        await bench.ended('failed', T0 - HOUR)
        await bench.series.countWaits({ waits: [{ funcName: 'a', at: T0, waitMs: 8, n: 2 }] })
        const query = { since: T0 - 2 * HOUR, until: T0 + HOUR, stepMs: HOUR }
        const before = await bench.series.read(query)
        await bench.reopen()
        assert.deepEqual(await bench.series.read(query), before)
      })
    }

    if (has('schedules')) {
      test('keeps schedules and their ticks', async (bench) => {
        const schedules = [scheduleOf('a'), scheduleOf('b', { overlap: 'skip' }), scheduleOf('c')]
        await bench.schedules.declare({ schedules, now: T0 })
        const changes = [
          { scheduleId: 'a', paused: true },
          { scheduleId: 'c', removed: true as const },
        ]
        await bench.schedules.change({ changes, now: T0 })
        const tick = { scheduleId: 'b', revision: 'r1', dueAt: T0 + HOUR, outcome: 'ran' as const }
        const task = bench.task({ scheduleId: 'b' })
        await bench.schedules.fire({
          ticks: [{ ...tick, task, nextRunAt: T0 + 2 * HOUR }],
          now: T0 + HOUR,
        })
        const { schedulesVersion } = await bench.join('x')
        const before = [await bench.schedules.list(), await ticksOf(bench)]
        await bench.reopen()
        assert.deepEqual([await bench.schedules.list(), await ticksOf(bench)], before)
        assert.equal((await bench.beat('x', 1)).schedulesVersion, schedulesVersion)
        const again = await bench.schedules.declare({ schedules, now: T0 })
        assert.deepEqual(
          again.map(({ result }) => result),
          ['kept', 'kept', 'removed'],
        )
        await bench.schedules.change({ changes: [{ scheduleId: 'a', paused: false }], now: T0 })
        assert.notEqual((await bench.beat('x', 2)).schedulesVersion, schedulesVersion)
        const next = { ...tick, dueAt: T0 + 2 * HOUR, task: bench.task(), nextRunAt: null }
        const [fired] = await bench.schedules.fire({ ticks: [next], now: T0 + 2 * HOUR })
        assert.equal(fired?.result, 'skipped_overlap')
      })
    }

    if (has('audit')) {
      test('keeps audit entries', async (bench) => {
        const entry = { entryId: idOf(1), action: 'x', taskId: null, actor: 'y', detail: { z: 1 } }
        await bench.audit.append({ entries: [entry], now: T0 })
        await bench.reopen()
        await bench.audit.append({ entries: [entry], now: T0 + SECOND })
        const page = await bench.audit.list({ limit: 10 })
        assert.deepEqual(page, { entries: [{ ...entry, at: T0 }], next: null })
      })
    }

    if (has('sessions')) {
      test('keeps login tries and ended sessions', async (bench) => {
        const input = { tries: [{ key: 'k', max: 2 }], windowMs: MINUTE, now: T0 }
        await bench.sessions.countLogin(input)
        await bench.sessions.end({ sessionId: 's', expiresAt: T0 + HOUR, now: T0 })
        await bench.reopen()
        assert.deepEqual(await bench.sessions.ended({ sessionIds: ['s'], now: T0 }), [true])
        assert.equal((await bench.sessions.countLogin(input)).counted, true)
        assert.equal((await bench.sessions.countLogin(input)).counted, false)
      })
    }
  })
}

async function unchanged(bench: Bench, taskIds: string[]): Promise<void> {
  const before = await bench.storage.get({ taskIds, now: T0 })
  await bench.reopen()
  assert.deepEqual(await bench.storage.get({ taskIds, now: T0 }), before)
}

const ticksOf = (bench: Bench) => bench.schedules.ticks({ scheduleId: 'b', limit: 10 })
