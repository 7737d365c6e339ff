import type { CancelResult, ChangeResult, TaskStorage } from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import { CANCELLED, READY, RUNNING, statusOf } from '../codes.ts'
import type { Big } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { CLOCK } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText } from '../text.ts'
import { writeAll } from './edges.ts'
import { type LiveTask, lockLive, Moves } from './moves.ts'

type CancelInput = Parameters<TaskStorage['cancel']>[0]
type RescheduleInput = Parameters<TaskStorage['reschedule']>[0]

export function reschedule(store: Store, input: RescheduleInput): Promise<ChangeResult[]> {
  const taskIds = input.tasks.map(({ taskId }) => taskId)
  return store.transaction(async (runner) => {
    const { tasks, ended, now } = await find(runner, taskIds, input.now)
    const due = new Map<string, number>()
    const results = input.tasks.map(({ taskId, runAt = now }): ChangeResult => {
      const task = tasks.get(taskId)
      if (task === undefined) return { taskId, result: ended.has(taskId) ? 'refused' : 'missing' }
      if (task.state !== READY || task.run_at <= now) return { taskId, result: 'refused' }
      task.run_at = runAt
      due.set(taskId, runAt)
      return { taskId, result: 'changed' }
    })
    if (due.size === 0) return results
    const moves = new Moves()
    for (const id of due.keys()) moves.note(id)
    await Promise.all([
      runner.run(
        `with x as materialized (
            select x.run_at, l.at from unnest($1::text[], $2::bigint[]) as x (id, run_at)
            cross join lateral (select ctid as at from {live} where id = x.id for update) as l)
          update {live} as l set run_at = x.run_at, rev = l.rev + 1 from x where l.ctid = x.at`,
        [texts([...due.keys()]), numbers([...due.values()])],
      ),
      moves.write(store, runner),
    ])
    return results
  })
}

export function cancel(store: Store, input: CancelInput): Promise<CancelResult[]> {
  return store.transaction(async (runner) => {
    const { tasks, ended, now } = await find(runner, input.taskIds, input.now)
    const moves = new Moves()
    const marked: string[] = []
    const results = input.taskIds.map((taskId): CancelResult => {
      const task = tasks.get(taskId)
      if (task === undefined) {
        const state = ended.get(taskId)
        if (state === undefined) return { taskId, result: 'missing', status: null }
        return { taskId, result: 'refused', status: statusOf(state) }
      }
      const result = cancelLive(moves, task, input, now)
      if (result.result === 'cancelled') {
        tasks.delete(taskId)
        ended.set(taskId, CANCELLED)
      } else if (result.result === 'requested' && task.cancel_at === null) {
        task.cancel_at = now
        marked.push(taskId)
        moves.note(taskId)
      }
      return result
    })
    const mark =
      marked.length === 0
        ? []
        : [
            runner.run(
              `update {live} set cancel_at = $2::bigint, rev = rev + 1
                where id = any ($1::text[])`,
              [texts(marked), now],
            ),
          ]
    await Promise.all([...mark, writeAll(store, runner, moves, now)])
    return results
  })
}

function cancelLive(moves: Moves, task: LiveTask, input: CancelInput, now: number): CancelResult {
  const taskId = task.id
  const next = { ...task, fence: task.fence + 1 }
  if (task.state !== RUNNING) {
    moves.end(next, { state: CANCELLED, endedAt: now, start: null })
    return { taskId, result: 'cancelled', status: 'cancelled' }
  }
  if (input.force !== true) return { taskId, result: 'requested', status: 'running' }
  if (task.cancel_at === null || now - task.cancel_at < (input.graceMs ?? 0)) {
    return { taskId, result: 'too_early', status: 'running' }
  }
  const start = { attempt: Math.max(0, task.attempts_made - 1), outcome: 'cancelled' }
  moves.end(next, { state: CANCELLED, endedAt: now, start, taken: true })
  return { taskId, result: 'cancelled', status: 'cancelled' }
}

/** Locks what is live; then looks for the rest, which may have ended while the lock was awaited. */
async function find(runner: Runner, taskIds: string[], now: number | undefined) {
  const [tasks, [clock], rows] = await Promise.all([
    lockLive(runner, taskIds),
    runner.run<{ now: Big }>(`select coalesce($1::bigint, ${CLOCK}) as now`, [now ?? null]),
    runner.run<{ id: string; state: number }>(
      `select d.id, d.state from unnest($1::text[]) as x (id)
        cross join lateral (select id, state from {done} where id = x.id) as d`,
      [texts(taskIds)],
    ),
  ])
  const ended = new Map(rows.map(({ id, state }) => [fromText(id), state]))
  return { tasks, ended, now: Number(clock?.now) }
}
