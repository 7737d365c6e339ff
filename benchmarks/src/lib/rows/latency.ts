import { startChild } from '../child-process.ts'
import { percentile } from '../statistics.ts'
import { now, type Queue } from '../systems/queue.ts'
import { type Context, sleep, type Values } from './context.ts'

const WARM_UP = 20

/** From the call of enqueue to the handler's first line, one job at a time on an idle system. */
export async function latency(context: Context, measure: string): Promise<Values> {
  const { samples, maxSeconds } = context.settings
  const queue = await context.makeQueue()
  await queue.open('latency')
  const taken: number[] = []
  let arrived = (_at: number) => {}
  await queue.work(({ at }) => {
    const started = now()
    taken.push(started - at)
    arrived(started)
  })
  const producer =
    measure === 'latency-other' ? await otherProcess(context) : await thisProcess(queue)
  const end = performance.now() + maxSeconds * 1000
  for (let i = 0; i < samples + WARM_UP; i++) {
    if (i > WARM_UP && performance.now() > end) break
    // Random, so that no sample keeps step with a timer of the system.
    await sleep(5 + Math.random() * 25)
    const arrival = new Promise<number>((resolve) => {
      arrived = resolve
    })
    await Promise.all([arrival, producer.enqueue(i)])
  }
  producer.end()
  await queue.close()
  const counted = taken.slice(WARM_UP)
  return {
    [`${measure}-p50`]: percentile(counted, 50),
    [`${measure}-p95`]: percentile(counted, 95),
  }
}

interface Producer {
  enqueue(n: number): Promise<unknown>
  end(): void
}

async function thisProcess(queue: Queue): Promise<Producer> {
  return { enqueue: (n) => queue.enqueue({ n, at: now() }), end: () => {} }
}

async function otherProcess({ system, place, settings }: Context): Promise<Producer> {
  const child = startChild({ role: 'producer', case: 'latency-other', system, place, settings })
  await child.next('ready')
  return {
    async enqueue(n) {
      child.send({ enqueue: n })
    },
    end: () => child.kill(),
  }
}
