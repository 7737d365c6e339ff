import { parentPort, workerData } from 'node:worker_threads'
import type { BeatInput, Settlement, TaskStorage } from '../storage/contract.ts'
import { BEATS, NUMBER, type StandInData, type StandInMessage } from './stand-in.ts'

/** Stands in when the process missed this many of its own beats. */
const MISSED_BEATS = 1.5

/**
 * The thread's side of `beatStandIn`: watches the process, and while its event loop is blocked beats
 * for it, and ends attempts whose time is up, with the storage that `create` makes. A storage's worker
 * script calls it once; what `create` needs is best imported by it, since most processes are never
 * blocked.
 */
export function runStandIn(create: (data: unknown) => Promise<TaskStorage>): void {
  const { shared, everyMs, maxBlockMs, data } = workerData as StandInData
  let input: BeatInput | null = null
  let beats = Atomics.load(shared, BEATS)
  let since = performance.now()
  let opened: TaskStorage | null = null
  let busy = false
  /** Attempts whose time is limited, until when, and what becomes of them then. */
  const limited = new Map<number, { until: number; settlement: Settlement }>()

  parentPort?.on('message', (message: StandInMessage) => {
    if ('over' in message) limited.delete(message.over)
    else if ('begun' in message) {
      const { begun, inMs, settlement } = message
      limited.set(begun, { until: performance.now() + inMs, settlement })
    } else {
      input = message.input
      // What ran under the lease that was lost is not ours to end.
      if (input === null) limited.clear()
    }
  })

  const rest = async () => {
    const unused = opened
    opened = null
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
    if (opened === null) {
      opened = await create(data)
      await opened.open()
    }
    // The process woke meanwhile, perhaps to another lease.
    if (input !== told) return
    const beat = Atomics.add(shared, NUMBER, 1) + 1
    const { alive } = await opened.beat({ ...told, beat })
    if (!alive && input === told) input = null
    if (alive) await endOverdue(opened, told)
  }

  const endOverdue = async (storage: TaskStorage, told: BeatInput) => {
    const now = performance.now()
    const overdue = [...limited].filter(([, { until }]) => until <= now)
    // The process woke meanwhile, and ends them itself.
    if (overdue.length === 0 || Atomics.load(shared, BEATS) !== beats) return
    const settle = overdue.map(([, { settlement }]) => settlement)
    await storage.turn({ instanceId: told.instance.instanceId, settle, claim: null })
    for (const [attempt] of overdue) limited.delete(attempt)
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
