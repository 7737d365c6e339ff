import assert from 'node:assert/strict'
import { partOf, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** Functions that are paused. */
export function functionsCases({ describe, test, has }: Suite): void {
  describe('functions', () => {
    test('a paused function is not claimed, others are', async (bench) => {
      const paused = await bench.add()
      const other = await bench.add({ funcName: 'other' })
      const set = { funcNames: ['work'], paused: true, now: T0 }
      assert.deepEqual(await bench.functions.setPaused(set), [{ funcName: 'work', changed: true }])
      const later = await bench.add()
      const funcNames = ['work', 'other']
      assert.deepEqual(await bench.run('success', T0, { funcNames }), [other])
      assert.equal((await bench.get(paused)).phase, 'queued')
      assert.equal((await bench.get(later)).phase, 'queued')
    })

    test('runs again once it is resumed, in the order of before', async (bench) => {
      const taskIds = [await bench.add(), await bench.add()]
      await bench.functions.setPaused({ funcNames: ['work'], paused: true, now: T0 })
      taskIds.push(await bench.add())
      taskIds.unshift(await bench.add({ priority: 1 }))
      const resumed = await bench.functions.setPaused({ funcNames: ['work'], paused: false })
      assert.deepEqual(resumed, [{ funcName: 'work', changed: true }])
      assert.deepEqual(await bench.run(), taskIds)
    })

    test('what runs goes on, and what is put back waits', async (bench) => {
      await bench.insert([bench.task(), bench.task()])
      await bench.join('a')
      const [first, second] = await bench.claim('a')
      assert(first && second)
      await bench.functions.setPaused({ funcNames: ['work'], paused: true, now: T0 })
      assert.equal((await bench.settle('a', first, 'success')).result, 'settled')
      assert.equal((await bench.settle('a', second, 'retry')).result, 'settled')
      const turn = await bench.turn('a', {})
      assert.deepEqual([turn.claimed, turn.nextRunAt], [[], null])
    })

    test('lists what is paused by name, since when', async (bench) => {
      assert.deepEqual(await bench.functions.paused(), [])
      await bench.functions.setPaused({ funcNames: ['c', 'a'], paused: true, now: T0 })
      await bench.functions.setPaused({ funcNames: ['b', 'a'], paused: true, now: T0 + SECOND })
      assert.deepEqual(await bench.functions.paused(), [
        { funcName: 'a', pausedAt: T0 },
        { funcName: 'b', pausedAt: T0 + SECOND },
        { funcName: 'c', pausedAt: T0 },
      ])
      await bench.functions.setPaused({ funcNames: ['a', 'c'], paused: false })
      await bench.functions.setPaused({ funcNames: ['a'], paused: true, now: T0 + 9 * SECOND })
      assert.deepEqual(await bench.functions.paused(), [
        { funcName: 'a', pausedAt: T0 + 9 * SECOND },
        { funcName: 'b', pausedAt: T0 + SECOND },
      ])
    })

    test('says for each whether it changed, one named twice too', async (bench) => {
      const set = (paused: boolean, ...funcNames: string[]) =>
        bench.functions.setPaused({ funcNames, paused, now: T0 })
      const changed = async (results: ReturnType<typeof set>) =>
        (await results).map((result) => [result.funcName, result.changed])
      assert.deepEqual(await changed(set(false, 'a')), [['a', false]])
      assert.deepEqual(await changed(set(true, 'b', 'a', 'b')), [
        ['b', true],
        ['a', true],
        ['b', false],
      ])
      assert.deepEqual(await changed(set(true, 'a', 'c')), [
        ['a', false],
        ['c', true],
      ])
      assert.deepEqual(await changed(set(false, 'c', 'c')), [
        ['c', true],
        ['c', false],
      ])
      assert.deepEqual(await set(true), [])
    })

    test('counts and lists of paused tasks are those of others', async (bench) => {
      await bench.add()
      await bench.add({ runAt: T0 + SECOND })
      await bench.functions.setPaused({ funcNames: ['work'], paused: true, now: T0 })
      const { pending, queued, scheduled, oldestQueuedAt } = await bench.metrics()
      assert.deepEqual({ pending, queued, scheduled }, { pending: 2, queued: 1, scheduled: 1 })
      assert.equal(oldestQueuedAt, T0)
    })

    test('a blocked task that is released waits for its function', async (bench) => {
      const parent = await bench.add()
      const child = await bench.add({ dependsOn: [parent], funcName: 'child' })
      await bench.functions.setPaused({ funcNames: ['child'], paused: true, now: T0 })
      const funcNames = ['work', 'child']
      assert.deepEqual(await bench.run('success', T0, { funcNames }), [parent])
      assert.deepEqual(await bench.run('success', T0, { funcNames }), [])
      await bench.functions.setPaused({ funcNames: ['child'], paused: false })
      assert.deepEqual(await bench.run('success', T0, { funcNames }), [child])
    })

    test('a long backlog of a paused function holds nothing up', async (bench) => {
      await bench.insert(
        Array.from({ length: 1000 }, () => bench.task({ funcName: 'stuck', priority: 5 })),
      )
      await bench.functions.setPaused({ funcNames: ['stuck'], paused: true, now: T0 })
      const mine = await bench.add()
      assert.deepEqual(await bench.run('success', T0, { funcNames: ['stuck', 'work'] }), [mine])
      await bench.functions.setPaused({ funcNames: ['stuck'], paused: false })
      const more = { funcNames: ['stuck', 'work'] }
      assert.equal((await bench.run('success', T0, more)).length, 1000)
    })

    test('no claim that begins after pausing resolved starts anything', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      await bench.join('a')
      await bench.join('b')
      for (let round = 0; round < 10; round += 1) {
        await bench.insert(Array.from({ length: 30 }, () => bench.task()))
        const pause = partOf(other, 'functions').setPaused({ funcNames: ['work'], paused: true })
        const racing = Array.from({ length: 4 }, (_, n) =>
          n % 2 === 0
            ? bench.claim('a', T0, { limit: 5 })
            : bench.claim('b', T0, { limit: 5 }, other),
        )
        await pause
        assert.deepEqual(await bench.claim('a'), [])
        assert.deepEqual(await bench.claim('b', T0, {}, other), [])
        await Promise.all(racing)
        await bench.functions.setPaused({ funcNames: ['work'], paused: false })
        await bench.claim('a', T0, { limit: 1000 })
        assert.equal((await bench.metrics()).pending, 0)
      }
    })

    if (!has('shared')) return

    test('holds for all connections', async (bench) => {
      const other = await bench.second()
      await partOf(other, 'functions').setPaused({ funcNames: ['work'], paused: true, now: T0 })
      assert.deepEqual(await bench.functions.paused(), [{ funcName: 'work', pausedAt: T0 }])
      await bench.add()
      assert.deepEqual(await bench.run(), [])
    })
  })
}
