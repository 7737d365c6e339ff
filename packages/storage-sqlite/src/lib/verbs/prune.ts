import type { TaskStorage } from '@taskflow/core'
import { toMeta } from '../pack.ts'
import type { Session } from '../session.ts'
import { pruneAudit } from './audit.ts'
import { freeKey } from './finish.ts'
import { lastSeq } from './insert.ts'
import { removeLabels } from './labels.ts'
import { fold, uncount } from './rollup.ts'

interface OldRow {
  seq: number
  id: string
  kind: number
  state: number
  started_at: number | null
  ended_at: number
  meta: string | null
}

/** Parents of tasks that are live; only tasks that had children can be. */
const IS_NEEDED = `children = 1 and exists (select 1 from {edges} as edges
  cross join {ids} as ids on ids.id = edges.child cross join {live} as live on live.seq = ids.seq
  where edges.parent = done.id)`

type PruneInput = Parameters<TaskStorage['prune']>[0]

export function prune(session: Session, input: PruneInput, now: number): { deleted: number } {
  const { endedBefore, funcNames, exceptFuncNames } = input
  const kinds = kindsOf(session, input)
  if (input.dryRun === true) {
    const row = session
      .sql(`select count(*) as deleted from {done} as done
        where kind in (select value from json_each(?)) and ended_at < ? and not (${IS_NEEDED})`)
      .get(JSON.stringify(kinds), endedBefore)
    return row as { deleted: number }
  }
  if (funcNames === undefined && exceptFuncNames === undefined) {
    pruneAudit(session, endedBefore)
    session.sql('delete from {ticks} where fired_at < ?').run(endedBefore)
  }
  const rows = oldest(session, kinds, input)
  if (rows.length === 0) return { deleted: 0 }
  fold(session, now)
  const highest = lastSeq(session)
  for (const row of rows) forget(session, row)
  // Numbers are never used twice, also when the highest is gone.
  session
    .sql(`insert into {meta} (name, value) values ('lastSeq', ?)
      on conflict (name) do update set value = excluded.value`)
    .run(String(highest))
  return { deleted: rows.length }
}

function kindsOf(session: Session, { funcNames, exceptFuncNames }: PruneInput): number[] {
  return [...session.kinds.all()]
    .filter(([, { func }]) => funcNames?.includes(func) ?? true)
    .filter(([, { func }]) => !exceptFuncNames?.includes(func))
    .map(([id]) => id)
}

/** The oldest of each kind come from an index alone: what is kept longer is never scanned past. */
function oldest(session: Session, kinds: readonly number[], input: PruneInput): OldRow[] {
  const { endedBefore, limit } = input
  const found = kinds.flatMap(
    (kind) =>
      session
        .rows(`select ended_at, seq from {done} as done
          where kind = ? and ended_at < ? and not (${IS_NEEDED}) order by ended_at limit ?`)
        .all(kind, endedBefore, limit) as [endedAt: number, seq: number][],
  )
  const seqs = found
    .sort(([endedA, a], [endedB, b]) => endedA - endedB || a - b)
    .slice(0, limit)
    .map(([, seq]) => seq)
  return session
    .sql(`select seq, id, kind, state, started_at, ended_at, meta from {done}
      where seq in (select value from json_each(?))`)
    .all(JSON.stringify(seqs)) as OldRow[]
}

function forget(session: Session, row: OldRow): void {
  session.sql('delete from {done} where seq = ?').run(row.seq)
  session.sql('delete from {ids} where id = ?').run(row.id)
  session.sql('delete from {attempts} where task = ?').run(row.seq)
  session.sql('delete from {logs} where task = ?').run(row.seq)
  // The children still say what they depended on, but a later task of this id has none of them.
  session.sql('update {edges} set open = -1 where parent = ?').run(row.id)
  if (row.meta !== null) {
    freeKey(session, row)
    removeLabels(session, row.id, toMeta(row.meta))
    session.sql('delete from {edges} where child = ?').run(row.id)
  }
  const durationMs = row.started_at === null ? null : row.ended_at - row.started_at
  uncount(session, { func: session.kinds.get(row.kind).func, state: row.state, durationMs })
  session.gone.push(row.id)
}
