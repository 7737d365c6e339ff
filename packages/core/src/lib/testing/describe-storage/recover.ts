import assert from 'node:assert/strict'
import { SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function recoverCases({ describe, test, has }: Suite): void {
  describe('recover', () => {
    test('interrupts a task that is not to be requeued', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      const before = await bench.get(id)
      const recovered = await bench.recover([{ instanceId: 'a', beat: 0 }], T0 + 9)
      assert.deepEqual(recovered, [{ taskId: id, funcName: 'work', status: 'interrupted' }])
      const task = await bench.get(id)
      assert.equal(task.status, 'interrupted')
      assert.equal(task.endTime, T0 + 9)
      assert.equal(task.crashes, 1)
      assert.equal(task.attemptsMade, 0)
      assert(task.fence > claimed.fence)
      assert(task.rev > before.rev)
      assert.equal(task.instance, 'a')
      assert.equal(task.attempts.length, 1)
      assert.equal(task.attempts[0]?.outcome, 'crashed')
      assert.equal(task.attempts[0]?.attempt, 0)
    })

    test('requeues at once after the first crash, without using up an attempt', async (bench) => {
      const id = await bench.add({ requeueOnInterrupt: true, maxAttempts: 1 })
      const claimed = await bench.start('a')
      const recovered = await bench.recover([{ instanceId: 'a', beat: 0 }], T0 + 9)
      assert.deepEqual(recovered, [{ taskId: id, funcName: 'work', status: 'pending' }])
      const task = await bench.get(id, T0 + 9)
      assert.equal(task.phase, 'queued')
      assert.equal(task.attemptsMade, 0)
      assert.equal(task.crashes, 1)
      assert.equal(task.endTime, null)
      assert(task.fence > claimed.fence)
      assert.deepEqual(
        task.attempts.map(({ attempt, outcome, endedAt }) => [attempt, outcome, endedAt]),
        [[0, 'crashed', T0 + 9]],
      )
      const again = await bench.start('b', T0 + 9)
      assert.equal(again.crashes, 1)
      assert.equal(again.attemptsMade, 1)
      assert(again.fence > task.fence)
    })

    test('holds back after the second crash, and fails when crashes reach maxCrashes', async (bench) => {
      const id = await bench.add({ requeueOnInterrupt: true })
      const crash = async (instanceId: string, now: number) => {
        await bench.start(instanceId, now)
        await bench.recover([{ instanceId, beat: 0 }], now + 1, { crashDelayMs: 30 * SECOND })
        return bench.get(id, now + 1)
      }
      await crash('a', T0)
      const second = await crash('b', T0 + SECOND)
      assert.equal(second.status, 'pending')
      assert.equal(second.runAt, T0 + SECOND + 1 + 30 * SECOND)
      const third = await crash('c', second.runAt)
      assert.equal(third.status, 'failed')
      assert.equal(third.crashes, 3)
      assert.equal(third.endTime, second.runAt + 1)
      assert.match(third.error ?? '', /\S/)
      assert.equal(third.attempts.length, 3)
      assert(third.attempts.every(({ outcome }) => outcome === 'crashed'))
    })

    test('maxCrashes 1 fails at the first', async (bench) => {
      const id = await bench.add({ requeueOnInterrupt: true })
      await bench.start('a')
      await bench.recover([{ instanceId: 'a', beat: 0 }], T0, { maxCrashes: 1 })
      assert.equal((await bench.get(id)).status, 'failed')
    })

    test('cancels what was to be cancelled', async (bench) => {
      const id = await bench.add({ requeueOnInterrupt: true })
      await bench.start('a')
      await bench.storage.cancel({ taskIds: [id], now: T0 })
      const recovered = await bench.recover([{ instanceId: 'a', beat: 0 }])
      assert.deepEqual(recovered, [{ taskId: id, funcName: 'work', status: 'cancelled' }])
      assert.equal((await bench.get(id)).crashes, 1)
    })

    test('leaves an instance alone that beat since it was judged', async (bench) => {
      const id = await bench.add()
      await bench.start('a')
      await bench.beat('a', 1, T0 + 20 * SECOND)
      const recovered = await bench.recover([{ instanceId: 'a', beat: 0 }], T0 + 21 * SECOND)
      assert.deepEqual(recovered, [])
      assert.equal((await bench.get(id)).status, 'running')
      assert.equal((await bench.beat('a', 2, T0 + 22 * SECOND)).alive, true)
    })

    test('leaves the tasks of the living alone', async (bench) => {
      await bench.add({ requeueOnInterrupt: true })
      await bench.start('dead')
      const theirs = await bench.add()
      await bench.start('alive')
      const recovered = await bench.recover([{ instanceId: 'dead', beat: 0 }])
      assert.equal(recovered.length, 1)
      assert.equal((await bench.get(theirs)).status, 'running')
      // Not even a lease that is over frees them: only a burial does.
      assert.deepEqual(await bench.recover([], T0 + 60 * SECOND), [])
    })

    test('finds running tasks whose owner has no lease at all', async (bench) => {
      const id = await bench.add()
      await bench.start('a')
      await bench.beat('a', 1, T0, { leaving: true })
      const recovered = await bench.recover([])
      assert.deepEqual(recovered, [{ taskId: id, funcName: 'work', status: 'interrupted' }])
    })

    test('twice finds nothing the second time', async (bench) => {
      const id = await bench.add({ requeueOnInterrupt: true })
      await bench.start('a')
      assert.equal((await bench.recover([{ instanceId: 'a', beat: 0 }])).length, 1)
      const before = await bench.get(id)
      assert.deepEqual(await bench.recover([{ instanceId: 'a', beat: 0 }]), [])
      assert.deepEqual(await bench.get(id), before)
    })

    test('an unknown instance is nothing to recover', async (bench) => {
      assert.deepEqual(await bench.recover([{ instanceId: 'nobody', beat: 4 }]), [])
    })

    test('buries several at once', async (bench) => {
      await bench.insert([bench.task(), bench.task(), bench.task()])
      for (const id of ['a', 'b', 'c']) {
        await bench.join(id)
        await bench.claim(id, T0, { limit: 1 })
      }
      const recovered = await bench.recover([
        { instanceId: 'a', beat: 0 },
        { instanceId: 'b', beat: 0 },
      ])
      assert.equal(recovered.length, 2)
      assert.deepEqual(
        (await bench.beat('c', 1)).others.map(({ instanceId }) => instanceId),
        [],
      )
    })

    test('frees at most a thousand a call, and all in the end', async (bench) => {
      await bench.insert(Array.from({ length: 1100 }, () => bench.task()))
      await bench.join('a')
      assert.equal((await bench.claim('a', T0, { limit: 2000 })).length, 1100)
      const first = await bench.recover([{ instanceId: 'a', beat: 0 }])
      assert(first.length <= 1000 && first.length > 0)
      const second = await bench.recover([])
      assert.equal(first.length + second.length, 1100)
      assert.equal((await bench.metrics()).interrupted, 1100)
    })

    test('concurrent calls free each task once', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      await bench.insert(Array.from({ length: 50 }, () => bench.task({ requeueOnInterrupt: true })))
      await bench.join('a')
      await bench.claim('a')
      const dead = [{ instanceId: 'a', beat: 0 }]
      const input = { dead, maxCrashes: 3, crashDelayMs: 0, now: T0 }
      const results = await Promise.all([
        bench.storage.recover(input),
        other.recover(input),
        bench.storage.recover(input),
        other.recover(input),
      ])
      const ids = results.flat().map(({ taskId }) => taskId)
      assert.equal(ids.length, 50)
      assert.equal(new Set(ids).size, 50)
      const { tasks } = await bench.storage.list({ filter: {}, limit: 100, now: T0 })
      assert(tasks.every(({ crashes, fence }) => crashes === 1 && fence === 2))
    })

    test('logs and key of a requeued task stay', async (bench) => {
      const id = await bench.add({ requeueOnInterrupt: true, idempotencyKey: 'k' })
      await bench.start('a')
      await bench.recover([{ instanceId: 'a', beat: 0 }])
      const [result] = await bench.insert([bench.task({ idempotencyKey: 'k' })])
      assert.deepEqual(result, { taskId: id, duplicate: true })
    })
  })
}
