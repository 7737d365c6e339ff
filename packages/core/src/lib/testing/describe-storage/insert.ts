import assert from 'node:assert/strict'
import { type Bench, idOf, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function insertCases({ describe, test, has }: Suite): void {
  describe('insert', () => {
    test('stores a task as pending, with everything it was given', async (bench) => {
      const task = bench.task({
        funcName: 'send_email',
        group: 'mail',
        payload: '{"to":["a@example.org"],"n":1.5,"deep":{"x":null}}',
        priority: 7,
        maxAttempts: 3,
        requeueOnInterrupt: true,
        idempotencyKey: 'welcome-1',
        tags: { tenant: 'acme', 'key with space': '' },
        source: 'adhoc',
        executor: 'thread',
      })
      const results = await bench.insert([task])
      assert.deepEqual(results, [{ taskId: task.taskId, duplicate: false }])
      assert.deepEqual(await bench.get(task.taskId), {
        taskId: task.taskId,
        funcName: 'send_email',
        group: 'mail',
        status: 'pending',
        phase: 'queued',
        createdAt: T0,
        runAt: T0,
        startTime: null,
        endTime: null,
        durationMs: null,
        attemptsMade: 0,
        retriesUsed: 0,
        maxAttempts: 3,
        crashes: 0,
        error: null,
        stacktrace: null,
        logTail: [],
        logCount: 0,
        idempotencyKey: 'welcome-1',
        tags: { tenant: 'acme', 'key with space': '' },
        source: 'adhoc',
        retryOf: null,
        flowId: null,
        scheduleId: null,
        blockedBy: [],
        priority: 7,
        executor: 'thread',
        instance: null,
        progress: null,
        cancelRequestedAt: null,
        fence: 0,
        rev: (await bench.get(task.taskId)).rev,
        payload: '{"to":["a@example.org"],"n":1.5,"deep":{"x":null}}',
        result: null,
        requeueOnInterrupt: true,
        attempts: [],
        dependsOn: [],
        onParentFailure: 'hold',
        children: [],
      })
    })

    test('answers a batch in its order', async (bench) => {
      const tasks = [bench.task(), bench.task(), bench.task()].reverse()
      const results = await bench.insert(tasks)
      assert.deepEqual(
        results,
        tasks.map(({ taskId }) => ({ taskId, duplicate: false })),
      )
    })

    test('takes a batch of a thousand', async (bench) => {
      const tasks = Array.from({ length: 1000 }, () => bench.task())
      const results = await bench.insert(tasks)
      assert.equal(results.filter(({ duplicate }) => !duplicate).length, 1000)
      assert.equal((await bench.metrics()).pending, 1000)
    })

    test('a task with runAt is scheduled until then', async (bench) => {
      const id = await bench.add({ runAt: T0 + 5 * SECOND })
      assert.equal((await bench.get(id, T0)).phase, 'scheduled')
      assert.equal((await bench.get(id, T0)).runAt, T0 + 5 * SECOND)
      assert.equal((await bench.get(id, T0 + 5 * SECOND)).phase, 'queued')
    })

    test('a task with delayMs is due that long after the insert', async (bench) => {
      const id = await bench.add({ delayMs: 2 * SECOND })
      assert.equal((await bench.get(id)).runAt, T0 + 2 * SECOND)
      assert.equal((await bench.get(id)).phase, 'scheduled')
    })

    test('runAt stands above delayMs', async (bench) => {
      const id = await bench.add({ runAt: T0 + 9, delayMs: 5 })
      assert.equal((await bench.get(id)).runAt, T0 + 9)
    })

    test('a task due in the past is queued at once', async (bench) => {
      const id = await bench.add({ runAt: T0 - 5 * SECOND })
      const task = await bench.get(id)
      assert.equal(task.phase, 'queued')
      assert.equal(task.runAt, T0 - 5 * SECOND)
    })

    test('tells a priority of none from one of zero', async (bench) => {
      const none = await bench.add({ priority: null })
      const zero = await bench.add({ priority: 0 })
      const below = await bench.add({ priority: -3 })
      assert.equal((await bench.get(none)).priority, null)
      assert.equal((await bench.get(zero)).priority, 0)
      assert.equal((await bench.get(below)).priority, -3)
    })
  })

  describe('insert: ids', () => {
    test('an id that exists is a duplicate and changes nothing', async (bench) => {
      const task = bench.task({ payload: '1' })
      await bench.insert([task])
      const [again] = await bench.insert([{ ...task, payload: '2' }], T0 + SECOND)
      assert.deepEqual(again, { taskId: task.taskId, duplicate: true })
      const stored = await bench.get(task.taskId)
      assert.equal(stored.payload, '1')
      assert.equal(stored.createdAt, T0)
    })

    test('the id of a running or ended task is a duplicate too', async (bench) => {
      const task = bench.task()
      await bench.insert([task])
      const claimed = await bench.start('a')
      assert.equal((await bench.insert([task]))[0]?.duplicate, true)
      await bench.settle('a', claimed, 'success')
      assert.equal((await bench.insert([task]))[0]?.duplicate, true)
      assert.equal((await bench.get(task.taskId)).status, 'success')
      assert.equal((await bench.metrics()).total, 1)
    })

    test('an id twice in one batch is stored once', async (bench) => {
      const task = bench.task()
      const results = await bench.insert([task, task])
      assert.deepEqual(
        results.map(({ duplicate }) => duplicate),
        [false, true],
      )
      assert.equal((await bench.metrics()).total, 1)
    })

    test('repeating a whole batch is safe', async (bench) => {
      const tasks = [bench.task({ idempotencyKey: 'k' }), bench.task(), bench.task()]
      await bench.insert(tasks)
      const again = await bench.insert(tasks)
      assert.deepEqual(
        again,
        tasks.map(({ taskId }) => ({ taskId, duplicate: true })),
      )
    })

    test('repeating a keyed task whose key is free again stores nothing', async (bench) => {
      const id = idOf(1)
      await bench.ended('failed', T0, { taskId: id, idempotencyKey: 'k' })
      const [again] = await bench.insert([bench.task({ taskId: id, idempotencyKey: 'k' })])
      assert.deepEqual(again, { taskId: id, duplicate: true })
      assert.equal((await bench.get(id)).status, 'failed')
    })
  })

  describe('insert: idempotency keys', () => {
    const add = async (bench: Bench, funcName = 'work', key = 'k', payload = '{}') => {
      const task = bench.task({ funcName, idempotencyKey: key, payload })
      const [result] = await bench.insert([task])
      return { id: task.taskId, result }
    }

    test('a held key returns its holder, whatever the payload', async (bench) => {
      const first = await add(bench)
      const second = await add(bench, 'work', 'k', '{"other":true}')
      assert.deepEqual(second.result, { taskId: first.id, duplicate: true })
      assert.equal(await bench.find(second.id), null)
    })

    test('a key belongs to one function', async (bench) => {
      await add(bench, 'work')
      const other = await add(bench, 'other')
      assert.equal(other.result?.duplicate, false)
    })

    test('function and key are not run together', async (bench) => {
      await add(bench, 'a', 'b:c')
      await add(bench, 'a:b', 'c')
      assert.equal((await bench.metrics()).total, 2)
    })

    test('a key is told from one that differs by case, space or accent', async (bench) => {
      for (const key of ['key', 'KEY', 'key ', ' key', 'ké', 'ke\u0301', '']) {
        assert.equal((await add(bench, 'work', key)).result?.duplicate, false, JSON.stringify(key))
      }
    })

    test('a key is held while its task runs and after it succeeded', async (bench) => {
      const first = await add(bench)
      const claimed = await bench.start('a')
      assert.equal((await add(bench)).result?.taskId, first.id)
      await bench.settle('a', claimed, 'success')
      assert.deepEqual((await add(bench)).result, { taskId: first.id, duplicate: true })
    })

    test('a key is held while its task waits for a retry', async (bench) => {
      const first = await add(bench)
      await bench.settle('a', await bench.start('a'), 'retry', T0, { delayMs: SECOND })
      assert.deepEqual((await add(bench)).result, { taskId: first.id, duplicate: true })
    })

    test('a key is free again after its task failed', async (bench) => {
      await add(bench)
      await bench.settle('a', await bench.start('a'), 'failed')
      const second = await add(bench)
      assert.equal(second.result?.duplicate, false)
      assert.deepEqual((await add(bench)).result, { taskId: second.id, duplicate: true })
    })

    test('a key is free again after its task was cancelled', async (bench) => {
      const first = await add(bench)
      await bench.storage.cancel({ taskIds: [first.id], now: T0 })
      assert.equal((await add(bench)).result?.duplicate, false)
    })

    test('a key is free again after its task was interrupted', async (bench) => {
      await add(bench)
      await bench.settle('a', await bench.start('a'), 'released')
      assert.equal((await add(bench)).result?.duplicate, false)
    })

    test('a key is free again after its task was recovered as interrupted', async (bench) => {
      await add(bench)
      await bench.start('a')
      await bench.recover([{ instanceId: 'a', beat: 0 }])
      assert.equal((await add(bench)).result?.duplicate, false)
    })

    test('a key is free again after its successful task was pruned', async (bench) => {
      await bench.ended('success', T0, { idempotencyKey: 'k' })
      await bench.storage.prune({ endedBefore: T0 + 60 * SECOND, limit: 10 })
      assert.equal((await add(bench)).result?.duplicate, false)
    })

    test('pruning an earlier holder leaves the key with the present one', async (bench) => {
      await bench.ended('failed', T0, { idempotencyKey: 'k' })
      const second = await add(bench)
      await bench.storage.prune({ endedBefore: T0 + 60 * SECOND, limit: 10 })
      assert.deepEqual((await add(bench)).result, { taskId: second.id, duplicate: true })
    })

    test('two inputs of one batch with one key make one task', async (bench) => {
      const [a, b, c] = [
        bench.task({ idempotencyKey: 'k' }),
        bench.task({ idempotencyKey: 'k' }),
        bench.task({ idempotencyKey: 'other' }),
      ]
      const results = await bench.insert([a, b, c])
      assert.deepEqual(results, [
        { taskId: a.taskId, duplicate: false },
        { taskId: a.taskId, duplicate: true },
        { taskId: c.taskId, duplicate: false },
      ])
    })

    test('concurrent calls with one key make one task', async (bench) => {
      const tasks = Array.from({ length: 20 }, () => bench.task({ idempotencyKey: 'k' }))
      const results = await Promise.all(tasks.map((task) => bench.insert([task])))
      await agreeOnOne(bench, results.flat())
    })

    if (!has('shared')) return

    test('calls of two connections with one key make one task', async (bench) => {
      const other = await bench.second()
      const tasks = Array.from({ length: 40 }, () => bench.task({ idempotencyKey: 'k' }))
      const results = await Promise.all(
        tasks.map((task, n) =>
          (n % 2 === 0 ? bench.storage : other).insert({ tasks: [task], now: T0 }),
        ),
      )
      await agreeOnOne(bench, results.flat())
    })
  })
}

async function agreeOnOne(
  bench: Bench,
  results: { taskId: string; duplicate: boolean }[],
): Promise<void> {
  assert.equal(new Set(results.map(({ taskId }) => taskId)).size, 1)
  assert.equal(results.filter(({ duplicate }) => !duplicate).length, 1)
  assert.equal((await bench.metrics()).total, 1)
}
