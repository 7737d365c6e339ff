import type { ClaimInput, FunctionLimit } from '../contract.ts'
import type { MemoryFunctions } from './functions.ts'
import { type Lane, nextDueAt, takeDue } from './queue.ts'
import type { Rates } from './rates.ts'
import type { Row } from './row.ts'
import type { TaskTable } from './task-table.ts'

interface ClaimResult {
  claimed: Row[]
  nextRunAt: number | null
}

/** Who claims, and from what. */
export interface ClaimContext {
  table: TaskTable
  functions: MemoryFunctions
  rates: Rates
  instanceId: string
  /** Its lease is live, so that it may claim. */
  mayClaim: boolean
  now: number
}

/** Claims what is due and allowed, and says when the next such task is due. */
export function claimRows(input: ClaimInput, context: ClaimContext): ClaimResult {
  const { table, functions, now } = context
  const limits = new Limits(input.limits ?? [], context)
  let suspects = input.suspects ?? true
  const active = input.funcNames.filter((name) => !functions.isPaused(name))
  const lanes = table.pending.lanes(active)
  const isOpen = (lane: Lane) =>
    (suspects || !lane.suspects) && limits.freeAt(lane.funcName) === now

  const claimed: Row[] = []
  let open = context.mayClaim ? lanes.filter(isOpen) : []
  while (claimed.length < input.limit) {
    const row = takeDue(open, now)
    if (!row) break
    start(row, context)
    claimed.push(row)
    limits.count(row.funcName)
    if (row.crashes > 0) suspects = false
    if (row.crashes > 0 || limits.has(row.funcName)) open = open.filter(isOpen)
  }

  const waiting = lanes.filter((lane) => suspects || !lane.suspects)
  return { claimed, nextRunAt: earliest(waiting.map((lane) => limits.runAt(lane))) }
}

/** When the next task of these functions is due, limits or not. */
export function nextRunAt(
  table: TaskTable,
  functions: MemoryFunctions,
  funcNames: readonly string[],
  now: number,
): number | null {
  const active = funcNames.filter((name) => !functions.isPaused(name))
  return earliest(table.pending.lanes(active).map((lane) => nextDueAt(lane, now)))
}

function start(row: Row, { table, instanceId, now }: ClaimContext): void {
  row.status = 'running'
  row.instance = instanceId
  row.fence++
  row.attempt = row.attemptsMade++
  row.attemptFence = row.fence
  row.taken = false
  row.lateOutcome = null
  row.claimedAt = now
  row.startTime = now
  row.progress = null
  table.running.add(row)
}

/** What the limits of functions leave open in one turn. */
class Limits {
  readonly #limits: Map<string, FunctionLimit>
  readonly #context: ClaimContext

  constructor(limits: readonly FunctionLimit[], context: ClaimContext) {
    this.#limits = new Map(limits.map((limit) => [limit.funcName, limit]))
    this.#context = context
  }

  has(funcName: string): boolean {
    return this.#limits.has(funcName)
  }

  /** When the next start is allowed: now, later, or null while as many run as may. */
  freeAt(funcName: string): number | null {
    const { table, rates, now } = this.#context
    const limit = this.#limits.get(funcName)
    if (!limit) return now
    if (table.running.countOf(funcName) >= (limit.concurrency ?? Number.POSITIVE_INFINITY)) {
      return null
    }
    return limit.rateLimit ? rates.freeAt(funcName, limit.rateLimit, now) : now
  }

  count(funcName: string): void {
    const rate = this.#limits.get(funcName)?.rateLimit
    if (rate) this.#context.rates.count(funcName, rate, this.#context.now)
  }

  /** When the next task of a lane is due and allowed. */
  runAt(lane: Lane): number | null {
    const dueAt = nextDueAt(lane, this.#context.now)
    const freeAt = this.freeAt(lane.funcName)
    if (dueAt === null || freeAt === null) return null
    return freeAt > this.#context.now ? Math.max(dueAt, freeAt) : dueAt
  }
}

function earliest(instants: (number | null)[]): number | null {
  let first: number | null = null
  for (const at of instants) if (at !== null && (first === null || at < first)) first = at
  return first
}
