import { peakRssMb, resetPeakRss } from '../rss.ts'
import { type Context, preload, type Values, warmUpOf } from './context.ts'
import { allSettled, runAll } from './drain.ts'

/** Jobs that another process stored; in memory there is no other process. */
export async function fillForDrain(context: Context): Promise<void> {
  const { memoryCount } = context.settings
  const queue = await context.makeQueue()
  await queue.open('tuned')
  await preload(queue, warmUpOf(memoryCount) + memoryCount)
  await queue.close()
}

/** Peak RSS of a process that does nothing but drain. */
export async function memoryDrain(context: Context): Promise<Values> {
  const { memoryCount, maxSeconds } = context.settings
  const queue = await context.makeQueue()
  await queue.open('tuned')
  if (context.system === 'taskflow-memory') {
    await preload(queue, warmUpOf(memoryCount) + memoryCount)
  }
  resetPeakRss()
  const { jobs } = await runAll(queue, memoryCount, maxSeconds * 1000)
  const peak = peakRssMb()
  if (jobs === memoryCount) await allSettled(queue)
  await queue.close()
  return { 'memory-drain': peak }
}
