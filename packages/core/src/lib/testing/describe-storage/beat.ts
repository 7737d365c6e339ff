import assert from 'node:assert/strict'
import { SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

export function beatCases({ describe, test, has }: Suite): void {
  describe('beat', () => {
    test('the first beat joins', async (bench) => {
      const { schedulesVersion, ...result } = await bench.join('a')
      assert.deepEqual(result, {
        alive: true,
        others: [],
        cancels: [],
        owned: 0,
        nextRunAt: null,
        now: T0,
      })
      assert.equal(schedulesVersion !== null, has('schedules'))
    })

    test('later beats keep the lease alive', async (bench) => {
      await bench.join('a')
      for (const n of [1, 2, 7]) {
        assert.equal((await bench.beat('a', n, T0 + n * 10 * SECOND)).alive, true)
      }
      const { others } = await bench.join('b', T0 + 80 * SECOND)
      assert.deepEqual(others, [{ instanceId: 'a', beat: 7, leaseOver: false, gone: false }])
    })

    test('tells of the others, and whose lease is over', async (bench) => {
      await bench.join('a')
      await bench.join('b', T0 + 10 * SECOND)
      const { others } = await bench.join('c', T0 + 20 * SECOND)
      const byId = others.map(({ instanceId, beat, leaseOver }) => [instanceId, beat, leaseOver])
      assert.deepEqual(byId.sort(), [
        ['a', 0, true],
        ['b', 0, false],
      ])
    })

    test('a lease lasts as long as was asked for', async (bench) => {
      await bench.beat('a', 0, T0, { leaseMs: 100 })
      assert.equal((await bench.beat('b', 0, T0 + 99)).others[0]?.leaseOver, false)
      assert.equal((await bench.beat('b', 1, T0 + 101)).others[0]?.leaseOver, true)
    })

    test('an unknown instance has no lease to keep', async (bench) => {
      assert.equal((await bench.beat('a', 3)).alive, false)
      assert.deepEqual((await bench.join('b')).others, [])
    })

    test('a buried instance learns that its lease is lost', async (bench) => {
      await bench.join('a')
      await bench.recover([{ instanceId: 'a', beat: 0 }])
      assert.equal((await bench.beat('a', 1)).alive, false)
      assert.equal((await bench.beat('a', 2)).alive, false)
      assert.equal((await bench.join('a-again')).alive, true)
    })

    test('a lease that ran out is kept if nobody buried it', async (bench) => {
      await bench.join('a')
      assert.equal((await bench.beat('a', 1, T0 + 60 * SECOND)).alive, true)
      const { others } = await bench.join('b', T0 + 61 * SECOND)
      assert.equal(others[0]?.leaseOver, false)
    })

    test('a beat that comes again, or late, is alive and keeps the highest number', async (bench) => {
      await bench.join('a')
      await bench.beat('a', 5, T0 + SECOND)
      assert.equal((await bench.beat('a', 5, T0 + 2 * SECOND)).alive, true)
      assert.equal((await bench.beat('a', 3, T0 + 3 * SECOND)).alive, true)
      assert.equal((await bench.beat('a', 0, T0 + 4 * SECOND)).alive, true)
      const { others } = await bench.join('b', T0 + 5 * SECOND)
      assert.deepEqual(others, [{ instanceId: 'a', beat: 5, leaseOver: false, gone: false }])
    })

    test('every beat that is alive prolongs the lease', async (bench) => {
      await bench.join('a')
      await bench.beat('a', 5, T0 + SECOND)
      await bench.beat('a', 5, T0 + 14 * SECOND)
      assert.equal((await bench.join('b', T0 + 17 * SECOND)).others[0]?.leaseOver, false)
      await bench.beat('a', 4, T0 + 28 * SECOND)
      assert.equal((await bench.beat('b', 1, T0 + 31 * SECOND)).others[0]?.leaseOver, false)
      await bench.add()
      assert.equal((await bench.claim('a', T0 + 42 * SECOND)).length, 1)
    })

    test('joining twice under one id is one instance', async (bench) => {
      await bench.join('a')
      assert.equal((await bench.join('a', T0 + SECOND)).alive, true)
      assert.equal((await bench.join('b')).others.length, 1)
      assert.equal((await bench.beat('a', 1)).alive, true)
    })

    test('a number below the acknowledged one means that the storage went back in time', async (bench) => {
      await bench.join('a')
      await bench.beat('a', 5, T0 + SECOND, { acked: 0 })
      assert.equal((await bench.beat('a', 9, T0 + 10 * SECOND, { acked: 8 })).alive, false)
      const { others } = await bench.join('b', T0 + 17 * SECOND)
      assert.deepEqual(others, [{ instanceId: 'a', beat: 5, leaseOver: true, gone: false }])
    })

    test('a number at or above the acknowledged one is none of that', async (bench) => {
      await bench.join('a')
      await bench.beat('a', 5, T0, { acked: 0 })
      assert.equal((await bench.beat('a', 6, T0, { acked: 5 })).alive, true)
      assert.equal((await bench.beat('a', 7, T0, { acked: 4 })).alive, true)
      // The answer to 7 overtook that to 6.
      assert.equal((await bench.beat('a', 6, T0, { acked: 7 })).alive, true)
    })

    test('a buried instance is not alive, whatever it acknowledges', async (bench) => {
      await bench.join('a')
      await bench.beat('a', 1)
      await bench.recover([{ instanceId: 'a', beat: 1 }])
      for (const acked of [undefined, 0, 1]) {
        assert.equal((await bench.beat('a', 2, T0, { acked })).alive, false)
      }
      assert.deepEqual((await bench.join('b')).others, [])
    })

    test('concurrent beats keep the highest number', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      await bench.join('a')
      const numbers = [3, 9, 1, 7, 2, 8, 4, 6, 5]
      const beats = await Promise.all(
        numbers.map((n) => bench.beat('a', n, T0, {}, n % 2 === 0 ? bench.storage : other)),
      )
      assert(beats.every(({ alive }) => alive))
      assert.equal((await bench.join('b')).others[0]?.beat, 9)
    })

    test('leaving removes the instance and its lease', async (bench) => {
      await bench.add()
      await bench.join('a')
      await bench.beat('a', 1, T0, { leaving: true })
      assert.deepEqual((await bench.join('b')).others, [])
      assert.equal((await bench.beat('a', 2)).alive, false)
      assert.equal((await bench.claim('a')).length, 0)
    })

    test('leaving twice is safe', async (bench) => {
      await bench.join('a')
      await bench.beat('a', 1, T0, { leaving: true })
      await bench.beat('a', 2, T0, { leaving: true })
    })

    test('counts what runs in its name', async (bench) => {
      await bench.insert([bench.task(), bench.task(), bench.task()])
      await bench.join('a')
      await bench.join('b')
      const [first] = await bench.claim('a', T0, { limit: 2 })
      await bench.claim('b')
      assert.equal((await bench.beat('a', 1)).owned, 2)
      assert(first !== undefined)
      await bench.settle('a', first, 'success')
      assert.equal((await bench.beat('a', 2)).owned, 1)
    })

    test('brings cancel requests', async (bench) => {
      const id = await bench.add()
      const { fence } = await bench.start('a')
      await bench.storage.cancel({ taskIds: [id], now: T0 })
      assert.deepEqual((await bench.beat('a', 1)).cancels, [{ taskId: id, fence }])
      assert.deepEqual((await bench.join('b')).cancels, [])
    })

    test('says when the next task that the instance can run is due', async (bench) => {
      await bench.add({ runAt: T0 + 9 * SECOND })
      await bench.add({ runAt: T0 + 4 * SECOND, funcName: 'other' })
      assert.equal((await bench.join('a')).nextRunAt, T0 + 9 * SECOND)
      const b = await bench.beat('b', 0, T0, { funcNames: ['other', 'work'] })
      assert.equal(b.nextRunAt, T0 + 4 * SECOND)
      const c = await bench.beat('c', 0, T0, { funcNames: [] })
      assert.equal(c.nextRunAt, null)
    })

    if (!has('shared')) return

    test('sees instances of another connection, which live', async (bench) => {
      const other = await bench.second()
      await bench.join('a')
      await bench.join('b', T0, other)
      const { others } = await bench.beat('a', 1)
      assert.deepEqual(others, [{ instanceId: 'b', beat: 0, leaseOver: false, gone: false }])
      assert.equal((await bench.beat('b', 1, T0, {}, other)).others[0]?.gone, false)
    })
  })

  describe('owned', () => {
    test('lists what runs in the instance’s name, with its fences', async (bench) => {
      const ids = [await bench.add(), await bench.add(), await bench.add()]
      await bench.join('a')
      await bench.join('b')
      await bench.claim('a', T0, { limit: 2 })
      await bench.claim('b')
      assert.deepEqual(await bench.storage.owned({ instanceId: 'a' }), [
        { taskId: ids[0], fence: 1 },
        { taskId: ids[1], fence: 1 },
      ])
      assert.deepEqual(await bench.storage.owned({ instanceId: 'nobody' }), [])
    })

    test('leaves out what was settled, though it last ran there', async (bench) => {
      await bench.add()
      await bench.add()
      await bench.join('a')
      const [one, two] = await bench.claim('a')
      assert(one && two)
      await bench.settle('a', one, 'success')
      await bench.settle('a', two, 'retry')
      assert.deepEqual(await bench.storage.owned({ instanceId: 'a' }), [])
    })
  })
}
