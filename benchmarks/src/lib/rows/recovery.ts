import { startChild } from '../child-process.ts'
import { systemNamed } from '../systems/catalogue.ts'
import { NotRun, now } from '../systems/queue.ts'
import { type Context, sleep, type Values } from './context.ts'

/** Two beats of every system that has one. */
const SETTLE_MS = 7_000

/**
 * A process is killed in the middle of a task. On SQLite it is started again at once; elsewhere
 * another process was there before, with the same settings.
 */
export async function recovery(context: Context): Promise<Values> {
  const { system, place, settings } = context
  const { storage } = systemNamed(system)
  const queue = await context.makeQueue()
  await queue.open('recovery')
  const job = { role: 'victim', case: 'recovery', system, place, settings } as const
  const victim = startChild(job)
  await Promise.all([victim.next('started'), queue.enqueue({ n: 1, at: 0 })])
  let arrived = () => {}
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve
  })
  if (storage !== 'sqlite') await queue.work(arrived)
  await sleep(Math.min(SETTLE_MS, settings.recoverySeconds * 1000))
  const killedAt = now()
  victim.kill()
  const restarted = storage === 'sqlite' ? startChild(job) : null
  void restarted?.next('started').then(arrived, () => {})
  const inTime = await Promise.race([
    arrival.then(() => true),
    sleep(settings.recoverySeconds * 1000).then(() => false),
  ])
  const seconds = (now() - killedAt) / 1000
  restarted?.kill()
  if (!inTime) throw new NotRun(`not within ${settings.recoverySeconds} s`)
  await queue.close()
  return { recovery: seconds }
}
