import type { InsertResult } from '@taskflow/core'
import type { PackedInsert, PackedTask } from '../pack.ts'
import { toMeta } from '../pack.ts'
import type { Session } from '../session.ts'
import { insertOneByOne } from './insert-checked.ts'
import { labelsOf } from './labels.ts'

const COLUMNS =
  'seq, id, kind, state, rank, run_at, created_at, fence, rev, attempts, children, payload'

const ONE = `insert into {live} (${COLUMNS}) values (?, ?, ?, 0, 0, ?, ?, 0, 1, 0, 0, ?)`

// Rows are read from one JSON text: half the cost of a statement per row. Without a number SQLite
// gives a row the next one after the highest there is.
const PLAIN = `insert into {live} (${COLUMNS})
  select case key when @id then @first end, key, @kind, 0, 0, @now, @now, 0, 1, 0, 0, value
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
  const last = session.known.last ?? lastTask(session)
  const isNew = input.ascending && (last.id === null || input.first > last.id)
  if (!input.independent || !isNew) {
    delete session.known.last
    return insertOneByOne(session, tasksOf(session, input), input.kinds, last.seq + 1, now)
  }
  const first = last.seq + 1
  const kinds = input.kinds.map((kind) => session.kinds.numberOf(kind))
  if (input.plain) insertPlain(session, input, { first, kind: kinds[0] ?? 0, now })
  else {
    session.sql(RICH).run({ first, kinds: JSON.stringify(kinds), now, tasks: input.tasks })
    label(session, JSON.parse(input.tasks) as PackedTask[], first)
  }
  if (input.count === 1)
    session.sql('insert into {ids} (id, seq) values (?, ?)').run(input.first, first)
  else
    session.sql('insert into {ids} (id, seq) select id, seq from {live} where seq >= ?').run(first)
  for (let n = 0; n < input.count; n += 1) session.changed.push(first + n)
  session.known.last = { seq: last.seq + input.count, id: input.last }
  return null
}

function insertPlain(
  session: Session,
  { tasks, count, first: id }: PackedInsert,
  { first, kind, now }: { first: number; kind: number; now: number },
): void {
  if (count > 1) session.sql(PLAIN).run({ id, first, kind, now, tasks })
  else session.sql(ONE).run(first, id, kind, now, now, tasks)
}

function tasksOf(session: Session, { tasks, plain, count, first }: PackedInsert): PackedTask[] {
  if (!plain) return JSON.parse(tasks) as PackedTask[]
  if (count === 1) return [[first, tasks, 0]]
  // By SQLite, as it would insert them: JavaScript puts keys that are numbers first.
  const rows = session.rows('select key, value, 0 from json_each(?)').all(tasks)
  return rows as [id: string, payload: string, kind: number][]
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
