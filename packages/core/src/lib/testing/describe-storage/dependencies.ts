import assert from 'node:assert/strict'
import type { Settlement } from '../../storage/contract.ts'
import { type Bench, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** Tasks that wait for others, as long as all goes well. */
export function dependenciesCases({ describe, test, has }: Suite): void {
  describe('dependencies', () => {
    test('a task is blocked while a parent has not ended', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent] })
      const task = await bench.get(child)
      assert.equal(task.status, 'pending')
      assert.equal(task.phase, 'blocked')
      assert.deepEqual(task.dependsOn, [parent])
      assert.deepEqual(task.blockedBy, [parent])
      assert.equal(task.onParentFailure, 'hold')
      assert.deepEqual(task.children, [])
      const { children, dependsOn, blockedBy, phase } = await bench.get(parent)
      assert.deepEqual(
        { children, dependsOn, blockedBy, phase },
        {
          children: [child],
          dependsOn: [],
          blockedBy: [],
          phase: 'queued',
        },
      )
    })

    test('lists, counts and filters blocked tasks as such', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent] })
      const later = await bench.add({ dependsOn: [parent], runAt: T0 + SECOND })
      const find = async (phase: 'blocked' | 'queued' | 'scheduled') => {
        const { tasks } = await bench.storage.list({
          filter: { phase: [phase] },
          limit: 9,
          now: T0,
        })
        return tasks
      }
      const blocked = await find('blocked')
      assert.deepEqual(ids(blocked), [later, child])
      assert.deepEqual(blocked[1]?.blockedBy, [parent])
      assert.deepEqual(ids(await find('queued')), [parent])
      assert.deepEqual(ids(await find('scheduled')), [])
      const metrics = await bench.metrics()
      assert.deepEqual([metrics.pending, metrics.blocked, metrics.queued], [3, 2, 1])
      assert.equal(metrics.scheduled, 0)
    })

    test('a blocked task is never claimed, whatever its priority', async (bench) => {
      const parent = await bench.add()
      await bench.add({ dependsOn: [parent], priority: 100, runAt: T0 - 9 })
      await bench.join('a')
      assert.equal((await bench.claimOne('a')).taskId, parent)
      assert.equal((await bench.claim('a', T0 + 14 * SECOND)).length, 0)
    })

    test('the success of its parent releases it', async (bench) => {
      await bench.add()
      const claimed = await bench.start('a')
      const child = await bench.add({ dependsOn: [claimed.taskId] })
      const before = await bench.get(child)
      await bench.settle('a', claimed, 'success', T0 + 5)
      const task = await bench.get(child, T0 + 5)
      assert.equal(task.phase, 'queued')
      assert.deepEqual(task.blockedBy, [])
      assert.deepEqual(task.dependsOn, [claimed.taskId])
      assert(task.rev > before.rev)
      const started = await bench.claimOne('a', T0 + 5)
      assert.equal(started.taskId, child)
      assert.deepEqual(started.dependsOn, [claimed.taskId])
    })

    test('a turn that releases a task claims it, or says that it is due', async (bench) => {
      await bench.add()
      const claimed = await bench.start('a')
      const child = await bench.add({ dependsOn: [claimed.taskId] })
      const turn = await bench.turn('a', { settle: [bench.settlement(claimed, 'success')] })
      assert.equal(turn.released, true)
      const isClaimed = turn.claimed.some(({ taskId }) => taskId === child)
      assert(isClaimed || (turn.nextRunAt !== null && turn.nextRunAt <= T0))
      if (!isClaimed) assert.equal((await bench.claimOne('a')).taskId, child)
      assert.equal((await bench.get(child)).status, 'running')
    })

    test('a turn that releases nothing says so', async (bench) => {
      const slow = await bench.add({ funcName: 'slow' })
      await bench.insert([bench.task(), bench.task(), bench.task()])
      await bench.join('a')
      const [first, second, third] = await bench.claim('a')
      assert(first && second && third)
      const child = await bench.add({ dependsOn: [slow, first.taskId] })
      await bench.add({ dependsOn: [second.taskId] })
      const released = async (settle: Settlement[]) =>
        (await bench.storage.turn({ instanceId: 'a', settle, claim: null, now: T0 })).released
      assert.equal(await released([]), false)
      assert.equal(await released([bench.settlement(first, 'success')]), false)
      assert.equal((await bench.get(child)).phase, 'blocked')
      assert.equal(await released([bench.settlement(second, 'failed')]), false)
      assert.equal(await released([bench.settlement(third, 'success')]), false)
    })

    test('waits for all its parents, and changes with each', async (bench) => {
      await bench.insert([bench.task(), bench.task(), bench.task()])
      await bench.join('a')
      const claimed = await bench.claim('a')
      const parents = ids(claimed)
      const child = await bench.add({ dependsOn: parents })
      for (const [n, task] of claimed.entries()) {
        const before = await bench.get(child)
        assert.equal(before.phase, 'blocked')
        assert.deepEqual(before.blockedBy.toSorted(), parents.slice(n))
        await bench.settle('a', task, 'success')
        assert((await bench.get(child)).rev > before.rev)
      }
      assert.equal((await bench.claimOne('a')).taskId, child)
    })

    test('is not blocked by parents that succeeded before', async (bench) => {
      const done = [await bench.ended('success'), await bench.ended('success')]
      const free = await bench.add({ dependsOn: done })
      const open = await bench.add({ funcName: 'other' })
      const blocked = await bench.add({ dependsOn: [...done, open] })
      assert.equal((await bench.get(free)).phase, 'queued')
      assert.deepEqual((await bench.get(blocked)).blockedBy, [open])
      assert.deepEqual((await bench.get(done[0] ?? '')).children, [free, blocked])
      await bench.join('a')
      assert.equal((await bench.claimOne('a')).taskId, free)
    })

    test('a parent may be an earlier task of the same batch', async (bench) => {
      const parent = bench.task()
      const child = bench.task({ dependsOn: [parent.taskId] })
      const grandchild = bench.task({ dependsOn: [parent.taskId, child.taskId] })
      const results = await bench.insert([parent, child, grandchild])
      assert(results.every((result) => !result.duplicate && result.unknownParent === undefined))
      assert.deepEqual(await bench.run(), [parent.taskId])
      assert.deepEqual((await bench.get(grandchild.taskId)).blockedBy, [child.taskId])
      assert.deepEqual(await bench.run(), [child.taskId])
      assert.deepEqual(await bench.run(), [grandchild.taskId])
    })

    test('keeps the order of dependsOn', async (bench) => {
      const parents = [await bench.add(), await bench.add(), await bench.add()]
      const dependsOn = [2, 0, 1].map((n) => parents[n] ?? '')
      const child = await bench.add({ dependsOn })
      assert.deepEqual((await bench.get(child)).dependsOn, dependsOn)
      await bench.run()
      assert.deepEqual((await bench.get(child)).dependsOn, dependsOn)
      const [claimed] = await bench.claim('worker')
      assert.deepEqual(claimed?.dependsOn, dependsOn)
    })

    test('a released task that is due later is scheduled until then', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent], runAt: T0 + 9 * SECOND })
      assert.equal((await bench.get(child, T0 + 10 * SECOND)).phase, 'blocked')
      await bench.run()
      assert.equal((await bench.get(child)).phase, 'scheduled')
      assert.equal((await bench.turn('worker', {})).nextRunAt, T0 + 9 * SECOND)
      assert.equal((await bench.claim('worker')).length, 0)
      const [started] = await bench.claim('worker', T0 + 9 * SECOND)
      assert.equal(started?.taskId, child)
    })

    for (const outcome of ['retry', 'snoozed', 'released', 'unstarted'] as const) {
      test(`stays blocked while a parent goes back to pending (${outcome})`, async (bench) => {
        await bench.add({ requeueOnInterrupt: true })
        const claimed = await bench.start('a')
        const child = await bench.add({ dependsOn: [claimed.taskId] })
        await bench.settle('a', claimed, outcome)
        assert.equal((await bench.get(child)).phase, 'blocked')
        const again = await bench.claimOne('a')
        assert.equal(again.taskId, claimed.taskId)
        await bench.settle('a', again, 'success')
        assert.equal((await bench.get(child)).phase, 'queued')
      })
    }

    test('a parent that is settled twice releases once', async (bench) => {
      const other = await bench.add({ funcName: 'other' })
      await bench.add()
      const claimed = await bench.start('a')
      const child = await bench.add({ dependsOn: [other, claimed.taskId] })
      await bench.settle('a', claimed, 'success')
      await bench.settle('a', claimed, 'success')
      await bench.recover([])
      const task = await bench.get(child)
      assert.equal(task.phase, 'blocked')
      assert.deepEqual(task.blockedBy, [other])
    })

    test('a blocked task is cancelled at once, and nothing wakes it up', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent] })
      const [result] = await bench.storage.cancel({ taskIds: [child], now: T0 })
      assert.deepEqual(result, { taskId: child, result: 'cancelled', status: 'cancelled' })
      assert.deepEqual((await bench.get(child)).blockedBy, [])
      const before = await bench.get(child)
      assert.deepEqual(await bench.run(), [parent])
      assert.deepEqual(await bench.run(), [])
      assert.deepEqual(await bench.get(child), before)
    })

    test('a blocked task is not rescheduled', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent], runAt: T0 + SECOND })
      const before = await bench.get(child)
      const tasks = [{ taskId: child }, { taskId: child, runAt: T0 + 5 * SECOND }]
      const results = await bench.storage.reschedule({ tasks, now: T0 })
      assert.deepEqual(
        results.map(({ result }) => result),
        ['refused', 'refused'],
      )
      assert.deepEqual(await bench.get(child), before)
    })

    test('a blocked task holds its key', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent], idempotencyKey: 'k' })
      const [result] = await bench.insert([bench.task({ idempotencyKey: 'k' })])
      assert.deepEqual(result, { taskId: child, duplicate: true })
    })

    test('names children by id, at most a thousand, and releases all', async (bench) => {
      const parent = await bench.add()
      const children = Array.from({ length: 1200 }, () => bench.task({ dependsOn: [parent] }))
      await bench.insert(children.toReversed())
      assert.deepEqual((await bench.get(parent)).children, ids(children).slice(0, 1000))
      await bench.run()
      for (let n = 0; n < 10; n += 1) await bench.recover([])
      const { blocked, queued } = await bench.metrics()
      assert.deepEqual({ blocked, queued }, { blocked: 0, queued: 1200 })
    })

    if (!has('changes')) return

    test('what is released is in the change feed', async (bench) => {
      await bench.add()
      const claimed = await bench.start('a')
      const child = await bench.add({ dependsOn: [claimed.taskId] })
      const cursor = await bench.changes.head()
      await bench.settle('a', claimed, 'success')
      const { taskIds } = await bench.changes.since({ cursor, limit: 10 })
      assert.deepEqual(taskIds.toSorted(), [claimed.taskId, child])
    })
  })

  describe('dependencies: shapes', () => {
    test('a diamond runs from its top to its bottom', async (bench) => {
      const top = bench.task()
      const left = bench.task({ dependsOn: [top.taskId] })
      const right = bench.task({ dependsOn: [top.taskId] })
      const bottom = bench.task({ dependsOn: [left.taskId, right.taskId] })
      await bench.insert([top, left, right, bottom])
      assert.deepEqual(await bench.run(), [top.taskId])
      assert.deepEqual(await bench.run('success', T0, { limit: 1 }), [left.taskId])
      assert.deepEqual(await bench.run(), [right.taskId])
      assert.deepEqual(await bench.run(), [bottom.taskId])
      assert.equal((await bench.metrics()).success, 4)
    })

    test('a chain of fifty runs link by link', async (bench) => {
      const chain = chainOf(bench, 50)
      await bench.insert(chain)
      for (const { taskId } of chain) assert.deepEqual(await bench.run(), [taskId])
      assert.equal((await bench.metrics()).success, 50)
    })
  })
}

/** Tasks that each depend on the one before. */
function chainOf(bench: Bench, length: number) {
  const chain = [bench.task()]
  while (chain.length < length) {
    chain.push(bench.task({ dependsOn: [chain.at(-1)?.taskId ?? ''] }))
  }
  return chain
}

const ids = (tasks: { taskId: string }[]) => tasks.map(({ taskId }) => taskId)
