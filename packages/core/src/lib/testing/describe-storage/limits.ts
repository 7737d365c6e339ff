import assert from 'node:assert/strict'
import type { ClaimedTask, ClaimInput } from '../../storage/contract.ts'
import { type Bench, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

const concurrent = (concurrency: number, funcName = 'work'): Partial<ClaimInput> => ({
  limits: [{ funcName, concurrency }],
})
const rated = (count: number, perMs: number, concurrency?: number): Partial<ClaimInput> => ({
  limits: [{ funcName: 'work', rateLimit: { count, perMs }, concurrency }],
})

/** How much of a function runs. */
export function limitsCases({ describe, test, has }: Suite): void {
  const secondOf = (bench: Bench) => (has('shared') ? bench.second() : bench.storage)
  const fill = (bench: Bench, n: number, more = {}) =>
    bench.insert(Array.from({ length: n }, () => bench.task(more)))

  describe('turn: concurrency of a function', () => {
    test('no more run than may, over all instances', async (bench) => {
      await fill(bench, 10)
      await bench.join('a')
      await bench.join('b')
      assert.equal((await bench.claim('a', T0, { ...concurrent(3), limit: 2 })).length, 2)
      const [last] = await bench.claim('b', T0, concurrent(3))
      assert(last !== undefined)
      assert.equal((await bench.claim('a', T0, concurrent(3))).length, 0)
      await bench.settle('b', last, 'success')
      assert.equal((await bench.claim('a', T0, concurrent(3))).length, 1)
      assert.equal((await bench.metrics()).running, 3)
    })

    test('whatever frees a place frees it: every end, a crash, a forced cancel', async (bench) => {
      await fill(bench, 30)
      const free = [
        ...(['success', 'retry', 'failed', 'snoozed', 'released', 'unstarted'] as const).map(
          (type) => (task: ClaimedTask) => bench.settle('a', task, type, T0, { delayMs: SECOND }),
        ),
        async ({ taskId }: ClaimedTask) => {
          await bench.storage.cancel({ taskIds: [taskId], now: T0 })
          await bench.storage.cancel({ taskIds: [taskId], force: true, now: T0 })
        },
        async () => {
          await bench.recover([{ instanceId: 'a', beat: 0 }])
          await bench.join('a')
        },
      ]
      await bench.join('a')
      for (const act of free) {
        const [task, ...more] = await bench.claim('a', T0, concurrent(1))
        assert(task !== undefined && more.length === 0)
        assert.equal((await bench.claim('a', T0, concurrent(1))).length, 0)
        await act(task)
      }
      assert.equal((await bench.claim('a', T0, concurrent(1))).length, 1)
    })

    test('settling and claiming in one turn uses the places that were freed', async (bench) => {
      await fill(bench, 6)
      await bench.join('a')
      const claimed = await bench.claim('a', T0, concurrent(3))
      const settle = claimed.map((task) => bench.settlement(task, 'success'))
      const turn = await bench.turn('a', { ...concurrent(3), settle })
      assert.equal(turn.claimed.length, 3)
    })

    test('several functions each have their own, beside those without', async (bench) => {
      for (const funcName of ['a', 'b']) await fill(bench, 10, { funcName })
      await fill(bench, 10, { funcName: 'free', priority: -1 })
      await bench.join('x')
      const claim: Partial<ClaimInput> = {
        funcNames: ['a', 'b', 'free', 'none'],
        limits: [
          { funcName: 'a', concurrency: 2 },
          { funcName: 'b', concurrency: 4 },
          { funcName: 'none', concurrency: 1 },
        ],
      }
      const claimed = await bench.claim('x', T0, claim)
      assert.deepEqual(counted(claimed), { a: 2, b: 4, free: 10 })
      assert.deepEqual(await bench.claim('x', T0, claim), [])
    })

    test('the order of claims goes over limited functions and others alike', async (bench) => {
      const wanted = [
        bench.task({ funcName: 'a', priority: 3 }),
        bench.task({ funcName: 'free', priority: 2 }),
        bench.task({ funcName: 'b', priority: 1 }),
        bench.task({ funcName: 'a' }),
        bench.task({ funcName: 'free' }),
      ]
      await bench.insert(wanted.toReversed())
      await bench.join('x')
      const claim = {
        funcNames: ['a', 'b', 'free'],
        limits: ['a', 'b'].map((funcName) => ({ funcName, concurrency: 5 })),
      }
      for (const limit of [1, 3, 100]) {
        const claimed = await bench.claim('x', T0, { ...claim, limit })
        const expected = wanted.splice(0, claimed.length).map(({ taskId }) => taskId)
        assert.deepEqual(ids(claimed), expected)
      }
      assert.deepEqual(wanted, [])
    })

    test('a limited function that is full holds nothing up', async (bench) => {
      await fill(bench, 1000, { funcName: 'full', priority: 9 })
      const claim = { ...concurrent(1, 'full'), funcNames: ['full', 'work'] }
      await bench.join('a')
      assert.equal((await bench.claim('a', T0, claim)).length, 1)
      const free = await bench.add()
      assert.deepEqual(ids(await bench.claim('a', T0, claim)), [free])
    })

    test('a new limit counts from the next turn on', async (bench) => {
      await fill(bench, 10)
      await bench.join('a')
      assert.equal((await bench.claim('a', T0, concurrent(5))).length, 5)
      assert.equal((await bench.claim('a', T0, concurrent(2))).length, 0)
      assert.equal((await bench.claim('a', T0, concurrent(7))).length, 2)
      assert.equal((await bench.claim('a')).length, 3)
    })

    test('a limit of none lets nothing start', async (bench) => {
      await fill(bench, 2)
      await bench.join('a')
      assert.deepEqual(await bench.claim('a', T0, concurrent(0)), [])
    })

    test('many turns at once never run more than may', async (bench) => {
      const other = await secondOf(bench)
      await fill(bench, 40, { funcName: 'a' })
      await fill(bench, 40, { funcName: 'b' })
      await fill(bench, 10, { funcName: 'free' })
      const instances = ['i', 'j', 'k']
      for (const instanceId of instances) await bench.join(instanceId)
      const claim = {
        limit: 5,
        funcNames: ['a', 'b', 'free'],
        limits: [
          { funcName: 'a', concurrency: 3 },
          { funcName: 'b', concurrency: 2 },
        ],
      }
      const running: { instanceId: string; task: ClaimedTask }[] = []
      for (let round = 0; round < 15; round += 1) {
        const turns = await Promise.all(
          Array.from({ length: 12 }, async (_, n) => {
            const instanceId = instances[n % 3] ?? 'i'
            const storage = n % 2 === 0 ? bench.storage : other
            const claimed = await bench.claim(instanceId, T0, claim, storage)
            return claimed.map((task) => ({ instanceId, task }))
          }),
        )
        running.push(...turns.flat())
        const { a = 0, b = 0 } = counted(running.map(({ task }) => task))
        assert(a <= 3 && b <= 2, `round ${round}: ${a} and ${b} run`)
        // Half of them end, some before the next turns and some while they run.
        const ending = running.splice(0, Math.ceil(running.length / 2))
        const ends = ending.map(({ instanceId, task }, n) =>
          bench.settle(instanceId, task, 'success', T0, {}, n % 2 === 0 ? other : bench.storage),
        )
        await Promise.all(ends)
      }
      const rest = await bench.claim('i', T0, { ...claim, limit: 100 })
      const left = counted([...running.map(({ task }) => task), ...rest])
      assert.deepEqual([left.a, left.b], [3, 2])
    })
  })

  describe('turn: rate of a function', () => {
    test('starts as many as the bucket holds, then one at a time as it refills', async (bench) => {
      await fill(bench, 10)
      await bench.join('a')
      const claim = async (at: number) => (await bench.claim('a', T0 + at, rated(4, 1000))).length
      assert.equal(await claim(0), 4)
      assert.equal(await claim(0), 0)
      assert.equal(await claim(249), 0)
      assert.equal(await claim(250), 1)
      assert.equal(await claim(499), 0)
      assert.equal(await claim(750), 2)
      assert.equal(await claim(1000), 1)
    })

    test('a rest fills the bucket, and no more than that', async (bench) => {
      await fill(bench, 20)
      await bench.join('a')
      const claim = async (at: number) => (await bench.claim('a', T0 + at, rated(4, 1000))).length
      assert.equal(await claim(0), 4)
      assert.equal(await claim(9 * SECOND), 4)
      assert.equal(await claim(9 * SECOND + 500), 2)
    })

    test('never more than the rate for long', async (bench) => {
      await fill(bench, 100)
      await bench.beat('a', 0, T0, { leaseMs: 60 * SECOND })
      let started = 0
      for (let at = 0; at <= 10_000; at += 100) {
        started += (await bench.claim('a', T0 + at, rated(5, 1000))).length
        assert(started <= 5 + at / 200, `${started} started after ${at} ms`)
      }
      assert.equal(started, 55)
    })

    test('a bucket of one spreads its starts', async (bench) => {
      await fill(bench, 10)
      await bench.join('a')
      const claim = async (at: number) => (await bench.claim('a', T0 + at, rated(1, 500))).length
      assert.deepEqual([await claim(0), await claim(499), await claim(500)], [1, 0, 1])
      assert.deepEqual([await claim(5000), await claim(5000)], [1, 0])
    })

    test('counts over all instances, and a start though it is given back', async (bench) => {
      await fill(bench, 10)
      await bench.join('a')
      await bench.join('b')
      const [task] = await bench.claim('a', T0, { ...rated(3, 1000), limit: 1 })
      assert(task !== undefined)
      await bench.settle('a', task, 'unstarted')
      assert.equal((await bench.claim('b', T0, rated(3, 1000))).length, 2)
      assert.equal((await bench.claim('a', T0, rated(3, 1000))).length, 0)
    })

    test('goes together with concurrency', async (bench) => {
      await fill(bench, 10)
      await bench.join('a')
      const claimed = await bench.claim('a', T0, rated(5, 1000, 2))
      assert.equal(claimed.length, 2)
      const settle = claimed.map((task) => bench.settlement(task, 'success'))
      assert.equal((await bench.turn('a', { ...rated(5, 1000, 3), settle })).claimed.length, 3)
      assert.equal((await bench.claim('a', T0, rated(5, 1000, 9))).length, 0)
    })

    test('a function whose rate is used up holds nothing up', async (bench) => {
      await fill(bench, 500, { priority: 9 })
      const free = await bench.add({ funcName: 'free' })
      await bench.join('a')
      const claim = { ...rated(2, 1000), funcNames: ['work', 'free'], limit: 10 }
      assert.deepEqual(counted(await bench.claim('a', T0, claim)), { work: 2, free: 1 })
      assert.equal((await bench.get(free)).status, 'running')
    })

    test('many turns at once never start more than may', async (bench) => {
      const other = await secondOf(bench)
      await fill(bench, 100)
      await bench.join('a')
      await bench.join('b')
      const claim = { ...rated(10, 10_000), limit: 3 }
      let started = 0
      for (let round = 0; round < 6; round += 1) {
        const now = T0 + round * SECOND
        const turns = await Promise.all(
          Array.from({ length: 10 }, (_, n) =>
            n % 2 === 0 ? bench.claim('a', now, claim) : bench.claim('b', now, claim, other),
          ),
        )
        started += turns.flat().length
        assert(started <= 10 + round, `${started} started by round ${round}`)
      }
    })
  })
}

function counted(tasks: { funcName: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { funcName } of tasks) counts[funcName] = (counts[funcName] ?? 0) + 1
  return counts
}

const ids = (tasks: { taskId: string }[]) => tasks.map(({ taskId }) => taskId)
