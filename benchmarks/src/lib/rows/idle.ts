import Database from 'better-sqlite3'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { systemNamed } from '../systems/catalogue.ts'
import { NotRun, type Queue } from '../systems/queue.ts'
import { taskflow } from '../systems/taskflow.ts'
import { type Context, sleep, type Values } from './context.ts'

/** Servers tell their statistics with a delay of up to ten seconds. */
const SETTLE_MS = 12_000

type Counter = () => Promise<number>

/** What a started system asks of its database while nothing is to do. */
export async function idle(context: Context): Promise<Values> {
  const { queue, counter, end } = await prepare(context)
  await queue.open('latency')
  await queue.work(() => {})
  const { idleSeconds } = context.settings
  await sleep(Math.min(SETTLE_MS, idleSeconds * 1000))
  const before = await counter()
  await sleep(idleSeconds * 1000)
  const after = await counter()
  await queue.close()
  await end()
  return { 'idle-statements': ((after - before) * 60) / idleSeconds }
}

async function prepare(
  context: Context,
): Promise<{ queue: Queue; counter: Counter; end: () => Promise<unknown> }> {
  const { storage, kind } = systemNamed(context.system)
  if (storage === 'sqlite') {
    if (kind !== 'taskflow') throw new NotRun('its statements are not counted')
    // In this thread, where they can be counted; the statements are the same.
    const counter = countStatements()
    const queue = await taskflow('sqlite', context.place, { worker: false })
    return { queue, counter, end: async () => {} }
  }
  const queue = await context.makeQueue()
  if (storage === 'redis') {
    const redis = new Redis(context.place.server)
    return { queue, counter: () => redisCommands(redis), end: () => redis.quit() }
  }
  const database = new URL(context.place.location).pathname.slice(1)
  // From outside, so that the counting is not counted.
  const sql = postgres(context.place.server, { max: 1 })
  const counter = async () => {
    const [row] = await sql`select (xact_commit + xact_rollback)::int as n
      from pg_stat_database where datname = ${database}`
    return row?.n as number
  }
  return { queue, counter, end: () => sql.end() }
}

/** Commands of all clients: on a shared server those of others count too. */
async function redisCommands(redis: Redis): Promise<number> {
  const info = await redis.info('stats')
  return Number(/total_commands_processed:(\d+)/.exec(info)?.[1])
}

/** Counts what is run on any connection of this process from now on. */
function countStatements(): Counter {
  let count = 0
  const db = new Database(':memory:')
  const prototype: object = Object.getPrototypeOf(db.prepare('select 1'))
  db.close()
  for (const name of ['run', 'get', 'all', 'iterate']) {
    const original: unknown = Reflect.get(prototype, name)
    if (typeof original !== 'function') continue
    Reflect.set(prototype, name, function counted(this: unknown, ...args: unknown[]) {
      count++
      return Reflect.apply(original, this, args)
    })
  }
  return async () => count
}
