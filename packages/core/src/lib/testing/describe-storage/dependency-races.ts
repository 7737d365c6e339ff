import assert from 'node:assert/strict'
import type { ClaimedTask, TaskStorage } from '../../storage/contract.ts'
import { type Bench, idOf, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** Parents that end at once, and children that come while they do. */
export function dependencyRacesCases({ describe, test, has }: Suite): void {
  const secondOf = (bench: Bench) => (has('shared') ? bench.second() : bench.storage)

  describe('dependencies: races', () => {
    test('two hundred parents, settled at once by two instances, release their child once', async (bench) => {
      const other = await secondOf(bench)
      const parents = Array.from({ length: 200 }, () => bench.task())
      const child = bench.task({ dependsOn: parents.map(({ taskId }) => taskId) })
      await bench.insert([...parents, child])
      await bench.join('a')
      await bench.join('b')
      const mine = await bench.claim('a', T0, { limit: 100 })
      const theirs = await bench.claim('b', T0, { limit: 100 }, other)
      assert.equal(mine.length + theirs.length, 200)
      const turns = await Promise.all([
        ...piecesOf(mine).map((tasks) => settleAll(bench, 'a', tasks, bench.storage)),
        ...piecesOf(theirs).map((tasks) => settleAll(bench, 'b', tasks, other)),
      ])
      assert.equal(turns.flatMap(({ settled }) => settled).length, 200)
      const claims = await Promise.all([
        bench.claim('a'),
        bench.claim('b', T0, {}, other),
        bench.claim('a'),
      ])
      const started = [...turns.flatMap(({ claimed }) => claimed), ...claims.flat()]
      assert.deepEqual(
        started.map(({ taskId }) => taskId),
        [child.taskId],
      )
      const task = await bench.get(child.taskId)
      assert.deepEqual([task.status, task.attemptsMade, task.fence], ['running', 1, 1])
    })

    test('a fan-out and fan-in of a hundred runs to its end', async (bench) => {
      const other = await secondOf(bench)
      const top = bench.task()
      const middle = Array.from({ length: 100 }, () => bench.task({ dependsOn: [top.taskId] }))
      const bottom = bench.task({ dependsOn: middle.map(({ taskId }) => taskId) })
      await bench.insert([top, ...middle, bottom])
      const order = await runAll(bench, other)
      assert.equal(order.length, 102)
      assert.equal(new Set(order).size, 102)
      assert.equal(order[0], top.taskId)
      assert.equal(order.at(-1), bottom.taskId)
    })

    test('a chain of fifty, worked off by two instances, keeps its order', async (bench) => {
      const other = await secondOf(bench)
      const chain = [bench.task()]
      while (chain.length < 50) chain.push(bench.task({ dependsOn: [chain.at(-1)?.taskId ?? ''] }))
      await bench.insert(chain)
      assert.deepEqual(
        await runAll(bench, other),
        chain.map(({ taskId }) => taskId),
      )
    })

    test('a task that fails at once, stored twice at the same time, is stored once', async (bench) => {
      const other = await secondOf(bench)
      for (let round = 0; round < 10; round += 1) {
        const parent = await bench.ended('failed')
        const task = bench.task({ dependsOn: [parent], onParentFailure: 'fail' })
        const inserts = [bench.storage, other, bench.storage].map((storage) =>
          storage.insert({ tasks: [task], now: T0 }),
        )
        const results = (await Promise.all(inserts)).flat()
        assert.equal(results.filter(({ duplicate }) => !duplicate).length, 1)
        assert.equal((await bench.get(task.taskId)).status, 'failed')
      }
    })

    for (const onParentFailure of ['hold', 'fail', 'run'] as const) {
      test(`children stored while their parent ends do not get stuck ('${onParentFailure}')`, async (bench) => {
        const other = await secondOf(bench)
        await bench.join('a')
        for (let round = 0; round < 15; round += 1) {
          const isGood = onParentFailure === 'hold' || round % 2 === 0
          const parent = await bench.add()
          const claimed = await bench.claimOne('a')
          assert.equal(claimed.taskId, parent)
          const children = Array.from({ length: 4 }, () =>
            bench.task({ dependsOn: [parent], onParentFailure, funcName: 'child' }),
          )
          const inserts = children.map((task, n) =>
            (n % 2 === 0 ? other : bench.storage).insert({ tasks: [task], now: T0 }),
          )
          await Promise.all([...inserts, bench.settle('a', claimed, isGood ? 'success' : 'failed')])
          const ran = await bench.run('success', T0, { funcNames: ['child'] })
          const isFailed = !isGood && onParentFailure === 'fail'
          assert.equal(ran.length, isFailed ? 0 : 4, `round ${round}`)
          const statuses = await statusesOf(bench, children)
          assert.deepEqual(statuses, Array(4).fill(isFailed ? 'failed' : 'success'))
        }
      })
    }

    test('two parents that end at once, one well and one badly, decide once', async (bench) => {
      const other = await secondOf(bench)
      await bench.join('a')
      await bench.join('b')
      for (let round = 0; round < 10; round += 1) {
        await bench.insert([bench.task(), bench.task()])
        const [mine] = await bench.claim('a', T0, { limit: 1 })
        const [theirs] = await bench.claim('b', T0, { limit: 1 }, other)
        assert(mine && theirs)
        const dependsOn = [mine.taskId, theirs.taskId]
        const failing = await bench.add({ dependsOn, onParentFailure: 'fail', funcName: 'child' })
        const runs = await bench.add({ dependsOn, onParentFailure: 'run', funcName: 'child' })
        const held = await bench.add({ dependsOn, funcName: 'child' })
        await Promise.all([
          bench.settle('a', mine, 'success'),
          bench.settle('b', theirs, 'failed', T0, {}, other),
        ])
        const claimed = await bench.claim('a', T0, { funcNames: ['child'] })
        assert.deepEqual(
          claimed.map(({ taskId }) => taskId),
          [runs],
        )
        assert.equal((await bench.get(failing)).status, 'failed')
        assert.deepEqual((await bench.get(held)).blockedBy, [theirs.taskId])
      }
      assert.equal((await bench.metrics({ funcName: 'child' })).failed, 10)
    })

    test('a child that is cancelled while it is released ends once', async (bench) => {
      const other = await secondOf(bench)
      await bench.join('a')
      for (let round = 0; round < 15; round += 1) {
        await bench.add()
        const parent = await bench.claimOne('a')
        const child = await bench.add({ dependsOn: [parent.taskId], funcName: 'child' })
        const [cancelled] = await Promise.all([
          other.cancel({ taskIds: [child], now: T0 }),
          bench.settle('a', parent, 'success'),
        ])
        assert.equal(cancelled[0]?.result, 'cancelled')
        assert.equal((await bench.get(child)).status, 'cancelled')
      }
      assert.deepEqual(await bench.run('success', T0, { funcNames: ['child'] }), [])
      assert.equal((await bench.metrics({ funcName: 'child' })).cancelled, 15)
    })

    test('a parent is not deleted while a child is stored under it', async (bench) => {
      const other = await secondOf(bench)
      for (let round = 0; round < 10; round += 1) {
        const parent = await bench.ended('failed', T0 - 1000, { taskId: idOf(0x10000 + round) })
        const child = bench.task({ dependsOn: [parent] })
        const [[result]] = await Promise.all([
          bench.insert([child]),
          other.prune({ endedBefore: T0, limit: 10 }),
        ])
        const isStored = result?.unknownParent === undefined
        assert.equal((await bench.find(parent)) !== null, isStored)
        assert.equal((await bench.find(child.taskId)) !== null, isStored)
        if (isStored) await bench.storage.cancel({ taskIds: [child.taskId], now: T0 })
      }
    })
  })
}

/** Settles tasks as successful, and claims nothing. */
function settleAll(bench: Bench, instanceId: string, tasks: ClaimedTask[], storage: TaskStorage) {
  const settle = tasks.map((task) => bench.settlement(task, 'success'))
  return storage.turn({ instanceId, settle, claim: null, now: T0 })
}

function piecesOf(tasks: ClaimedTask[]): ClaimedTask[][] {
  const size = 13
  const pieces: ClaimedTask[][] = []
  for (let at = 0; at < tasks.length; at += size) pieces.push(tasks.slice(at, at + size))
  return pieces
}

/** Works everything off by two instances at once; ids in the order of their starts. */
async function runAll(bench: Bench, other: TaskStorage): Promise<string[]> {
  await bench.join('a')
  await bench.join('b')
  const order: string[] = []
  for (let round = 0; round < 200; round += 1) {
    const [mine, theirs] = await Promise.all([
      bench.claim('a', T0, { limit: 20 }),
      bench.claim('b', T0, { limit: 20 }, other),
    ])
    if (mine.length + theirs.length === 0) return order
    order.push(...[...mine, ...theirs].map(({ taskId }) => taskId))
    await Promise.all([
      settleAll(bench, 'a', mine, bench.storage),
      settleAll(bench, 'b', theirs, other),
    ])
  }
  assert.fail('there is always more to start')
}

async function statusesOf(bench: Bench, tasks: { taskId: string }[]) {
  const taskIds = tasks.map(({ taskId }) => taskId)
  const found = await bench.storage.get({ taskIds, now: T0 })
  return found.map((task) => task?.status)
}
