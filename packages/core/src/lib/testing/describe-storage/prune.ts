import assert from 'node:assert/strict'
import { type Bench, idOf, line, MINUTE, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function pruneCases({ describe, test, has }: Suite): void {
  describe('prune', () => {
    test('deletes what ended before, and only that', async (bench) => {
      const old = await bench.ended('success', T0, {}, 10)
      const edge = await bench.ended('failed', T0 + SECOND, {}, 0)
      const young = await bench.ended('success', T0 + 2 * SECOND)
      const result = await bench.storage.prune({ endedBefore: T0 + SECOND, limit: 10 })
      assert.deepEqual(result, { deleted: 1 })
      assert.equal(await bench.find(old), null)
      assert.equal((await bench.get(edge)).status, 'failed')
      assert.equal((await bench.get(young)).status, 'success')
    })

    test('never touches what is pending or running', async (bench) => {
      const running = await bench.add({}, T0 - 60 * MINUTE)
      await bench.join('a', T0 - 60 * MINUTE)
      await bench.claim('a', T0 - 60 * MINUTE)
      const pending = await bench.add({}, T0 - 60 * MINUTE)
      const result = await bench.storage.prune({ endedBefore: T0 + 60 * MINUTE, limit: 10 })
      assert.deepEqual(result, { deleted: 0 })
      assert.equal((await bench.get(running)).status, 'running')
      assert.equal((await bench.get(pending)).status, 'pending')
    })

    test('deletes every final status', async (bench) => {
      await bench.ended('success')
      await bench.ended('failed')
      await bench.ended('released')
      const id = await bench.add()
      await bench.storage.cancel({ taskIds: [id], now: T0 })
      const result = await bench.storage.prune({ endedBefore: T0 + MINUTE, limit: 10 })
      assert.deepEqual(result, { deleted: 4 })
      assert.equal((await bench.storage.list({ filter: {}, limit: 10 })).total, 0)
    })

    test('deletes the oldest first, at most the limit a call', async (bench) => {
      const ids: string[] = []
      for (const n of [3, 1, 4, 0, 2]) {
        ids[n] = await bench.ended('success', T0 + n * SECOND, { priority: n })
      }
      const prune = () => bench.storage.prune({ endedBefore: T0 + MINUTE, limit: 2 })
      assert.deepEqual(await prune(), { deleted: 2 })
      const left = await bench.storage.get({ taskIds: ids })
      assert.deepEqual(
        left.map((task) => task !== null),
        [false, false, true, true, true],
      )
      assert.deepEqual(await prune(), { deleted: 2 })
      assert.deepEqual(await prune(), { deleted: 1 })
      assert.deepEqual(await prune(), { deleted: 0 })
    })

    test('a dry run counts all and deletes nothing', async (bench) => {
      for (let n = 0; n < 3; n += 1) await bench.ended('success')
      const input = { endedBefore: T0 + MINUTE, limit: 1, dryRun: true }
      assert.deepEqual(await bench.storage.prune(input), { deleted: 3 })
      assert.equal((await bench.metrics()).success, 3)
    })

    test('deletes of the functions that are named only, the oldest first', async (bench) => {
      const ids = await endedByTurns(bench)
      const left = async () => statusesOf(bench, ids)
      const input = { endedBefore: T0 + MINUTE, funcNames: ['a', 'b', 'unknown'] }
      assert.deepEqual(await bench.storage.prune({ ...input, limit: 1, dryRun: true }), {
        deleted: 4,
      })
      assert.deepEqual(await bench.storage.prune({ ...input, limit: 3 }), { deleted: 3 })
      assert.deepEqual(await left(), [null, null, 'success', null, 'success', 'success'])
      assert.deepEqual(await bench.storage.prune({ ...input, limit: 3 }), { deleted: 1 })
      assert.deepEqual(await left(), [null, null, 'success', null, null, 'success'])
      assert.deepEqual(await bench.storage.prune({ ...input, limit: 3 }), { deleted: 0 })
    })

    test('never deletes of functions that are excepted', async (bench) => {
      const ids = await endedByTurns(bench)
      const input = { endedBefore: T0 + MINUTE, exceptFuncNames: ['a', 'unknown'], limit: 10 }
      assert.deepEqual(await bench.storage.prune({ ...input, dryRun: true }), { deleted: 4 })
      assert.deepEqual(await bench.storage.prune({ ...input, limit: 2 }), { deleted: 2 })
      assert.deepEqual(await bench.storage.prune(input), { deleted: 2 })
      assert.deepEqual(await statusesOf(bench, ids), ['success', null, null, 'success', null, null])
    })

    test('takes both lists at once, and no name for no task', async (bench) => {
      const ids = await endedByTurns(bench)
      const input = { endedBefore: T0 + MINUTE, limit: 10 }
      const both = { ...input, funcNames: ['a', 'b'], exceptFuncNames: ['b'] }
      assert.deepEqual(await bench.storage.prune({ ...input, funcNames: [] }), { deleted: 0 })
      assert.deepEqual(await bench.storage.prune(both), { deleted: 2 })
      assert.deepEqual(await statusesOf(bench, ids), [
        null,
        'success',
        'success',
        null,
        'success',
        'success',
      ])
      const all = { ...input, exceptFuncNames: [] }
      assert.deepEqual(await bench.storage.prune(all), { deleted: 4 })
    })

    if (has('audit')) {
      test('audit entries go when all may go, not with some functions', async (bench) => {
        const entries = Array.from({ length: 1003 }, (_, n) => ({
          entryId: idOf(n),
          action: 'x',
          taskId: null,
          actor: 'y',
          detail: {},
        }))
        await bench.audit.append({ entries, now: T0 })
        const count = async () => {
          return (await bench.audit.list({ limit: 2000 })).entries.length
        }
        const input = { endedBefore: T0 + MINUTE, limit: 10 }
        await bench.storage.prune({ ...input, funcNames: ['work'] })
        await bench.storage.prune({ ...input, exceptFuncNames: ['work'] })
        await bench.storage.prune({ ...input, exceptFuncNames: [] })
        assert.equal(await count(), 1003)
        await bench.storage.prune(input)
        assert.equal(await count(), 1000)
      })
    }

    test('an id that was deleted may be used again', async (bench) => {
      const id = await bench.ended('failed')
      await bench.storage.prune({ endedBefore: T0 + MINUTE, limit: 10 })
      const [result] = await bench.insert([bench.task({ taskId: id })])
      assert.deepEqual(result, { taskId: id, duplicate: false })
      const task = await bench.get(id)
      assert.deepEqual(task.attempts, [])
      assert.equal(task.logCount, 0)
    })

    test('attempts and logs go with the task', async (bench) => {
      const id = await bench.add()
      const logs = Array.from({ length: 60 }, (_, n) => line(`${n}`))
      await bench.settle('a', await bench.start('a'), 'retry', T0, { logs })
      await bench.settle('a', await bench.claimOne('a'), 'success', T0, { logs })
      await bench.storage.prune({ endedBefore: T0 + MINUTE, limit: 10 })
      await bench.add({ taskId: id })
      assert.deepEqual((await bench.get(id)).attempts, [])
      if (!has('logs')) return
      const page = await bench.logs.read({ taskId: id, limit: 100 })
      assert.deepEqual(page, { entries: [], total: 0, next: null })
    })
  })
}

/** Six tasks of three functions, each a second younger than the one before. */
async function endedByTurns(bench: Bench): Promise<string[]> {
  const ids: string[] = []
  for (const [n, funcName] of ['a', 'b', 'c', 'a', 'b', 'c'].entries()) {
    ids.push(await bench.ended('success', T0 + n * SECOND, { funcName }))
  }
  return ids
}

async function statusesOf(bench: Bench, taskIds: string[]) {
  return (await bench.storage.get({ taskIds })).map((task) => task?.status ?? null)
}
