import type { ClaimInput, OwnedTask } from '@taskflow/core'
import { SUCCESS } from '../codes.ts'
import type { Kind } from '../kinds.ts'
import type { PackedChain, PackedSettlement, PackedSettlements } from '../pack.ts'
import type { Session } from '../session.ts'
import { type ClaimedRow, claim } from './claim.ts'
import { insert } from './insert.ts'
import { type Settled, settle } from './settle.ts'
import { settlePlain } from './settle-plain.ts'

export interface PackedTurn {
  instanceId: string
  settle: PackedSettlements
  /** What follows from those that succeed. */
  chained: PackedChain[]
  claim: ClaimInput | null
  now?: number | undefined
}

/** A turn's result on its way to the thread that asked. */
export interface PackedTurnResult {
  /** Plain settlements that were stale, by their positions among the plain. */
  stale: number[]
  /** What became of the others. */
  settled: Settled['states']
  released: boolean
  claimed: ClaimedRow[]
  /** The kinds of the claimed tasks, by number. */
  kinds: Record<number, Kind>
  /** Parents of claimed tasks that have any. */
  parents: Record<string, string[]>
  cancels: OwnedTask[]
  nextRunAt: number | null
  now: number
}

/** Settles and claims; the result is JSON of `PackedTurnResult`. */
export function turn(session: Session, input: PackedTurn, now: number): string {
  const owner = session.owners.find(input.instanceId)
  const left = settlePlain(session, owner, input.settle.plain, now)
  const others = JSON.parse(input.settle.others) as PackedSettlement[]
  const rest = left.map(([, settlement]) => settlement)
  const { states, released } = settle(session, owner, [...others, ...rest], now)
  const settled = states.slice(0, others.length)
  const result: PackedTurnResult = {
    stale: left.flatMap(([position], n) => (states[settled.length + n] === null ? [position] : [])),
    settled,
    released: chain(session, input.chained, settled, now) || released,
    claimed: [],
    kinds: {},
    parents: {},
    cancels: [],
    nextRunAt: null,
    now,
  }
  if (input.claim !== null) {
    const claimant = hasLease(session, owner, now) ? owner : undefined
    const { rows, nextRunAt } = claim(session, claimant, input.claim, now)
    result.claimed = rows
    result.nextRunAt = nextRunAt
    for (const [id, kind, , , , meta] of rows) {
      result.kinds[kind] ??= session.kinds.get(kind)
      if (meta?.includes('"onFailure"')) result.parents[id] = parentsOf(session, id)
    }
  }
  result.cancels = cancels(session, owner)
  return JSON.stringify(result)
}

/** Stores what follows from the settlements that counted; true if there is any. */
function chain(
  session: Session,
  chained: readonly PackedChain[],
  states: Settled['states'],
  now: number,
): boolean {
  const due = chained.filter(([n]) => states[n] === SUCCESS)
  for (const [, tasks] of due) insert(session, tasks, now)
  return due.length > 0
}

/** Cancel requests for what an instance runs. */
export function cancels(session: Session, owner: number | undefined): OwnedTask[] {
  if (owner === undefined) return []
  const found = session
    .sql(`select id as taskId, fence from {live}
      where state = 3 and owner = ? and cancel_at > ?`)
    .all(owner, Number.MIN_SAFE_INTEGER) as OwnedTask[]
  // Sorted here: nearly always there is none, and setting up SQLite's sorter costs the most.
  return found.sort((a, b) => (a.taskId < b.taskId ? -1 : 1))
}

/** What runs in the instance's name. */
export function owned(session: Session, input: { instanceId: string }): OwnedTask[] {
  const owner = session.owners.find(input.instanceId)
  if (owner === undefined) return []
  return session
    .sql(`select id as taskId, fence from {live} indexed by {live_running}
      where state = 3 and owner = ? order by id`)
    .all(owner) as OwnedTask[]
}

/** Ids of the tasks that a task depends on, in the order given. */
export function parentsOf(session: Session, taskId: string): string[] {
  return session
    .sql('select parent from {edges} where child = +? order by position')
    .pluck()
    .all(taskId) as string[]
}

function hasLease(session: Session, owner: number | undefined, now: number): boolean {
  if (owner === undefined) return false
  return (
    session.sql('select 1 from {instances} where owner = ? and expires_at > ?').get(owner, now) !==
    undefined
  )
}
