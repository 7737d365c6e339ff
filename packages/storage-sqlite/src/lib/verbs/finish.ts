import { SUCCESS } from '../codes.ts'
import { SHARED_COLUMNS } from '../rows.ts'
import type { Store } from '../store.ts'

/** A live task, as far as a change of state needs it. */
export interface LiveRow {
  seq: number
  id: string
  func: string
  state: number
  fence: number
  requeue: number
  attempts_made: number
  crashes: number
  run_at: number
  claimed_at: number | null
  started_at: number | null
  cancel_at: number | null
  instance: string | null
  idem_key: string | null
  log_count: number
  log_chunked: number
  log_tail: string | null
  error: string | null
  stacktrace: string | null
}

export const LIVE_COLUMNS =
  'seq, id, func, state, fence, requeue, attempts_made, crashes, run_at, claimed_at, started_at, cancel_at, instance, idem_key, log_count, log_chunked, log_tail, error, stacktrace'

// Texts put together once: a statement is found by its text, and a new string is hashed anew.
const LIVE_BY_ID = `select ${LIVE_COLUMNS} from {live} where id = ?`

const MOVE_TO_DONE = `insert into {done} (${SHARED_COLUMNS}, claimed_at, state, fence, rev,
    attempts_made, crashes, started_at, ended_at, attempt, outcome, log_count, log_chunked, instance,
    error, stacktrace, log_tail, result)
  select ${SHARED_COLUMNS}, ?, ?, ?, rev + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
  from {live} where seq = ?`

export function liveById(store: Store, taskId: string): LiveRow | undefined {
  return store.sql(LIVE_BY_ID).get(taskId) as LiveRow | undefined
}

/** The start that ended a task or went back to pending; null when the task ends without one. */
export interface EndedStart {
  /** Zero-based. */
  attempt: number
  outcome: string
}

/** Moves a task to its final state; `row` holds the values to store. */
export function finish(
  store: Store,
  row: LiveRow,
  end: { state: number; endedAt: number; start: EndedStart | null; result?: string | null },
): void {
  store
    .sql(MOVE_TO_DONE)
    .run(
      end.start === null ? null : row.claimed_at,
      end.state,
      row.fence,
      row.attempts_made,
      row.crashes,
      row.started_at,
      end.endedAt,
      end.start?.attempt ?? null,
      end.start?.outcome ?? null,
      row.log_count,
      row.log_chunked,
      row.instance,
      row.error,
      row.stacktrace,
      row.log_tail,
      end.result ?? null,
      row.seq,
    )
  store.sql('delete from {live} where seq = ?').run(row.seq)
  if (row.idem_key !== null && end.state !== SUCCESS) freeKey(store, row)
  store.changed.add(row.id)
  store.ended.push({
    func: row.func,
    state: end.state,
    endedAt: end.endedAt,
    durationMs: row.started_at === null ? null : end.endedAt - row.started_at,
  })
}

/** Takes a running task back to pending; `row` holds the values to store. */
export function putBack(store: Store, row: LiveRow): void {
  store
    .sql(`update {live} set state = 0, claimed_at = null, progress = null, run_at = ?, fence = ?,
        attempts_made = ?, crashes = ?, started_at = ?, instance = ?, error = ?, stacktrace = ?,
        log_count = ?, log_chunked = ?, log_tail = ?, rev = rev + 1 where seq = ?`)
    .run(
      row.run_at,
      row.fence,
      row.attempts_made,
      row.crashes,
      row.started_at,
      row.instance,
      row.error,
      row.stacktrace,
      row.log_count,
      row.log_chunked,
      row.log_tail,
      row.seq,
    )
  store.changed.add(row.id)
}

/** Writes down a start whose task goes back to pending; `fence` is the one it was claimed at. */
export function recordStart(
  store: Store,
  row: LiveRow,
  fence: number,
  start: EndedStart & { endedAt: number; error: string | null; stacktrace: string | null },
): void {
  store
    .sql(`insert into {attempts} (task_id, fence, attempt, claimed_at, started_at, ended_at, outcome,
        instance, error, stacktrace) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(
      row.id,
      fence,
      start.attempt,
      row.claimed_at ?? start.endedAt,
      row.started_at ?? start.endedAt,
      start.endedAt,
      start.outcome,
      row.instance,
      start.error,
      start.stacktrace,
    )
}

/** The start before the one under way, for a task that never began after all. */
export function earlierStart(
  store: Store,
  taskId: string,
): Pick<LiveRow, 'started_at' | 'instance'> {
  const row = store
    .sql(
      'select started_at, instance from {attempts} where task_id = ? order by fence desc limit 1',
    )
    .get(taskId) as Pick<LiveRow, 'started_at' | 'instance'> | undefined
  return row ?? { started_at: null, instance: null }
}

export function freeKey(
  store: Store,
  task: { id: string; func: string; idem_key: string | null },
): void {
  store
    .sql('delete from {keys} where func = ? and key = ? and task_id = ?')
    .run(task.func, task.idem_key, task.id)
}
