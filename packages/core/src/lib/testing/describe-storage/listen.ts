import assert from 'node:assert/strict'
import type { TaskStorage } from '../../storage/contract.ts'
import type { StorageHint } from '../../storage/parts.ts'
import { type Bench, partOf, T0 } from './bench.ts'
import type { Suite } from './harness.ts'
import { scheduleOf } from './schedules.ts'

/** Hints arrive soon; a storage that takes longer may as well have none. */
const SOON_MS = 5_000

/** Hints of what another connection did. */
export function listenCases({ describe, test, has }: Suite): void {
  describe('listen', () => {
    if (!has('shared')) return

    test('tells that tasks became due', async (bench) => {
      await hears(bench, 'work', (other) => other.insert({ tasks: [bench.task()], now: T0 }))
    })

    test('tells that running tasks are to stop', async (bench) => {
      const id = await bench.add()
      await bench.start('a')
      await hears(bench, 'cancels', (other) => other.cancel({ taskIds: [id], now: T0 }))
    })

    if (has('changes')) {
      test('tells that the change feed has news', async (bench) => {
        await bench.add()
        const claimed = await bench.start('a')
        const settle = [bench.settlement(claimed, 'success')]
        const turn = { instanceId: 'a', settle, claim: null, now: T0 }
        await hears(bench, 'changes', (other) => other.turn(turn))
      })
    }

    if (has('schedules')) {
      test('tells that schedules were declared', async (bench) => {
        const input = { schedules: [scheduleOf('s')], now: T0 }
        await hears(bench, 'schedules', (other) => partOf(other, 'schedules').declare(input))
      })

      test('tells that schedules were changed', async (bench) => {
        await bench.schedules.declare({ schedules: [scheduleOf('s')], now: T0 })
        const input = { changes: [{ scheduleId: 's', paused: true }], now: T0 }
        await hears(bench, 'schedules', (other) => partOf(other, 'schedules').change(input))
      })
    }

    test('tells all who listen', async (bench) => {
      const other = await bench.second()
      const ears = [await earOf(bench.storage), await earOf(bench.storage), await earOf(other)]
      const third = await bench.second()
      await third.insert({ tasks: [bench.task()], now: T0 })
      await Promise.all(ears.map((ear) => ear.heard('work')))
      await Promise.all(ears.map((ear) => ear.stop()))
      await third.close()
    })

    test('tells nothing more once it was ended', async (bench) => {
      const other = await bench.second()
      const ended = await earOf(bench.storage)
      const ear = await earOf(bench.storage)
      await ended.stop()
      await other.insert({ tasks: [bench.task()], now: T0 })
      await ear.heard('work')
      await ear.stop()
      assert.deepEqual(ended.hints, [])
    })

    test('closing ends it', async (bench) => {
      const other = await bench.second()
      await earOf(other)
      await other.close()
      await bench.add()
    })
  })
}

/** Asserts that an act over another connection is told here. */
async function hears(
  bench: Bench,
  kind: StorageHint,
  act: (other: TaskStorage) => Promise<unknown>,
): Promise<void> {
  const other = await bench.second()
  const ear = await earOf(bench.storage)
  try {
    await act(other)
    await ear.heard(kind)
  } finally {
    await ear.stop()
  }
}

/** Listens, and waits for what is told. */
async function earOf(storage: TaskStorage) {
  const hints: StorageHint[] = []
  const waiting = new Set<() => void>()
  const stop = await partOf(
    storage,
    'listen',
  )({
    hint(kind) {
      hints.push(kind)
      for (const look of waiting) look()
    },
    up() {},
  })
  const heard = (kind: StorageHint) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!hints.includes(kind)) return
        waiting.delete(look)
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(
        () => reject(new Error(`expected the hint '${kind}', heard '${hints.join(', ')}'`)),
        SOON_MS,
      )
      waiting.add(look)
      look()
    })
  return { hints, heard, stop }
}
