import assert from 'node:assert/strict'
import type { SettlementOutcome } from '../../storage/contract.ts'
import { type Bench, line, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** Only the owner settles, at its fence, and once. */
export function settleFenceCases({ describe, test, has }: Suite): void {
  describe('turn: fencing', () => {
    const outcomes: SettlementOutcome['type'][] = [
      'success',
      'retry',
      'failed',
      'cancelled',
      'snoozed',
      'released',
      'unstarted',
    ]

    for (const type of outcomes) {
      test(`${type} is settled once: the second time is stale`, async (bench) => {
        const id = await bench.add({ requeueOnInterrupt: true })
        const claimed = await bench.start('a')
        const more = { logs: [line('once')], delayMs: SECOND }
        assert.equal((await bench.settle('a', claimed, type, T0, more)).result, 'settled')
        const before = await bench.get(id)
        assert.equal((await bench.settle('a', claimed, type, T0 + 5, more)).result, 'stale')
        assert.deepEqual(await bench.get(id), before)
        assert.equal(before.logCount, 1)
      })
    }

    test('one settlement twice in a batch counts once', async (bench) => {
      await bench.add()
      const claimed = await bench.start('a')
      const settlement = bench.settlement(claimed, 'success')
      const { settled } = await bench.turn('a', { settle: [settlement, settlement] })
      assert.deepEqual(
        settled.map(({ result }) => result),
        ['settled', 'stale'],
      )
      assert.equal((await bench.metrics()).success, 1)
    })

    test('a settlement under an old fence changes nothing', async (bench) => {
      const id = await bench.add()
      const old = await bench.start('a')
      await bench.settle('a', old, 'retry')
      const current = await bench.claimOne('a')
      await staysTheSame(bench, id, async () => {
        const settled = await bench.settle('a', old, 'success', T0, {
          result: '"late"',
          logs: [line('late')],
        })
        assert.deepEqual(settled, { taskId: id, result: 'stale' })
      })
      assert.equal((await bench.settle('a', current, 'success')).result, 'settled')
    })

    test('a settlement by another instance changes nothing', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      await bench.join('b')
      await staysTheSame(bench, id, async () => {
        assert.equal((await bench.settle('b', claimed, 'success')).result, 'stale')
      })
    })

    test('a zombie changes nothing after its task was recovered and runs elsewhere', async (bench) => {
      const id = await bench.add({ requeueOnInterrupt: true })
      const old = await bench.start('a')
      await bench.recover([{ instanceId: 'a', beat: 0 }])
      const current = await bench.start('b')
      await staysTheSame(bench, id, async () => {
        for (const type of outcomes) {
          assert.equal((await bench.settle('a', old, type)).result, 'stale', type)
          assert.equal((await bench.settle('a', current, type)).result, 'stale', type)
        }
      })
    })

    test('a settlement of a pending task changes nothing', async (bench) => {
      const id = await bench.add()
      await bench.join('a')
      assert.equal((await bench.settle('a', { taskId: id, fence: 0 }, 'success')).result, 'stale')
      assert.equal((await bench.get(id)).status, 'pending')
    })

    test('an instance whose lease is over, but not buried, may still settle', async (bench) => {
      const id = await bench.add()
      const claimed = await bench.start('a')
      await bench.settle('a', claimed, 'success', T0 + 60 * SECOND)
      assert.equal((await bench.get(id)).status, 'success')
    })

    test('concurrent settlements of one task: one counts', async (bench) => {
      const other = has('shared') ? await bench.second() : bench.storage
      const id = await bench.add()
      const claimed = await bench.start('a')
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          bench.settle(
            'a',
            claimed,
            n % 3 === 0 ? 'retry' : 'success',
            T0,
            { logs: [line('x')] },
            n % 2 === 0 ? bench.storage : other,
          ),
        ),
      )
      assert.equal(results.filter(({ result }) => result === 'settled').length, 1)
      assert.equal((await bench.get(id)).logCount, 1)
    })
  })
}

async function staysTheSame(bench: Bench, id: string, act: () => Promise<void>): Promise<void> {
  const before = await withoutNotes(bench, id)
  await act()
  assert.deepEqual(await withoutNotes(bench, id), before)
}

/** The task, but for what is noted of settlements that came too late. */
async function withoutNotes(bench: Bench, id: string) {
  const { attempts, rev: _, ...task } = await bench.get(id)
  return { ...task, attempts: attempts.map(({ lateOutcome: __, ...attempt }) => attempt) }
}
