import { parentPort, workerData } from 'node:worker_threads'
import type { BeatInput, TaskStorage } from '../storage/contract.ts'
import { BEATS, NUMBER, type StandInData, type StandInMessage } from './stand-in.ts'

/** Stands in when the process missed this many of its own beats. */
const MISSED_BEATS = 1.5

/**
 * The thread's side of `beatStandIn`: watches the process, and beats for it with the storage that
 * `create` makes while its event loop is blocked. A storage's worker script calls it once; what
 * `create` needs is best imported by it, since most processes are never blocked.
 */
export function runStandIn(create: (data: unknown) => Promise<TaskStorage>): void {
  const { shared, everyMs, maxBlockMs, data } = workerData as StandInData
  let input: BeatInput | null = null
  let beats = Atomics.load(shared, BEATS)
  let since = performance.now()
  let storage: TaskStorage | null = null
  let busy = false

  parentPort?.on('message', (message: StandInMessage) => {
    input = message.input
  })

  const rest = async () => {
    const unused = storage
    storage = null
    await unused?.close()
  }

  const look = async () => {
    const seen = Atomics.load(shared, BEATS)
    if (seen !== beats) {
      beats = seen
      since = performance.now()
      return rest()
    }
    const blockedMs = performance.now() - since
    if (input === null || input.leaving || blockedMs < MISSED_BEATS * everyMs) return
    if (blockedMs > maxBlockMs) return rest()
    const told = input
    if (storage === null) {
      storage = await create(data)
      await storage.open()
    }
    // The process woke meanwhile, perhaps to another lease.
    if (input !== told) return
    const beat = Atomics.add(shared, NUMBER, 1) + 1
    const { alive } = await storage.beat({ ...told, beat })
    if (!alive && input === told) input = null
  }

  setInterval(() => {
    if (busy) return
    busy = true
    // The storage may be away just now; the process hears of that by its own beats.
    look()
      .catch(rest)
      .catch(() => {})
      .finally(() => {
        busy = false
      })
  }, everyMs / 2)
}
