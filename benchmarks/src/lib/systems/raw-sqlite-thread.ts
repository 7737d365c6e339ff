import { Worker } from 'node:worker_threads'
import type { Mode, Payload, Place, Queue } from './queue.ts'
import type { RawJob, RawJobs } from './raw-jobs.ts'

type Verb = 'insertAll' | 'settleAll' | 'claim' | 'unfinished' | 'fillHistory' | 'close'

/** One call of a verb, as it crosses to the thread. */
export interface RawCall {
  verb: Verb
  input: unknown
}

/**
 * The raw queue with its database in a thread, where no flush holds up the app: what that alone
 * costs. Inserts that come while one is under way travel together.
 */
export function rawSqliteThread(place: Place): Queue {
  const worker = new Worker(new URL('../workers/raw-sqlite.ts', import.meta.url), {
    workerData: place.location,
  })
  const answers: ((value: unknown) => void)[] = []
  // The thread answers in order.
  worker.on('message', (value) => answers.shift()?.(value))
  const call = <Name extends Verb>(verb: Name, ...[input]: Parameters<RawJobs[Name]>) =>
    new Promise<ReturnType<RawJobs[Name]>>((resolve) => {
      answers.push(resolve as (value: unknown) => void)
      worker.postMessage({ verb, input } satisfies RawCall)
    })

  let size = 10
  let handle: ((payload: Payload) => void | Promise<void>) | null = null
  let looping: Promise<void> | null = null
  let storing = false
  let waiting: { text: string; done: () => void }[] = []

  async function loop(): Promise<void> {
    while (handle) {
      const rows: RawJob[] = await call('claim', size)
      if (rows.length === 0) break
      await Promise.all(rows.map((row) => handle?.(JSON.parse(row.payload) as Payload)))
      await call('settleAll', rows)
    }
    looping = null
  }

  function wake(): void {
    if (handle) looping ??= loop()
  }

  async function store(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await call(
        'insertAll',
        batch.map(({ text }) => text),
      )
      for (const { done } of batch) done()
      wake()
    }
    storing = false
  }

  return {
    async open(mode: Mode) {
      size = mode === 'tuned' ? 500 : 10
    },
    enqueue(payload) {
      return new Promise<void>((done) => {
        waiting.push({ text: JSON.stringify(payload), done })
        if (storing) return
        storing = true
        queueMicrotask(() => void store())
      })
    },
    async enqueueMany(payloads) {
      await call(
        'insertAll',
        payloads.map((payload) => JSON.stringify(payload)),
      )
      wake()
    },
    async work(handler) {
      handle = handler
      wake()
    },
    unfinished: () => call('unfinished'),
    async fillHistory(count) {
      await call('fillHistory', count)
    },
    async close() {
      handle = null
      // What was claimed is still to be settled.
      await looping
      await call('close')
      await worker.terminate()
    },
  }
}
