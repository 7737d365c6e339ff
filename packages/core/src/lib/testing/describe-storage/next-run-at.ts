import assert from 'node:assert/strict'
import type { ClaimInput } from '../../storage/contract.ts'
import { type Bench, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** Whoever goes by `nextRunAt` neither spins nor sleeps too long. */
export function nextRunAtCases({ describe, test, has }: Suite): void {
  const next = async (bench: Bench, claim: Partial<ClaimInput> = {}, now = T0) =>
    (await bench.turn('a', claim, now)).nextRunAt

  describe('nextRunAt', () => {
    test('blocked tasks do not count, until they are released', async (bench) => {
      await bench.join('a')
      const slow = await bench.add({ funcName: 'slow' })
      const child = await bench.add({ dependsOn: [slow], runAt: T0 - 9 })
      await bench.add({ dependsOn: [slow], runAt: T0 + 5 * SECOND })
      assert.equal(await next(bench), null)
      assert.equal((await bench.beat('a', 1)).nextRunAt, null)
      await bench.run('success', T0, { funcNames: ['slow'] })
      const beat = await bench.beat('a', 2)
      assert(beat.nextRunAt !== null && beat.nextRunAt <= T0)
      assert.equal((await bench.claimOne('a')).taskId, child)
      assert.equal(await next(bench), T0 + 5 * SECOND)
    })

    test('nothing runs twice for being asked for at nextRunAt', async (bench) => {
      await bench.join('a')
      const dueAt = [9, 3, 7, 1].map((seconds) => T0 + seconds * SECOND)
      await bench.insert(dueAt.map((runAt) => bench.task({ runAt })))
      const seen: number[] = []
      for (let now = await next(bench); now !== null; now = await next(bench, {}, now)) {
        seen.push(now)
        assert(seen.length <= dueAt.length, 'asks again and again')
      }
      assert.deepEqual(seen, dueAt.toSorted())
      assert.equal((await bench.metrics()).running, 4)
    })

    if (!has('functions')) return

    test('paused functions do not count, until they are resumed', async (bench) => {
      await bench.join('a')
      await bench.functions.setPaused({ funcNames: ['work'], paused: true, now: T0 })
      await bench.add()
      await bench.add({ runAt: T0 + SECOND })
      assert.equal(await next(bench), null)
      assert.equal((await bench.beat('a', 1)).nextRunAt, null)
      await bench.functions.setPaused({ funcNames: ['work'], paused: false })
      assert.equal((await bench.beat('a', 2)).nextRunAt, T0)
      assert.equal(await next(bench, { limit: 1 }), T0 + SECOND)
    })

    test('what concurrency holds back does not count, but for the beat', async (bench) => {
      await bench.join('a')
      await bench.insert([bench.task(), bench.task(), bench.task()])
      const limits = [{ funcName: 'work', concurrency: 2 }]
      const turn = await bench.turn('a', { limits })
      assert.deepEqual([turn.claimed.length, turn.nextRunAt], [2, null])
      assert.equal(await next(bench, { limits }), null)
      assert.equal((await bench.beat('a', 1)).nextRunAt, T0)
      const [first] = turn.claimed
      assert(first !== undefined)
      await bench.settle('a', first, 'success')
      assert.equal(await next(bench, { limits, limit: 0 }), T0)
    })

    test('what is left though concurrency would allow it counts', async (bench) => {
      await bench.join('a')
      await bench.insert([bench.task(), bench.task(), bench.task()])
      const limits = [{ funcName: 'work', concurrency: 2 }]
      assert.equal(await next(bench, { limits, limit: 1 }), T0)
    })

    test('other functions count beside one that is full', async (bench) => {
      await bench.join('a')
      await bench.insert([bench.task(), bench.task()])
      await bench.add({ funcName: 'other', runAt: T0 + 4 * SECOND })
      const limits = [{ funcName: 'work', concurrency: 1 }]
      const claim = { limits, funcNames: ['work', 'other'] }
      assert.equal(await next(bench, claim), T0 + 4 * SECOND)
    })

    test('what a rate holds back counts from when it lets one start', async (bench) => {
      await bench.join('a')
      await bench.insert([bench.task(), bench.task(), bench.task(), bench.task()])
      const limits = [{ funcName: 'work', rateLimit: { count: 2, perMs: 1000 } }]
      const first = await bench.turn('a', { limits })
      assert.deepEqual([first.claimed.length, first.nextRunAt], [2, T0 + 500])
      const early = await bench.turn('a', { limits }, T0 + 300)
      assert.deepEqual([early.claimed.length, early.nextRunAt], [0, T0 + 500])
      const second = await bench.turn('a', { limits }, T0 + 500)
      assert.deepEqual([second.claimed.length, second.nextRunAt], [1, T0 + 1000])
      const third = await bench.turn('a', { limits }, T0 + 1000)
      assert.deepEqual([third.claimed.length, third.nextRunAt], [1, null])
    })

    test('a task that is due after its rate lets it start counts from then', async (bench) => {
      await bench.join('a')
      await bench.add()
      await bench.add({ runAt: T0 + 5 * SECOND })
      const limits = [{ funcName: 'work', rateLimit: { count: 1, perMs: 1000 } }]
      assert.equal(await next(bench, { limits }), T0 + 5 * SECOND)
    })

    test('what a rate and concurrency hold back does not count', async (bench) => {
      await bench.join('a')
      await bench.insert([bench.task(), bench.task()])
      const rateLimit = { count: 1, perMs: 1000 }
      const limits = [{ funcName: 'work', concurrency: 1, rateLimit }]
      assert.equal(await next(bench, { limits }), null)
    })

    test('a rate whose next start is no whole millisecond does not make one spin', async (bench) => {
      await bench.join('a')
      await bench.insert(Array.from({ length: 9 }, () => bench.task()))
      const limits = [{ funcName: 'work', rateLimit: { count: 3, perMs: 1000 } }]
      let started = (await bench.claim('a', T0, { limits })).length
      for (let now = T0, asked = 0; started < 9; asked += 1) {
        const turn = await bench.turn('a', { limits, limit: 0 }, now)
        assert(turn.nextRunAt !== null && turn.nextRunAt > now)
        now = turn.nextRunAt
        const claimed = await bench.claim('a', now, { limits })
        assert.equal(claimed.length, 1, `asked ${asked} times`)
        started += 1
      }
    })
  })
}
