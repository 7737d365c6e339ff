import type { Settings } from '../report-format.ts'
import type { Payload, Place, Queue } from '../systems/queue.ts'

/** What a case gets to work with, in its child process. */
export interface Context {
  system: string
  place: Place
  settings: Settings
  makeQueue(): Promise<Queue>
}

/** Figures by the name of their measure; a text says why there is none. */
export type Values = Record<string, number | string>

const PRODUCERS = 50
const BATCH = 1000

/** Jobs before the clock starts: code is compiled and statements are prepared by then. */
export function warmUpOf(count: number): number {
  return Math.max(1, Math.min(2000, Math.round(count / 10)))
}

export function payloadOf(n: number): Payload {
  return { n, at: 0 }
}

/** Fifty producers, each awaiting its own enqueue; returns how many jobs were stored in time. */
export async function produce(queue: Queue, count: number, maxMs = Number.POSITIVE_INFINITY) {
  const end = performance.now() + maxMs
  let next = 0
  let stored = 0
  await Promise.all(
    Array.from({ length: PRODUCERS }, async () => {
      while (next < count && performance.now() < end) {
        await queue.enqueue(payloadOf(next++))
        stored++
      }
    }),
  )
  return stored
}

/** Batches of a thousand, one after the other. */
export async function produceBatches(
  queue: Queue,
  count: number,
  maxMs = Number.POSITIVE_INFINITY,
): Promise<number> {
  const end = performance.now() + maxMs
  let stored = 0
  while (stored < count && performance.now() < end) {
    const size = Math.min(BATCH, count - stored)
    const first = stored
    await queue.enqueueMany?.(Array.from({ length: size }, (_, i) => payloadOf(first + i)))
    stored += size
  }
  return stored
}

/** Stores jobs the fastest way the system has. */
export async function preload(queue: Queue, count: number): Promise<void> {
  await (queue.enqueueMany ? produceBatches : produce)(queue, count)
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
