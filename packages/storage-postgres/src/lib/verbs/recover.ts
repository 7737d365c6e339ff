import type { RecoveredTask, RecoverInput } from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import { CANCELLED, FAILED, INTERRUPTED, READY, statusOf } from '../codes.ts'
import type { Big } from '../rows.ts'
import { CLOCK } from '../sql.ts'
import type { Store } from '../store.ts'
import { releaseLeftBehind, writeAll } from './edges.ts'
import { LIVE_COLUMNS, type LiveTask, Moves, toLive } from './moves.ts'

const AT_ONCE = 1000
const CRASHED = 'The process that ran this attempt ended'

// Without a row in `instances` nobody may settle or claim: what such an owner left is free, that
// of the instances just buried included. What others free at this moment is passed over. Found and
// locked apart: a row that changed meanwhile is looked at again without another look at `instances`,
// and may be a live owner's by then.
export const LOCK_ORPHANS = `select l.* from (
    select id, instance, fence from {live} as l
    where state = 3 and not exists (select 1 from {instances} as i where i.id = l.instance)
    order by id) as x
  cross join lateral (
    select ${LIVE_COLUMNS} from {live}
    where id = x.id and state = 3 and instance = x.instance and fence = x.fence
    for update skip locked) as l
  limit ${AT_ONCE}`

export function recover(store: Store, input: RecoverInput): Promise<RecoveredTask[]> {
  return store.transaction(async (runner) => {
    const [, [clock], rows] = await Promise.all([
      runner.run(
        `delete from {instances} as i using unnest($1::text[], $2::bigint[]) as x (id, beat)
          where i.id = x.id and i.beat = x.beat`,
        [
          texts(input.dead.map(({ instanceId }) => instanceId)),
          numbers(input.dead.map(({ beat }) => beat)),
        ],
      ),
      runner.run<{ now: Big }>(`select coalesce($1::bigint, ${CLOCK}) as now`, [input.now ?? null]),
      runner.run<Parameters<typeof toLive>[0]>(LOCK_ORPHANS),
    ])
    const now = Number(clock?.now)
    const moves = new Moves()
    const freed = rows.map((row) => free(moves, toLive(row), input, now))
    await writeAll(store, runner, moves, now)
    await releaseLeftBehind(store, runner, now)
    return freed
  })
}

function free(moves: Moves, task: LiveTask, input: RecoverInput, now: number): RecoveredTask {
  const attempt = Math.max(0, task.attempts_made - 1)
  const crashes = task.crashes + 1
  const state = nextState(task, crashes, input.maxCrashes)
  const next = { ...task, crashes, attempts_made: attempt, fence: task.fence + 1 }
  if (state === READY) {
    moves.recordStart({
      task,
      fence: task.fence,
      attempt,
      outcome: 'crashed',
      endedAt: now,
      taken: true,
      error: CRASHED,
      stacktrace: null,
    })
    // The first crash runs again at once, or recovery would not be fast; later ones may be its own.
    moves.putBack({ ...next, run_at: crashes === 1 ? now : now + input.crashDelayMs })
  } else {
    const outcome = state === CANCELLED ? 'cancelled' : 'crashed'
    const ended = { ...next, error: CRASHED, stacktrace: null }
    moves.end(ended, { state, endedAt: now, start: { attempt, outcome }, taken: true })
  }
  return { taskId: task.id, funcName: task.func, status: statusOf(state) }
}

function nextState(task: LiveTask, crashes: number, maxCrashes: number): number {
  if (task.cancel_at !== null) return CANCELLED
  if (task.requeue === 0) return INTERRUPTED
  return crashes >= maxCrashes ? FAILED : READY
}
