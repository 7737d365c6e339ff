import type { Queue } from '../systems/queue.ts'
import { type Context, preload, sleep, type Values, warmUpOf } from './context.ts'

/** Runs no-op jobs that are all there when it starts. */
export async function drain(context: Context, measure: string): Promise<Values> {
  const { count, maxSeconds } = context.settings
  const queue = await context.makeQueue()
  await queue.open(measure.startsWith('drain-tuned') ? 'tuned' : 'ten')
  const before = await queue.unfinished()
  if (before > 0) throw new Error(`expected no job at the start, found ${before}`)
  await preload(queue, warmUpOf(count) + count)
  const { jobs, elapsed } = await runAll(queue, count, maxSeconds * 1000)
  if (jobs === count) await allSettled(queue)
  await queue.close()
  return { [measure]: (jobs / elapsed) * 1000 }
}

/** The clock starts with the end of the last warm-up job: starting a worker is not in the rate. */
export function runAll(
  queue: Queue,
  count: number,
  maxMs: number,
): Promise<{ jobs: number; elapsed: number }> {
  const warmUp = warmUpOf(count)
  return new Promise((resolve, reject) => {
    let ended = 0
    let start = Number.POSITIVE_INFINITY
    const finish = () => {
      clearTimeout(timer)
      const jobs = ended - warmUp
      if (jobs > 0) resolve({ jobs, elapsed: performance.now() - start })
      else reject(new Error(`expected jobs to end within ${maxMs} ms, ${ended} did`))
    }
    const timer = setTimeout(finish, maxMs)
    const onJob = () => {
      ended++
      if (ended === warmUp) start = performance.now()
      if (ended === warmUp + count) finish()
    }
    queue.work(onJob).catch(reject)
  })
}

/** What was run must also be stored as such; else the rate is that of something else. */
export async function allSettled(queue: Queue): Promise<void> {
  const end = performance.now() + 10_000
  let left = await queue.unfinished()
  while (left > 0 && performance.now() < end) {
    await sleep(20)
    left = await queue.unfinished()
  }
  if (left > 0) throw new Error(`expected all jobs to be finished in the store, ${left} are not`)
}
