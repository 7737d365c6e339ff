import type { Mode, Payload, Place, Queue } from './queue.ts'
import { RawJobs } from './raw-jobs.ts'

/**
 * The least that is still a queue on better-sqlite3: durable, in order, kept when done. No retries,
 * no leases, no second process.
 */
export function rawSqlite(place: Place, synchronous: 'FULL' | 'NORMAL'): Queue {
  const jobs = new RawJobs(place.location, synchronous)
  let size = 10
  let handle: ((payload: Payload) => void | Promise<void>) | null = null
  let looping = false
  let waiting: { text: string; done: () => void }[] = []

  async function loop(): Promise<void> {
    while (handle) {
      const rows = jobs.claim(size)
      if (rows.length === 0) break
      await Promise.all(rows.map((row) => handle?.(JSON.parse(row.payload) as Payload)))
      jobs.settleAll(rows)
      // A server must be able to answer between two batches.
      await new Promise(setImmediate)
    }
    looping = false
  }

  function wake(): void {
    if (looping || !handle) return
    looping = true
    void loop()
  }

  function flush(): void {
    const batch = waiting
    waiting = []
    jobs.insertAll(batch.map(({ text }) => text))
    for (const { done } of batch) done()
    wake()
  }

  return {
    async open(mode: Mode) {
      size = mode === 'tuned' ? 500 : 10
    },
    enqueue(payload) {
      return new Promise<void>((done) => {
        waiting.push({ text: JSON.stringify(payload), done })
        if (waiting.length === 1) queueMicrotask(flush)
      })
    },
    async enqueueMany(payloads) {
      jobs.insertAll(payloads.map((payload) => JSON.stringify(payload)))
      wake()
    },
    async work(handler) {
      handle = handler
      wake()
    },
    async unfinished() {
      return jobs.unfinished()
    },
    async fillHistory(count) {
      jobs.fillHistory(count)
    },
    async close() {
      handle = null
      jobs.close()
    },
  }
}
