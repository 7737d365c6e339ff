import { Worker } from 'node:worker_threads'
import type { BeatInput, Settlement } from '../storage/contract.ts'
import type { StandIn, StandInFunction } from '../storage/parts.ts'

/** What the thread is started with. */
export interface StandInData {
  /** [NUMBER] the last beat number given out, [BEATS] how often the process beat by itself. */
  shared: Int32Array<SharedArrayBuffer>
  everyMs: number
  maxBlockMs: number
  /** What the storage's own worker script needs to make a storage. */
  data: unknown
}

/**
 * What the process tells the thread: its newest beat, or that it has no lease any more; that an
 * attempt has begun whose time is limited, or is over.
 */
export type StandInMessage =
  | { input: BeatInput | null }
  | { begun: number; inMs: number; settlement: Settlement }
  | { over: number }

export const NUMBER = 0
export const BEATS = 1

/**
 * A `standIn` for storages: starts `worker`, a script that calls `runStandIn`, and tells it of each
 * beat. The thread does not keep the process alive, opens its storage only once it stands in, and
 * costs no statement before.
 */
export function beatStandIn(
  thread: { worker: URL; data: unknown },
  options: Parameters<StandInFunction>[0],
): StandIn {
  const shared = new Int32Array(new SharedArrayBuffer(8))
  Atomics.store(shared, NUMBER, -1)
  const { everyMs, maxBlockMs, onError } = options
  const workerData: StandInData = { shared, everyMs, maxBlockMs, data: thread.data }
  const worker = new Worker(thread.worker, { workerData, name: 'taskflow-heartbeat' })
  worker.unref()
  let closed = false
  let attempts = 0
  worker.on('error', (cause) => {
    if (!closed) onError(new Error('the heartbeat thread ended', { cause }))
  })
  const tell = (message: StandInMessage) => worker.postMessage(message)
  return {
    next: () => Atomics.add(shared, NUMBER, 1) + 1,
    beating(input) {
      Atomics.add(shared, BEATS, 1)
      tell({ input })
    },
    limit(inMs, settlement) {
      const attempt = attempts++
      tell({ begun: attempt, inMs, settlement })
      return () => tell({ over: attempt })
    },
    reset() {
      tell({ input: null })
      Atomics.store(shared, NUMBER, -1)
    },
    async close() {
      closed = true
      await worker.terminate()
    },
  }
}
