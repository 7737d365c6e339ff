import type { InsertResult, NewTask } from '@taskflow/core'
import type { Store } from '../store.ts'
import { toText } from '../text.ts'

export function insert(store: Store, input: { tasks: NewTask[] }, now: number): InsertResult[] {
  return input.tasks.map((task) => insertOne(store, task, now))
}

function insertOne(store: Store, task: NewTask, now: number): InsertResult {
  const key = toText(task.idempotencyKey)
  if (key !== null || task.retryOf !== null) {
    // The id comes first: calling twice must find the task itself, whatever became of its key.
    if (exists(store, task.taskId)) return { taskId: task.taskId, duplicate: true }
    const stands = keyHolder(store, task.funcName, key) ?? standingRetry(store, task)
    if (stands !== undefined) return { taskId: stands, duplicate: true }
    if (key !== null) {
      store
        .sql('insert into {keys} (func, key, task_id) values (?, ?, ?)')
        .run(task.funcName, key, task.taskId)
    }
  }
  const tags = Object.keys(task.tags).length === 0 ? null : JSON.stringify(task.tags)
  const { changes } = store
    .sql(`insert into {live} (id, func, state, rank, run_at, fence, rev, attempts_made, max_attempts,
        crashes, requeue, created_at, priority, log_count, log_chunked, group_name, executor, source,
        idem_key, retry_of, tags, payload)
      select ?, ?, 0, ?, ?, 0, 1, 0, ?, 0, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?
      where not exists (select 1 from {done} where id = ?)
      on conflict (id) do nothing`)
    .run(
      task.taskId,
      task.funcName,
      task.priority ?? 0,
      task.runAt ?? now + (task.delayMs ?? 0),
      task.maxAttempts,
      task.requeueOnInterrupt ? 1 : 0,
      now,
      task.priority,
      toText(task.group),
      task.executor,
      task.source,
      key,
      task.retryOf,
      tags,
      toText(task.payload),
      task.taskId,
    )
  if (changes === 0) return { taskId: task.taskId, duplicate: true }
  store.changed.add(task.taskId)
  return { taskId: task.taskId, duplicate: false }
}

function exists(store: Store, taskId: string): boolean {
  return (
    store
      .sql('select 1 from {live} where id = ? union all select 1 from {done} where id = ?')
      .get(taskId, taskId) !== undefined
  )
}

function keyHolder(store: Store, func: string, key: string | null): string | undefined {
  if (key === null) return undefined
  const row = store.sql('select task_id from {keys} where func = ? and key = ?').get(func, key)
  return (row as { task_id: string } | undefined)?.task_id
}

/** An earlier retry of the same task with the same payload that is pending, running or succeeded. */
function standingRetry(store: Store, task: NewTask): string | undefined {
  if (task.retryOf === null) return undefined
  const payload = toText(task.payload)
  const row = store
    .sql(`select id from {live} where retry_of = ? and payload = ?
      union all select id from {done} where retry_of = ? and state = 10 and payload = ? limit 1`)
    .get(task.retryOf, payload, task.retryOf, payload)
  return (row as { id: string } | undefined)?.id
}
