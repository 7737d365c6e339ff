import { Queue as BullQueue, Worker } from 'bullmq'
import { type Mode, type Payload, type Place, QUEUE_NAME, type Queue } from './queue.ts'

/** BullMQ; it takes jobs one by one, so its one setting for throughput is the concurrency. */
export function bullmq(place: Place): Queue {
  const options = { connection: { url: place.server }, prefix: place.location }
  const queue = new BullQueue(QUEUE_NAME, options)
  let worker: Worker | null = null
  let mode: Mode = 'ten'
  const bulk = (payloads: Payload[]) =>
    queue.addBulk(payloads.map((data) => ({ name: QUEUE_NAME, data })))

  function start(handler: (payload: Payload) => void | Promise<void>): Promise<unknown> {
    const concurrency = mode === 'tuned' ? 100 : 10
    worker = new Worker(QUEUE_NAME, async (job) => handler(job.data as Payload), {
      ...options,
      concurrency,
    })
    worker.on('error', (error) => process.stderr.write(`bullmq: ${error.message}\n`))
    return worker.waitUntilReady()
  }

  async function unfinished(): Promise<number> {
    const counts = await queue.getJobCounts('waiting', 'active', 'prioritized', 'delayed')
    return Object.values(counts).reduce((sum, count) => sum + count, 0)
  }

  return {
    async open(given) {
      mode = given
      await queue.waitUntilReady()
    },
    enqueue: (payload) => queue.add(QUEUE_NAME, payload),
    enqueueMany: bulk,
    async work(handler) {
      await start(handler)
    },
    unfinished,
    async fillHistory(count) {
      mode = 'tuned'
      await start(() => {})
      for (let n = 0; n < count; n += 1000) {
        await bulk(Array.from({ length: Math.min(1000, count - n) }, () => ({ n, at: 0 })))
      }
      while ((await unfinished()) > 0) await new Promise((resolve) => setTimeout(resolve, 50))
      await worker?.close()
    },
    async close() {
      await worker?.close(true)
      await queue.close()
    },
  }
}
