import { NotRun, type Queue } from '../systems/queue.ts'
import {
  type Context,
  payloadOf,
  produce,
  produceBatches,
  type Values,
  warmUpOf,
} from './context.ts'

type Producer = (queue: Queue, count: number, maxMs?: number) => Promise<number>

/** Stores jobs while nobody runs them. */
export async function enqueue(context: Context, measure: string): Promise<Values> {
  const { count, maxSeconds } = context.settings
  const queue = await context.makeQueue()
  const producer = producers[measure]
  if (!producer) throw new Error(`expected one of ${Object.keys(producers)}, got ${measure}`)
  if (measure === 'enqueue-batch' && !queue.enqueueMany) throw new NotRun('it has no such call')
  await queue.open('tuned')
  await producer(queue, warmUpOf(count))
  const start = performance.now()
  const stored = await producer(queue, count, maxSeconds * 1000)
  const elapsed = performance.now() - start
  const inStore = (await queue.unfinished()) - warmUpOf(count)
  await queue.close()
  if (inStore !== stored) throw new Error(`expected ${stored} stored jobs, found ${inStore}`)
  return { [measure]: (stored / elapsed) * 1000 }
}

const producers: Record<string, Producer> = {
  'enqueue-one': one,
  'enqueue-producers': produce,
  'enqueue-batch': produceBatches,
}

async function one(queue: Queue, count: number, maxMs = Number.POSITIVE_INFINITY): Promise<number> {
  const end = performance.now() + maxMs
  let stored = 0
  while (stored < count && performance.now() < end) await queue.enqueue(payloadOf(stored++))
  return stored
}
