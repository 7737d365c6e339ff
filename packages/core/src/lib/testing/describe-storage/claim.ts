import assert from 'node:assert/strict'
import type { NewTask } from '../../storage/contract.ts'
import { type Bench, idOf, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

export function claimCases({ describe, test, has }: Suite): void {
  describe('turn: claiming', () => {
    test('gives what an executor needs to start', async (bench) => {
      const original = await bench.ended('failed')
      const more = { payload: '{"a":1}', tags: { t: 'x' }, maxAttempts: 5, retryOf: original }
      const taskId = await bench.add({ ...more, trace: TRACE })
      await bench.join('a')
      const { claimed, now } = await bench.turn('a', {}, T0 + 7)
      assert.equal(now, T0 + 7)
      assert.deepEqual(claimed, [
        {
          taskId,
          funcName: 'work',
          fence: 1,
          payload: '{"a":1}',
          tags: { t: 'x' },
          runAt: T0,
          attemptsMade: 1,
          maxAttempts: 5,
          crashes: 0,
          logCount: 0,
          dependsOn: [],
          retryOf: original,
          trace: TRACE,
        },
      ])
    })

    test('gives null where nothing was enqueued with it', async (bench) => {
      await bench.add()
      const { retryOf, trace } = await bench.start('a')
      assert.deepEqual({ retryOf, trace }, { retryOf: null, trace: null })
    })

    test('gives each task of a batch its own trace, at each start', async (bench) => {
      const traces = [TRACE, undefined, `${TRACE}\nrojo=00f067aa0ba902b7`, '\ud800\0']
      await bench.insert(traces.map((trace) => bench.task({ trace })))
      await bench.insert([bench.task({ trace: 'alone' })])
      await bench.insert([bench.task({ trace: 'held', idempotencyKey: 'key' })])
      const parent = await bench.ended('success', T0 - SECOND)
      await bench.insert([bench.task({ trace: 'child', dependsOn: [parent] })])
      await bench.join('a')
      const wanted = [...traces, 'alone', 'held', 'child'].map((trace) => trace ?? null)
      const first = await bench.claim('a')
      assert.deepEqual(
        first.map(({ trace }) => trace),
        wanted,
      )
      const settle = first.map((task) => bench.settlement(task, 'retry'))
      const again = await bench.turn('a', { settle })
      assert.deepEqual(
        again.claimed.map(({ trace }) => trace),
        wanted,
      )
    })

    test('makes the task running, in the name of the instance', async (bench) => {
      const id = await bench.add()
      const before = await bench.get(id)
      await bench.join('a')
      await bench.claim('a', T0 + 7)
      const task = await bench.get(id, T0 + 7)
      assert.equal(task.status, 'running')
      assert.equal(task.phase, 'running')
      assert.equal(task.instance, 'a')
      assert.equal(task.fence, 1)
      assert.equal(task.attemptsMade, 1)
      assert.equal(task.retriesUsed, 0)
      assert.equal(task.startTime, T0 + 7)
      assert.equal(task.endTime, null)
      assert.equal(task.durationMs, null)
      assert(task.rev > before.rev)
      assert.deepEqual(task.attempts, [
        {
          attempt: 0,
          claimedAt: T0 + 7,
          startedAt: T0 + 7,
          endedAt: null,
          outcome: null,
          error: null,
          stacktrace: null,
          instance: 'a',
          lateOutcome: null,
        },
      ])
    })

    test('takes a task once', async (bench) => {
      await bench.add()
      await bench.join('a')
      await bench.join('b')
      assert.equal((await bench.claim('a')).length, 1)
      assert.equal((await bench.claim('a')).length, 0)
      assert.equal((await bench.claim('b')).length, 0)
    })

    test('takes as many as the limit, and no more', async (bench) => {
      await bench.insert(Array.from({ length: 5 }, () => bench.task()))
      await bench.join('a')
      assert.equal((await bench.claim('a', T0, { limit: 2 })).length, 2)
      assert.equal((await bench.claim('a', T0, { limit: 0 })).length, 0)
      assert.equal((await bench.claim('a', T0, { limit: 10 })).length, 3)
    })

    test('takes only the functions that are named', async (bench) => {
      await bench.add({ funcName: 'other' })
      const mine = await bench.add({ funcName: 'work' })
      await bench.join('a')
      const claimed = await bench.claim('a')
      assert.deepEqual(
        claimed.map(({ taskId }) => taskId),
        [mine],
      )
      assert.equal((await bench.claim('a', T0, { funcNames: [] })).length, 0)
      assert.equal((await bench.claim('a', T0, { funcNames: ['none', 'other'] })).length, 1)
    })

    test('a function named twice counts once', async (bench) => {
      await bench.add()
      await bench.join('a')
      assert.equal((await bench.claim('a', T0, { funcNames: ['work', 'work'] })).length, 1)
    })

    test('takes nothing before it is due', async (bench) => {
      await bench.add({ runAt: T0 + SECOND })
      await bench.join('a')
      assert.equal((await bench.claim('a', T0 + SECOND - 1)).length, 0)
      assert.equal((await bench.claim('a', T0 + SECOND)).length, 1)
    })

    test('a task due later holds nothing up, whatever its priority', async (bench) => {
      await bench.add({ priority: 10, runAt: T0 + SECOND })
      const due = await bench.add({ priority: -10 })
      await bench.join('a')
      assert.equal((await bench.claimOne('a')).taskId, due)
    })

    test('many functions that nobody runs hold nothing up', async (bench) => {
      await bench.insert(
        Array.from({ length: 500 }, () => bench.task({ funcName: 'stuck', priority: 5 })),
      )
      const mine = await bench.add()
      await bench.join('a')
      assert.equal((await bench.claimOne('a')).taskId, mine)
    })

    test('goes by priority, then by due time, then by id', async (bench) => {
      const wanted = await addInOrder(bench, [
        { priority: 2, runAt: T0 - 1 },
        { priority: 1, runAt: T0 - 9 },
        { priority: 1, runAt: T0 - 5 },
        { priority: null, runAt: T0 - 9 },
        { priority: 0, runAt: T0 - 8 },
        { priority: null, runAt: T0 - 8 },
        { priority: 0, runAt: T0 - 7 },
        { priority: -1, runAt: T0 - 99 },
      ])
      await bench.join('a')
      const claimed = await bench.claim('a')
      assert.deepEqual(
        claimed.map(({ taskId }) => taskId),
        wanted,
      )
    })

    test('goes by that order over all functions, in several turns', async (bench) => {
      const funcNames = ['a', 'b', 'c']
      const wanted = await addInOrder(
        bench,
        Array.from({ length: 120 }, (_, n) => ({
          funcName: funcNames[(n * 7) % 3] ?? 'a',
          priority: n < 40 ? 5 : n < 80 ? null : -5,
          runAt: T0 - 1000 + (n % 40),
        })),
      )
      await bench.join('x')
      const claimed: string[] = []
      for (const limit of [1, 2, 30, 50, 100]) {
        const tasks = await bench.claim('x', T0, { limit, funcNames })
        claimed.push(...tasks.map(({ taskId }) => taskId))
      }
      assert.deepEqual(claimed, wanted)
    })

    test('goes by that order however uneven the backlogs, and knows what is left', async (bench) => {
      const funcNames = Array.from({ length: 30 }, (_, n) => `f${n}`)
      // Half of all are of one function; the others come one after the other, then in runs of nine.
      const tasks = Array.from({ length: 240 }, (_, n) => {
        const other = n < 120 ? n : Math.floor(n / 9)
        const funcName = funcNames[n % 2 === 0 ? 0 : 1 + (other % 29)] ?? 'f0'
        return { funcName, priority: n < 60 ? 1 : null, runAt: T0 - 1_000 + Math.floor(n / 3) }
      })
      const wanted = await addInOrder(bench, tasks)
      await bench.add({ funcName: 'f29', priority: 9, runAt: T0 + SECOND })
      await bench.join('x')
      const claimed: string[] = []
      for (const limit of [1, 3, 10, 10, 11, 50, 100, 200]) {
        const turn = await bench.turn('x', { limit, funcNames })
        claimed.push(...turn.claimed.map(({ taskId }) => taskId))
        const left = tasks.slice(claimed.length).map(({ runAt }) => runAt)
        assert.equal(turn.nextRunAt, Math.min(T0 + SECOND, ...left))
      }
      assert.deepEqual(claimed, wanted)
    })

    test('claims nothing for an instance that never joined', async (bench) => {
      const id = await bench.add()
      assert.equal((await bench.claim('a')).length, 0)
      assert.equal((await bench.get(id)).status, 'pending')
    })

    test('claims nothing once the lease is over, until the next beat', async (bench) => {
      await bench.add()
      await bench.join('a')
      assert.equal((await bench.claim('a', T0 + 15 * SECOND)).length, 0)
      assert.equal((await bench.beat('a', 1, T0 + 16 * SECOND)).alive, true)
      assert.equal((await bench.claim('a', T0 + 16 * SECOND)).length, 1)
    })

    test('claims nothing for an instance that was buried or left', async (bench) => {
      await bench.add()
      await bench.join('a')
      await bench.join('b')
      await bench.recover([{ instanceId: 'a', beat: 0 }])
      await bench.beat('b', 1, T0, { leaving: true })
      assert.equal((await bench.claim('a')).length, 0)
      assert.equal((await bench.claim('b')).length, 0)
    })

    test('says when the next task of these functions is due', async (bench) => {
      await bench.join('a')
      assert.equal((await bench.turn('a', {})).nextRunAt, null)
      await bench.add({ runAt: T0 + 9 * SECOND, priority: 5 })
      await bench.add({ runAt: T0 + 5 * SECOND })
      await bench.add({ runAt: T0 + SECOND, funcName: 'other' })
      assert.equal((await bench.turn('a', {})).nextRunAt, T0 + 5 * SECOND)
      const both = await bench.turn('a', { funcNames: ['other', 'work'] })
      assert.equal(both.nextRunAt, T0 + SECOND)
    })

    test('says that due tasks are left', async (bench) => {
      await bench.add({ runAt: T0 - 3 })
      await bench.add({ runAt: T0 - 2 })
      await bench.join('a')
      const { nextRunAt } = await bench.turn('a', { limit: 1 })
      assert.equal(nextRunAt, T0 - 2)
      assert.equal((await bench.turn('a', { limit: 1 })).nextRunAt, null)
    })

    test('nothing claimed for, nothing said', async (bench) => {
      await bench.add()
      await bench.join('a')
      const turn = await bench.storage.turn({ instanceId: 'a', settle: [], claim: null, now: T0 })
      assert.equal(turn.nextRunAt, null)
      assert.deepEqual(turn.claimed, [])
    })

    test('settles and claims in one turn, and may claim what it just put back', async (bench) => {
      const id = await bench.add()
      const first = await bench.start('a')
      const turn = await bench.turn('a', { settle: [bench.settlement(first, 'retry')] })
      assert.equal(turn.settled[0]?.result, 'settled')
      assert.deepEqual(
        turn.claimed.map(({ taskId, fence, attemptsMade }) => ({ taskId, fence, attemptsMade })),
        [{ taskId: id, fence: first.fence + 1, attemptsMade: 2 }],
      )
    })

    test('concurrent turns share out the tasks', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      await bench.insert(Array.from({ length: 200 }, () => bench.task()))
      await bench.join('a')
      await bench.join('b')
      const turns = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          n % 2 === 0 ? bench.turn('a', { limit: 15 }) : bench.turn('b', { limit: 15 }, T0, other),
        ),
      )
      const claimed = turns.flatMap((turn) => turn.claimed.map(({ taskId }) => taskId))
      assert.equal(claimed.length, 200)
      assert.equal(new Set(claimed).size, 200)
      const mine = await bench.storage.owned({ instanceId: 'a' })
      const theirs = await bench.storage.owned({ instanceId: 'b' })
      assert.equal(mine.length + theirs.length, 200)
    })
  })
}

/** Adds tasks whose claim order is that of the list, in another order. */
async function addInOrder(bench: Bench, wanted: Partial<NewTask>[]): Promise<string[]> {
  const tasks = wanted.map((more, n) => bench.task({ ...more, taskId: idOf(1000 + n) }))
  const mixed = tasks.map((_, n) => tasks[(n * 13 + 5) % tasks.length] as NewTask)
  assert.equal(new Set(mixed).size, tasks.length)
  await bench.insert(mixed)
  return tasks.map(({ taskId }) => taskId)
}
