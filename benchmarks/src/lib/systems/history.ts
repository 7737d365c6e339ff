import type { ClaimedTask, NewTask, Settlement, TaskStorage } from '@taskflow/core'
import { buildNewTask, buildSettlement } from '@taskflow/core/testing'
import Database from 'better-sqlite3'
import postgres from 'postgres'
import { type Place, QUEUE_NAME } from './queue.ts'

const WEEK_MS = 7 * 86_400_000
const BATCH = 1000
/** Rows of one claim; what storages are made for. */
const CLAIM = 500
const FUNCTIONS = Array.from({ length: 20 }, (_, i) => (i === 0 ? QUEUE_NAME : `bench_${i}`))
const INSTANCE = 'history'

/**
 * Adds finished tasks as a busy week would have left them, through the storage's own verbs: 20
 * functions in 5 groups, 2 % failed, 1 % cancelled, 1 % interrupted; flows of ten, schedules and
 * tags on a tenth each.
 */
export async function fillHistory(storage: TaskStorage, count: number): Promise<void> {
  const start = Date.now() - WEEK_MS
  const stepMs = WEEK_MS / (Math.ceil(count / BATCH) + 1)
  await beat(storage, 0, start, false)
  let open: Settlement[] = []
  for (let done = 0, step = 0; done < count; done += BATCH, step++) {
    const at = Math.round(start + step * stepMs)
    const size = Math.min(BATCH, count - done)
    const tasks = Array.from({ length: size }, (_, i) => historyTask(done + i, at, i))
    await storage.insert({ tasks, now: at })
    const cancelled = tasks.filter((_, i) => outcomeOf(done + i) === 'cancelled')
    await storage.cancel({ taskIds: cancelled.map(({ taskId }) => taskId), now: at })
    open = await settleAndClaim(storage, open, at)
  }
  while (open.length > 0) open = await settleAndClaim(storage, open, start + WEEK_MS)
  await beat(storage, 1, start + WEEK_MS, true)
}

async function settleAndClaim(
  storage: TaskStorage,
  open: Settlement[],
  now: number,
): Promise<Settlement[]> {
  let rest = open
  const claimed: Settlement[] = []
  for (;;) {
    const turn = await storage.turn({
      instanceId: INSTANCE,
      settle: rest.slice(0, CLAIM),
      claim: { limit: CLAIM, funcNames: FUNCTIONS },
      now,
    })
    rest = rest.slice(CLAIM)
    claimed.push(...turn.claimed.map(settlementOf))
    if (rest.length === 0 && turn.claimed.length < CLAIM) return claimed
  }
}

function settlementOf({ taskId, fence, payload }: ClaimedTask): Settlement {
  const { n } = JSON.parse(payload) as { n: number }
  const durationMs = 5 + ((n * 7919) % 1500)
  const outcome = outcomeOf(n)
  const common = buildSettlement({ taskId, fence, durationMs })
  if (outcome === 'interrupted') return { ...common, outcome: { type: 'released' } }
  if (outcome === 'failed') {
    return { ...common, outcome: { type: 'failed', cause: 'error' }, error: 'Error: no route' }
  }
  return { ...common, result: '{"sent":true}' }
}

function outcomeOf(n: number): 'success' | 'failed' | 'cancelled' | 'interrupted' {
  const slot = (n * 31) % 100
  if (slot < 2) return 'failed'
  return slot === 2 ? 'cancelled' : slot === 3 ? 'interrupted' : 'success'
}

function historyTask(n: number, at: number, counter: number): NewTask {
  const func = n % FUNCTIONS.length
  const flow = Math.floor(n / 10)
  return buildNewTask({
    taskId: idAt(at, counter),
    funcName: FUNCTIONS[func] ?? QUEUE_NAME,
    group: `group_${func % 5}`,
    payload: JSON.stringify({ n, at: 0 }),
    ...(n % 10 === 3 && { tags: { customer: `c${n % 1000}` } }),
    ...(flow % 10 === 0 && { flowId: `flow-${flow}` }),
    ...(n % 10 === 5 && { source: 'scheduled', scheduleId: `schedule_${(n / 5) % 7}` }),
  })
}

/** A version 7 UUID of that instant; `counter` keeps those of one instant in order. */
export function idAt(at: number, counter: number): string {
  const time = at.toString(16).padStart(12, '0')
  const order = counter.toString(16).padStart(3, '0')
  const random = crypto.randomUUID().slice(19)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${order}-${random}`
}

function beat(storage: TaskStorage, number: number, now: number, leaving: boolean) {
  const instance = { instanceId: INSTANCE, host: 'bench', pid: 1, version: '0', functions: [] }
  const leaseMs = 2 * WEEK_MS
  return storage.beat({
    instance,
    beat: number,
    leaseMs,
    running: 0,
    state: 'running',
    leaving,
    now,
  })
}

/** What instances do in passing: minutes that are over are added up to hours and totals. */
export async function foldMinutes(storage: TaskStorage, place: Place): Promise<void> {
  const sql = postgres(place.location, { max: 1 })
  const over = Date.now() - 120_000
  for (let left = 180; left > 0; left -= 1) {
    const [row] = await sql`select count(*)::int as n from taskflow.rollup_minute
      where slot >= 0 and at < ${over}`
    if (row?.n === 0) break
    await beat(storage, 2, Date.now(), false)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  await sql.end()
}

/** Statistics for the planner, as they would be on a table of that age. */
export async function analyze(kind: 'memory' | 'sqlite' | 'postgres', place: Place): Promise<void> {
  if (kind === 'sqlite') {
    const db = new Database(place.location)
    db.exec('analyze')
    db.close()
  }
  if (kind === 'postgres') {
    const sql = postgres(place.location, { max: 1 })
    await sql`vacuum analyze`
    await sql.end()
  }
}
