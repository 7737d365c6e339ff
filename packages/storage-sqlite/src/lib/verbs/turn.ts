import type { OwnedTask, TurnInput, TurnResult } from '@taskflow/core'
import type { Store } from '../store.ts'
import { claim, heads, nextRunAt } from './claim.ts'
import { settle } from './settle.ts'

export function turn(store: Store, input: TurnInput, now: number): TurnResult {
  const { instanceId } = input
  const settled = input.settle.map((settlement) => settle(store, instanceId, settlement, now))
  const result: TurnResult = { settled, claimed: [], cancels: [], nextRunAt: null, now }
  if (input.claim !== null) {
    const { funcNames, limit } = input.claim
    const waiting = heads(store, funcNames)
    if (limit > 0 && hasLease(store, instanceId, now)) {
      result.claimed = claim(store, instanceId, waiting, limit, now)
    }
    result.nextRunAt = nextRunAt(waiting)
  }
  result.cancels = cancels(store, instanceId)
  return result
}

/** Cancel requests for what the instance runs. */
export function cancels(store: Store, instanceId: string): OwnedTask[] {
  return store
    .sql(`select id as taskId, fence from {live}
      where state = 3 and cancel_at is not null and instance = ? order by id`)
    .all(instanceId) as OwnedTask[]
}

/** What runs in the instance's name. */
export function owned(store: Store, input: { instanceId: string }): OwnedTask[] {
  return store
    .sql('select id as taskId, fence from {live} where state = 3 and instance = ? order by id')
    .all(input.instanceId) as OwnedTask[]
}

function hasLease(store: Store, instanceId: string, now: number): boolean {
  return (
    store.sql('select 1 from {instances} where id = ? and expires_at > ?').get(instanceId, now) !==
    undefined
  )
}
