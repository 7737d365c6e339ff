import assert from 'node:assert/strict'
import { DEPENDENCY_FAILED, type ParentFailurePolicy } from '../../storage/contract.ts'
import { type Bench, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** How a parent may end badly. */
const endings: Record<string, (bench: Bench, taskId: string) => Promise<unknown>> = {
  failed: (bench) => bench.run('failed'),
  interrupted: (bench) => bench.run('released'),
  cancelled: (bench, taskId) => bench.storage.cancel({ taskIds: [taskId], now: T0 }),
}

/** What a policy makes of a child whose only parent ended badly. */
const outcomes: Record<ParentFailurePolicy, (bench: Bench, child: string) => Promise<void>> = {
  async hold(bench, child) {
    const task = await bench.get(child)
    assert.equal(task.phase, 'blocked')
    assert.deepEqual(task.blockedBy, task.dependsOn)
    assert.deepEqual(await bench.run(), [])
  },
  async fail(bench, child) {
    const task = await bench.get(child)
    assert.equal(task.status, 'failed')
    assert.equal(task.error, DEPENDENCY_FAILED)
    assert.equal(task.endTime, T0)
    assert.equal(task.startTime, null)
    assert.equal(task.durationMs, null)
    assert.equal(task.attemptsMade, 0)
    assert.equal(task.result, null)
    assert.deepEqual(task.attempts, [])
    assert.deepEqual(task.blockedBy, [])
    assert.deepEqual(await bench.run(), [])
  },
  async run(bench, child) {
    const task = await bench.get(child)
    assert.equal(task.phase, 'queued')
    assert.deepEqual(task.blockedBy, [])
    assert.deepEqual(await bench.run(), [child])
  },
}
const policies = Object.keys(outcomes) as ParentFailurePolicy[]

/** Tasks whose parents end otherwise than successfully. */
export function parentFailureCases({ describe, test, has }: Suite): void {
  describe('dependencies: a parent that does not succeed', () => {
    for (const policy of policies) {
      for (const [ending, end] of Object.entries(endings)) {
        test(`'${policy}' after the parent was ${ending}`, async (bench) => {
          const parent = await bench.add()
          const child = await bench.add({ dependsOn: [parent], onParentFailure: policy })
          assert.equal((await bench.get(child)).onParentFailure, policy)
          await end(bench, parent)
          assert.equal((await bench.get(parent)).status, ending)
          await outcomes[policy](bench, child)
        })

        test(`'${policy}' where the parent was ${ending} before`, async (bench) => {
          const parent = await bench.add()
          await end(bench, parent)
          const child = await bench.add({ dependsOn: [parent], onParentFailure: policy })
          await outcomes[policy](bench, child)
        })
      }

      test(`'${policy}' after the parent's process died`, async (bench) => {
        const parent = await bench.add()
        await bench.start('a')
        const child = await bench.add({ dependsOn: [parent], onParentFailure: policy })
        await bench.recover([{ instanceId: 'a', beat: 0 }])
        assert.equal((await bench.get(parent)).status, 'interrupted')
        await outcomes[policy](bench, child)
      })

      test(`'${policy}' after the parent was cancelled by force`, async (bench) => {
        const parent = await bench.add()
        await bench.start('a')
        const child = await bench.add({ dependsOn: [parent], onParentFailure: policy })
        await bench.storage.cancel({ taskIds: [parent], now: T0 })
        assert.equal((await bench.get(child)).phase, 'blocked')
        await bench.storage.cancel({ taskIds: [parent], force: true, graceMs: 0, now: T0 })
        await outcomes[policy](bench, child)
      })
    }

    for (const policy of policies) {
      for (const order of [
        ['good', 'bad'],
        ['bad', 'good'],
      ]) {
        test(`'${policy}' under a diamond whose ${order[0]} arm ends first`, async (bench) => {
          const { good, bad, bottom } = await diamond(bench, policy)
          for (const arm of order) {
            await bench.run(arm === 'good' ? 'success' : 'failed', T0, { funcNames: [arm] })
          }
          const task = await bench.get(bottom)
          assert.deepEqual(task.dependsOn, [good, bad])
          if (policy === 'fail') assert.equal(task.error, DEPENDENCY_FAILED)
          if (policy === 'hold') {
            assert.deepEqual(task.blockedBy, [bad])
            assert.deepEqual(await bench.run(), [])
            const retry = await bench.add({ funcName: 'bad', retryOf: bad })
            await bench.run('success', T0, { funcNames: ['bad'] })
            assert.deepEqual((await bench.get(bottom)).dependsOn, [good, retry])
          }
          assert.deepEqual(await bench.run(), policy === 'fail' ? [] : [bottom])
          assert.deepEqual(await bench.run(), [])
        })
      }
    }

    test('a parent that is requeued after a crash fails nobody', async (bench) => {
      const parent = await bench.add({ requeueOnInterrupt: true })
      await bench.start('a')
      const child = await bench.add({ dependsOn: [parent], onParentFailure: 'fail' })
      await bench.recover([{ instanceId: 'a', beat: 0 }])
      assert.equal((await bench.get(child)).phase, 'blocked')
      assert.deepEqual(await bench.run(), [parent])
      assert.deepEqual(await bench.run(), [child])
    })

    test(`'fail' does not wait for the other parents`, async (bench) => {
      const slow = await bench.add({ funcName: 'slow' })
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [slow, parent], onParentFailure: 'fail' })
      await bench.run('failed')
      const before = await bench.get(child)
      assert.equal(before.status, 'failed')
      await bench.run('success', T0, { funcNames: ['slow'] })
      assert.deepEqual(await bench.get(child), before)
      assert.equal((await bench.metrics()).failed, 2)
    })

    test(`'run' waits until all parents ended`, async (bench) => {
      const slow = await bench.add({ funcName: 'slow' })
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent, slow], onParentFailure: 'run' })
      await bench.run('failed')
      assert.deepEqual((await bench.get(child)).blockedBy, [slow])
      await bench.run('failed', T0, { funcNames: ['slow'] })
      assert.deepEqual(await bench.run(), [child])
    })

    test(`'hold' names those that ended badly and those it still waits for`, async (bench) => {
      const slow = await bench.add({ funcName: 'slow' })
      const good = await bench.ended('success')
      const bad = await bench.add()
      const child = await bench.add({ dependsOn: [bad, good, slow] })
      await bench.run('failed')
      assert.deepEqual((await bench.get(child)).blockedBy.toSorted(), [slow, bad])
      await bench.run('success', T0, { funcNames: ['slow'] })
      const task = await bench.get(child)
      assert.equal(task.phase, 'blocked')
      assert.deepEqual(task.blockedBy, [bad])
      assert.deepEqual(task.dependsOn, [bad, good, slow])
    })

    test('a task that failed for its parent frees its key', async (bench) => {
      const parent = await bench.add()
      await bench.add({ dependsOn: [parent], onParentFailure: 'fail', idempotencyKey: 'k' })
      await bench.run('failed')
      const [result] = await bench.insert([bench.task({ idempotencyKey: 'k' })])
      assert.equal(result?.duplicate, false)
    })

    test('goes on to children of children, each by its own policy', async (bench) => {
      const top = await bench.add()
      const failing = await bench.add({ dependsOn: [top], onParentFailure: 'fail' })
      const below = await bench.add({ dependsOn: [failing], onParentFailure: 'fail' })
      const held = await bench.add({ dependsOn: [failing] })
      const runs = await bench.add({ dependsOn: [failing, below], onParentFailure: 'run' })
      const underHeld = await bench.add({ dependsOn: [held], onParentFailure: 'fail' })
      await bench.run('failed')
      const taskIds = [top, failing, below, held, runs, underHeld]
      const tasks = await bench.storage.get({ taskIds, now: T0 })
      assert.deepEqual(
        tasks.map((task) => task?.phase),
        ['failed', 'failed', 'failed', 'blocked', 'queued', 'blocked'],
      )
      assert.equal(tasks[2]?.error, DEPENDENCY_FAILED)
      await bench.storage.cancel({ taskIds: [held], now: T0 })
      assert.equal((await bench.get(underHeld)).status, 'failed')
    })

    test('fails a chain of fifty with its first link', async (bench) => {
      const chain = chainOf(bench)
      await bench.insert(chain)
      const [first] = await bench.run('failed')
      assert.equal(first, chain[0]?.taskId)
      const { failed, pending } = await bench.metrics()
      assert.deepEqual({ failed, pending }, { failed: 50, pending: 0 })
    })

    test('fails a chain that is stored under a parent that failed', async (bench) => {
      const parent = await bench.ended('failed')
      const [first, ...rest] = chainOf(bench)
      assert(first !== undefined)
      await bench.insert([{ ...first, dependsOn: [parent], onParentFailure: 'fail' }, ...rest])
      const { failed, pending } = await bench.metrics()
      assert.deepEqual({ failed, pending }, { failed: 51, pending: 0 })
    })

    if (!has('changes')) return

    test('what failed for its parent is in the change feed', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent], onParentFailure: 'fail' })
      const before = await bench.get(child)
      const cursor = await bench.changes.head()
      await bench.storage.cancel({ taskIds: [parent], now: T0 })
      const { taskIds } = await bench.changes.since({ cursor, limit: 10 })
      assert.deepEqual(taskIds.toSorted(), [parent, child])
      assert((await bench.get(child)).rev > before.rev)
    })
  })
}

/** Fifty tasks that each fail with the one before. */
function chainOf(bench: Bench) {
  const chain = [bench.task()]
  while (chain.length < 50) {
    const dependsOn = [chain.at(-1)?.taskId ?? '']
    chain.push(bench.task({ dependsOn, onParentFailure: 'fail' }))
  }
  return chain
}

/** One flow: two tasks after one, and one after both, to which the policy applies. */
async function diamond(bench: Bench, onParentFailure: ParentFailurePolicy) {
  const flowId = 'diamond'
  const top = bench.task({ flowId })
  const good = bench.task({ flowId, funcName: 'good', dependsOn: [top.taskId] })
  const bad = bench.task({ flowId, funcName: 'bad', dependsOn: [top.taskId] })
  const dependsOn = [good.taskId, bad.taskId]
  const bottom = bench.task({ flowId, dependsOn, onParentFailure })
  await bench.insert([top, good, bad, bottom])
  assert.deepEqual(await bench.run(), [top.taskId])
  return { good: good.taskId, bad: bad.taskId, bottom: bottom.taskId }
}
