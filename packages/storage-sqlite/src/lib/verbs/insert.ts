import type { InsertResult } from '@taskflow/core'
import type { PackedInsert, PackedTask } from '../pack.ts'
import { toMeta } from '../pack.ts'
import type { Session } from '../session.ts'
import { insertOneByOne } from './insert-checked.ts'
import { labelsOf } from './labels.ts'

// Rows are read from one JSON text: half the cost of a statement per row.
const PLAIN = `insert into {live} (seq, id, kind, state, rank, run_at, created_at, fence, rev,
    attempts, children, payload)
  select @first + key, value ->> 0, @kinds ->> (value ->> 2), 0, 0, @now, @now, 0, 1, 0, 0, value ->> 1
  from json_each(@tasks)`

const RICH = `insert into {live} (seq, id, kind, state, rank, run_at, created_at, fence, rev,
    attempts, children, meta, payload)
  select @first + key, value ->> 0, @kinds ->> (value ->> 2), 0, coalesce(value ->> 4, 0),
    coalesce(value ->> 5, @now + coalesce(value ->> 6, 0)), @now, 0, 1, 0, 0, value ->> 3, value ->> 1
  from json_each(@tasks)`

/**
 * Stores new tasks. Null says that all were new: what nearly every call comes to needs no answer for
 * each task.
 */
export function insert(session: Session, input: PackedInsert, now: number): InsertResult[] | null {
  if (input.count === 0) return null
  const last = lastTask(session)
  const isNew = input.ascending && (last.id === null || input.first > last.id)
  if (!input.independent || !isNew) {
    const tasks = JSON.parse(input.tasks) as PackedTask[]
    return insertOneByOne(session, tasks, input.kinds, last.seq + 1, now)
  }
  const kinds = JSON.stringify(input.kinds.map((kind) => session.kinds.numberOf(kind)))
  const first = last.seq + 1
  session.sql(input.plain ? PLAIN : RICH).run({ first, kinds, now, tasks: input.tasks })
  session.sql('insert into {ids} (id, seq) select id, seq from {live} where seq >= ?').run(first)
  for (let n = 0; n < input.count; n += 1) session.changed.push(first + n)
  if (!input.plain) label(session, JSON.parse(input.tasks) as PackedTask[], first)
  return null
}

/** The highest number ever given out, and the highest id. */
function lastTask(session: Session): { seq: number; id: string | null } {
  return session
    .sql(`select max(coalesce((select max(seq) from {live}), 0),
        coalesce((select max(seq) from {done}), 0),
        coalesce((select cast(value as integer) from {meta} where name = 'lastSeq'), 0)) as seq,
      (select max(id) from {ids}) as id`)
    .get() as { seq: number; id: string | null }
}

/** The highest number ever given out. */
export function lastSeq(session: Session): number {
  return lastTask(session).seq
}

function label(session: Session, tasks: PackedTask[], first: number): void {
  const labels = tasks.flatMap(([id, , , meta = null], n) =>
    meta === null ? [] : labelsOf(toMeta(meta)).map((each) => [each, id, first + n]),
  )
  if (labels.length === 0) return
  session
    .sql(`insert into {labels} (label, id, seq)
      select value ->> 0, value ->> 1, value ->> 2 from json_each(?)`)
    .run(JSON.stringify(labels))
}
