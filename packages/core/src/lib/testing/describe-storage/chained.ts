import assert from 'node:assert/strict'
import type { NewTask, SettlementOutcome } from '../../storage/contract.ts'
import { type Bench, line, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

const NOT_SUCCESS: SettlementOutcome['type'][] = [
  'retry',
  'failed',
  'cancelled',
  'snoozed',
  'released',
  'unstarted',
]

/** Tasks that follow from a success, stored with it or not at all. */
export function chainedCases({ describe, test, has }: Suite): void {
  describe('turn: chained tasks', () => {
    test('are stored with the success they follow from', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      const chained = [next(bench, { payload: '{"a":1}', tags: { t: 'x' } })]
      const settle = [bench.settlement(claimed, 'success', { result: '7', chained })]
      const { settled, released } = await bench.storage.turn({
        instanceId: 'a',
        settle,
        claim: null,
        now: T0 + 5,
      })
      assert.deepEqual(settled, [{ taskId: id, result: 'settled', status: 'success' }])
      assert.equal(released, true)
      assert.equal((await bench.get(id)).result, '7')
      const task = await bench.get(idsOf(chained)[0] ?? '', T0 + 5)
      assert.deepEqual(
        [task.status, task.phase, task.source, task.payload, task.tags, task.createdAt, task.runAt],
        ['pending', 'queued', 'chained', '{"a":1}', { t: 'x' }, T0 + 5, T0 + 5],
      )
    })

    test('nothing is released where nothing follows', async (bench) => {
      await bench.add()
      const settle = [bench.settlement(await bench.start('a'), 'success', { chained: [] })]
      assert.equal((await bench.turn('a', { settle })).released, false)
    })

    test('go with log lines and children of the task', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent] })
      const claimed = await bench.start('a')
      const chained = [next(bench)]
      const logs = Array.from({ length: 60 }, (_, n) => line(`${n}`))
      const settle = [bench.settlement(claimed, 'success', { chained, logs })]
      const turn = await bench.turn('a', { settle, funcNames: ['work', 'next'] })
      assert.equal((await bench.get(parent)).logCount, 60)
      assert.deepEqual(idsOf(turn.claimed).sort(), [child, ...idsOf(chained)].sort())
    })

    test('keep what any task may have', async (bench) => {
      const claimed = await started(bench, 1)
      const chained = [
        next(bench, { delayMs: 30 * SECOND }),
        next(bench, { runAt: T0 + 60 * SECOND }),
        next(bench, { priority: -1 }),
        next(bench, { priority: 9, trace: 'trace', flowId: 'flow' }),
        next(bench, { priority: 9, group: 'g', executor: 'thread', maxAttempts: 7 }),
      ]
      const settle = claimed.map((task) => bench.settlement(task, 'success', { chained }))
      const turn = await bench.turn('a', { settle, funcNames: ['next'] })
      const ids = idsOf(chained)
      assert.deepEqual(idsOf(turn.claimed), [ids[3], ids[4], ids[2]])
      assert.equal(turn.claimed[0]?.trace, 'trace')
      assert.equal(turn.claimed[1]?.maxAttempts, 7)
      assert.equal(turn.nextRunAt, T0 + 30 * SECOND)
      const [later, last, , third, fourth] = await bench.storage.get({ taskIds: ids, now: T0 })
      assert.deepEqual([later?.phase, later?.runAt], ['scheduled', T0 + 30 * SECOND])
      assert.deepEqual([last?.phase, last?.runAt], ['scheduled', T0 + 60 * SECOND])
      assert.deepEqual([third?.flowId, fourth?.group, fourth?.executor], ['flow', 'g', 'thread'])
    })

    test('can be claimed by the very turn that stores them', async (bench) => {
      const claimed = await started(bench, 3)
      const waiting = await bench.add({ funcName: 'next' })
      const chained = claimed.map(() => [next(bench), next(bench)])
      const settle = claimed.map((task, n) =>
        bench.settlement(task, 'success', { chained: chained[n] ?? [] }),
      )
      const turn = await bench.turn('a', { settle, funcNames: ['next'], limit: 5 })
      assert.deepEqual(idsOf(turn.claimed), [waiting, ...idsOf(chained.flat()).slice(0, 4)])
      assert.equal(turn.nextRunAt, T0)
      assert.deepEqual(idsOf(await bench.claim('a', T0, { funcNames: ['next'] })), [
        ...idsOf(chained.flat()).slice(4),
      ])
    })

    test('are stored of those settlements that count, and of no other', async (bench) => {
      const claimed = await started(bench, 4)
      const chained = claimed.map(() => [next(bench), next(bench)])
      const stale = { taskId: claimed[1]?.taskId ?? '', fence: 99 }
      const settle = claimed.map((task, n) =>
        bench.settlement(n === 1 ? stale : task, n === 2 ? 'failed' : 'success', {
          chained: chained[n] ?? [],
          ...(n === 3 && { logs: [line('with a line')] }),
        }),
      )
      const { settled } = await bench.turn('a', { settle, limit: 0 })
      assert.deepEqual(
        settled.map(({ result }) => result),
        ['settled', 'stale', 'settled', 'settled'],
      )
      assert.deepEqual(
        await Promise.all(chained.map((tasks) => storedOf(bench, tasks))),
        [2, 0, 0, 2],
      )
    })

    test('are stored once when the turn is repeated', async (bench) => {
      const [claimed] = await started(bench, 1)
      assert(claimed)
      const chained = [next(bench), next(bench)]
      const settle = [bench.settlement(claimed, 'success', { chained })]
      await bench.turn('a', { settle, funcNames: ['work'] })
      assert.deepEqual(await bench.run('success', T0, { funcNames: ['next'] }), idsOf(chained))
      const again = await bench.turn('a', { settle: [...settle, ...settle], funcNames: ['work'] })
      assert.deepEqual(
        again.settled.map(({ result }) => result),
        ['stale', 'stale'],
      )
      assert.equal(again.released, false)
      assert.equal((await bench.metrics({ funcName: 'next' })).total, 2)
      assert.deepEqual(await bench.run('success', T0, { funcNames: ['next'] }), [])
    })

    test('an id that is there already is stored once, and keeps nothing from being settled', async (bench) => {
      const known = await bench.ended('success', T0, { payload: '"old"' })
      const [claimed] = await started(bench, 1)
      assert(claimed)
      const fresh = next(bench)
      const chained = [next(bench, { taskId: known, payload: '"new"' }), fresh, fresh]
      const settled = await bench.settle('a', claimed, 'success', T0, { chained })
      assert.equal(settled.result, 'settled')
      assert.deepEqual(
        [(await bench.get(known)).status, (await bench.get(known)).payload],
        ['success', '"old"'],
      )
      assert.equal((await bench.get(fresh.taskId)).status, 'pending')
      assert.equal((await bench.metrics({ funcName: 'next' })).total, 1)
    })

    for (const type of NOT_SUCCESS) {
      test(`are not stored with '${type}'`, async (bench) => {
        const [claimed] = await started(bench, 1)
        assert(claimed)
        const chained = [next(bench)]
        const settle = [bench.settlement(claimed, type, { chained })]
        const { settled, released } = await bench.turn('a', { settle, limit: 0 })
        assert.equal(settled[0]?.result, 'settled')
        assert.equal(released, false)
        assert.equal(await storedOf(bench, chained), 0)
      })
    }

    test('are not stored for an owner whose task was taken', async (bench) => {
      const [first] = await started(bench, 1, { requeueOnInterrupt: true })
      assert(first)
      await bench.recover([{ instanceId: 'a', beat: 0 }])
      const second = await bench.start('b')
      const late = [next(bench)]
      assert.equal(
        (await bench.settle('a', first, 'success', T0, { chained: late })).result,
        'stale',
      )
      assert.equal(await storedOf(bench, late), 0)
      assert.equal((await bench.metrics()).lateSettlements, 1)
      const chained = [next(bench)]
      await bench.settle('b', second, 'success', T0, { chained })
      assert.equal(await storedOf(bench, chained), 1)
    })

    test('a success after a cancel request is a success, with what follows from it', async (bench) => {
      const [claimed] = await started(bench, 1)
      assert(claimed)
      await bench.storage.cancel({ taskIds: [claimed.taskId], now: T0 })
      const chained = [next(bench)]
      const settled = await bench.settle('a', claimed, 'success', T0 + 5, { chained })
      assert.deepEqual(settled, { taskId: claimed.taskId, result: 'settled', status: 'success' })
      assert.equal(await storedOf(bench, chained), 1)
    })

    test('nothing follows from a task that was cancelled by force', async (bench) => {
      const [claimed] = await started(bench, 1)
      assert(claimed)
      const taskIds = [claimed.taskId]
      await bench.storage.cancel({ taskIds, now: T0 })
      await bench.storage.cancel({ taskIds, force: true, graceMs: SECOND, now: T0 + SECOND })
      const chained = [next(bench)]
      const settled = await bench.settle('a', claimed, 'success', T0 + SECOND, { chained })
      assert.equal(settled.result, 'stale')
      assert.equal(await storedOf(bench, chained), 0)
    })

    test('are counted, and limits and pauses hold for them', async (bench) => {
      const claimed = await started(bench, 1)
      if (has('functions')) {
        await bench.functions.setPaused({ funcNames: ['paused'], paused: true, now: T0 })
      }
      const chained = [
        next(bench),
        next(bench),
        ...(has('functions') ? [next(bench, { funcName: 'paused' })] : []),
      ]
      const settle = claimed.map((task) => bench.settlement(task, 'success', { chained }))
      const limits = has('functions') ? [{ funcName: 'next', concurrency: 1 }] : []
      const turn = await bench.turn('a', { settle, funcNames: ['next', 'paused'], limits })
      assert.equal(turn.claimed.length, has('functions') ? 1 : 2)
      const { total, pending, running } = await bench.metrics({ funcName: 'next' })
      assert.deepEqual([total, pending, running], has('functions') ? [2, 1, 1] : [2, 0, 2])
    })

    if (has('changes')) {
      test('are in the feed', async (bench) => {
        const claimed = await started(bench, 2)
        const cursor = await bench.changes.head()
        const chained = claimed.map(() => [next(bench)])
        const settle = claimed.map((task, n) =>
          bench.settlement(task, 'success', { chained: chained[n] ?? [] }),
        )
        await bench.turn('a', { settle, limit: 0 })
        const page = await bench.changes.since({ cursor, limit: 10 })
        const wanted = [...idsOf(claimed), ...idsOf(chained.flat())]
        assert.deepEqual(page.taskIds.toSorted(), wanted.toSorted())
      })
    }

    test('settled by many at once over two connections, are stored once each', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      await bench.join('a')
      for (let round = 0; round < 8; round += 1) {
        await bench.insert([bench.task(), bench.task(), bench.task()])
        const claimed = await bench.claim('a')
        assert.equal(claimed.length, 3)
        // Each try would store tasks of its own, so that none is a duplicate.
        const tries = Array.from({ length: 6 }, () => claimed.map(() => [next(bench), next(bench)]))
        const turns = await Promise.all(
          tries.map((chained, n) =>
            (n % 2 === 0 ? bench.storage : other).turn({
              instanceId: 'a',
              settle: claimed.map((task, k) =>
                bench.settlement(task, 'success', { chained: chained[k] ?? [] }),
              ),
              claim: null,
              now: T0,
            }),
          ),
        )
        const expected = turns.flatMap(({ settled }, n) =>
          settled.flatMap(({ result }, k) =>
            result === 'settled' ? idsOf(tries[n]?.[k] ?? []) : [],
          ),
        )
        assert.equal(expected.length, 6)
        const found = await bench.storage.get({ taskIds: idsOf(tries.flat(2)), now: T0 })
        assert.deepEqual(
          found.flatMap((task) => task?.taskId ?? []),
          expected.toSorted(),
        )
        await bench.run('success', T0, { funcNames: ['next'] })
      }
    })

    test('a success and a forced cancel at once: what follows is stored if it counted', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      await bench.join('a')
      for (let round = 0; round < 12; round += 1) {
        await bench.add()
        const claimed = await bench.claimOne('a')
        const taskIds = [claimed.taskId]
        await bench.storage.cancel({ taskIds, now: T0 })
        const chained = [next(bench)]
        const [settled] = await Promise.all([
          bench.settle('a', claimed, 'success', T0 + SECOND, { chained }),
          other.cancel({ taskIds, force: true, graceMs: 0, now: T0 + SECOND }),
        ])
        const counted = settled.result === 'settled'
        assert.equal((await bench.get(claimed.taskId)).status, counted ? 'success' : 'cancelled')
        assert.equal(await storedOf(bench, chained), counted ? 1 : 0)
      }
    })
  })
}

/** A task as it follows from another. */
function next(bench: Bench, more: Partial<NewTask> = {}): NewTask {
  return bench.task({ funcName: 'next', source: 'chained', ...more })
}

/** Tasks that run in the name of 'a'. */
async function started(bench: Bench, count: number, more: Partial<NewTask> = {}) {
  await bench.insert(Array.from({ length: count }, () => bench.task(more)))
  await bench.join('a')
  const claimed = await bench.claim('a')
  assert.equal(claimed.length, count)
  return claimed
}

const idsOf = (tasks: { taskId: string }[]) => tasks.map(({ taskId }) => taskId)

async function storedOf(bench: Bench, tasks: NewTask[]): Promise<number> {
  const found = await bench.storage.get({ taskIds: idsOf(tasks) })
  return found.filter((task) => task !== null).length
}
