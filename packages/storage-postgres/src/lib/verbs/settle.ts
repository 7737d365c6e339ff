import type { Settlement, SettleResult, TurnInput } from '@taskflow/core'
import { texts } from '../arrays.ts'
import {
  CANCELLED,
  FAILED,
  INTERRUPTED,
  outcomeName,
  READY,
  RUNNING,
  SUCCESS,
  statusOf,
} from '../codes.ts'
import { addLines } from '../log-lines.ts'
import { type Big, numberOf } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { CLOCK } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText } from '../text.ts'
import { writeAll } from './edges.ts'
import { type LiveTask, lockLive, Moves } from './moves.ts'

type OutcomeType = Settlement['outcome']['type']

/** Settles whatever the outcome, inside a transaction: locks the tasks, decides, writes. */
export async function settle(
  store: Store,
  runner: Runner,
  input: TurnInput,
): Promise<{ settled: SettleResult[]; released: boolean; now: number }> {
  const unstarted = input.settle.filter(({ outcome }) => outcome.type === 'unstarted')
  const [tasks, [clock], earlier] = await Promise.all([
    lockLive(
      runner,
      input.settle.map(({ taskId }) => taskId),
    ),
    runner.run<{ now: Big }>(`select coalesce($1::bigint, ${CLOCK}) as now`, [input.now ?? null]),
    earlierStarts(runner, unstarted),
  ])
  const now = numberOf(clock?.now ?? 0)
  const moves = new Moves()
  const settled = input.settle.map((settlement): SettleResult => {
    const { taskId } = settlement
    const task = tasks.get(taskId)
    const mine = task?.instance === input.instanceId && task.fence === settlement.fence
    if (task?.state !== RUNNING || !mine) return { taskId, result: 'stale' }
    // The next one in the batch finds it settled.
    tasks.delete(taskId)
    const state = settleOne(moves, task, settlement, now, earlier)
    return { taskId, result: 'settled', status: statusOf(state) }
  })
  const released = await writeAll(store, runner, moves, now)
  return { settled, released, now }
}

function settleOne(
  moves: Moves,
  task: LiveTask,
  settlement: Settlement,
  now: number,
  earlier: Map<string, EarlierStart>,
): number {
  const { type } = settlement.outcome
  const state = nextState(task, type)
  const next = settledTask(moves, task, settlement, state, now)
  if (type === 'unstarted') {
    Object.assign(next, earlier.get(task.id) ?? { started_at: null, instance: null })
  }
  const attempt = Math.max(0, task.attempts_made - 1)
  const outcome = outcomeName(settlement.outcome)
  if (state === READY) {
    if (type !== 'unstarted') {
      const { error = null, stacktrace = null } = settlement
      const { fence } = task
      const start = { fence, attempt, outcome, endedAt: now, taken: false }
      moves.recordStart({ task: next, ...start, error, stacktrace })
    }
    moves.putBack(next)
    return state
  }
  const start =
    type === 'unstarted' ? null : { attempt, outcome: state === CANCELLED ? 'cancelled' : outcome }
  const result = state === SUCCESS ? (settlement.result ?? null) : null
  moves.end(next, { state, endedAt: now, start, result })
  return state
}

/** The task as the settlement leaves it in its new state. */
function settledTask(
  moves: Moves,
  task: LiveTask,
  settlement: Settlement,
  state: number,
  now: number,
): LiveTask {
  const { type } = settlement.outcome
  const { columns, chunks } = addLines(task, settlement.logs)
  moves.addChunks(task.id, chunks)
  const next: LiveTask = { ...task, ...columns }
  next.started_at = Math.max(Math.round(now - settlement.durationMs), task.claimed_at ?? 0)
  if (type === 'snoozed' || type === 'released' || type === 'unstarted') next.attempts_made -= 1
  // While it waits again, it shows the last error there was; at its end, that of its last attempt.
  if (type === 'retry' || (state !== READY && type !== 'unstarted')) {
    const { error = null, stacktrace = null } = type === 'success' ? {} : settlement
    Object.assign(next, { error, stacktrace })
  }
  if (type === 'retry' || type === 'snoozed') next.run_at = now + (settlement.delayMs ?? 0)
  if (type === 'released' || type === 'unstarted') next.fence += 1
  return next
}

function nextState(task: LiveTask, type: OutcomeType): number {
  if (type === 'success') return SUCCESS
  // Whoever asked for a cancel must not see the task start again.
  if (type === 'cancelled' || task.cancel_at !== null) return CANCELLED
  if (type === 'failed') return FAILED
  if (type === 'released' && task.requeue === 0) return INTERRUPTED
  return READY
}

interface EarlierStart {
  started_at: number
  instance: string | null
}

/** The starts before those under way, for tasks that never began after all. */
async function earlierStarts(
  runner: Runner,
  settlements: Settlement[],
): Promise<Map<string, EarlierStart>> {
  if (settlements.length === 0) return new Map()
  const rows = await runner.run<{ id: string; started_at: Big; instance: string | null }>(
    `select x.id, a.started_at, a.instance from unnest($1::text[]) as x (id)
      cross join lateral (select started_at, instance from {attempts}
        where task_id = x.id order by fence desc limit 1) as a`,
    [texts(settlements.map(({ taskId }) => taskId))],
  )
  return new Map(
    rows.map(({ id, started_at, instance }) => [
      fromText(id),
      { started_at: numberOf(started_at), instance: fromText(instance) },
    ]),
  )
}
