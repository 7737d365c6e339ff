import assert from 'node:assert/strict'
import type { TaskStorage } from '../../storage/contract.ts'
import { memoryStorage } from '../../storage/memory/memory-storage.ts'
import type { HintListener, StorageHint } from '../../storage/parts.ts'
import { describeStorage } from './describe-storage.ts'
import { STORAGE_PARTS, type StorageHarness } from './harness.ts'

/** What a storage with a fault does otherwise than the good one it is made from. */
export type Fault = (good: TaskStorage) => Partial<TaskStorage>

/** Asserts that the suite finds a fault, by a case whose title matches. */
export async function catches(found: RegExp, fault: Fault): Promise<void> {
  const failed = await failures((good) => ({ ...good, ...fault(good) }))
  assert(
    failed.some((title) => found.test(title)),
    `failed only: ${failed.join(', ')}`,
  )
}

/** Runs the whole suite over a storage made from a good one; the titles of cases that failed. */
export async function failures(make: (good: TaskStorage) => TaskStorage): Promise<string[]> {
  const cases: { title: string; run: () => Promise<void> }[] = []
  const harness: StorageHarness = {
    facts: ['shared', 'durable', 'inOrder', ...STORAGE_PARTS.filter((part) => part !== 'standIn')],
    async create() {
      // One memory for all connections, which therefore are shared and outlive each other.
      const storage = make(withHints(memoryStorage()))
      return {
        storage,
        second: async () => ({ ...storage }),
        reopen: async () => ({ ...storage }),
        dispose: () => storage.close(),
      }
    },
  }
  describeStorage('faulty', harness, {
    describe: (_name, define) => define(),
    it: (title, run) => cases.push({ title, run }),
  })
  const failed: string[] = []
  for (const { title, run } of cases) await run().catch(() => failed.push(title))
  return failed
}

/** A storage that tells itself what it did, as a plain object to make others from. */
function withHints(good: TaskStorage): TaskStorage {
  const listeners = new Set<HintListener>()
  const tell = async <Result>(doing: Promise<Result>, ...hints: StorageHint[]) => {
    const result = await doing
    for (const listener of listeners) for (const hint of hints) listener.hint(hint)
    return result
  }
  const { schedules } = good
  return {
    name: good.name,
    ...(good.inOrder && { inOrder: good.inOrder }),
    open: () => good.open(),
    close: () => good.close(),
    insert: (input) => tell(good.insert(input), 'work', 'changes'),
    turn: (input) => tell(good.turn(input), 'changes'),
    beat: (input) => good.beat(input),
    owned: (input) => good.owned(input),
    recover: (input) => tell(good.recover(input), 'work', 'changes'),
    reschedule: (input) => tell(good.reschedule(input), 'work', 'changes'),
    cancel: (input) => tell(good.cancel(input), 'cancels', 'changes'),
    get: (input) => good.get(input),
    list: (input) => good.list(input),
    metrics: (input) => good.metrics(input),
    prune: (input) => tell(good.prune(input), 'changes'),
    ...(good.logs && { logs: good.logs }),
    ...(good.changes && { changes: good.changes }),
    ...(good.instances && { instances: good.instances }),
    ...(good.functions && { functions: good.functions }),
    ...(good.series && { series: good.series }),
    ...(schedules && {
      schedules: {
        declare: (input) => tell(schedules.declare(input), 'schedules'),
        list: (input) => schedules.list(input),
        fire: (input) => tell(schedules.fire(input), 'work', 'changes'),
        change: (input) => tell(schedules.change(input), 'schedules'),
        ticks: (input) => schedules.ticks(input),
      },
    }),
    ...(good.audit && { audit: good.audit }),
    ...(good.sessions && { sessions: good.sessions }),
    async listen(listener) {
      listeners.add(listener)
      return async () => void listeners.delete(listener)
    },
  }
}
