import { RUNNING, SUCCESS } from '../codes.ts'
import type { PlainSettlement } from '../pack.ts'
import type { Session } from '../session.ts'
import { leaveLive } from './finish.ts'

// What most tasks come to, read from the settlements' own text: no row is brought into JavaScript
// and written back. The conditions are the fence; a row that meets none is looked at one by one.
// Without `+` SQLite would prepare the statement anew for each value (see `sql` of the session), and
// on an analysed file look at all tasks of the owner for each one.
export const MOVE = `insert into {done} (seq, id, kind, state, run_at, created_at, fence, rev, attempts,
    children, owner, claimed_at, started_at, ended_at, cancel_at, meta, notes, payload, result)
  select live.seq, live.id, live.kind, ${SUCCESS}, live.run_at, live.created_at, live.fence,
    live.rev + 1, live.attempts, live.children, live.owner, live.started_at,
    max(@now - (ended.value ->> 2), live.started_at), @now, live.cancel_at, live.meta, null,
    live.payload, ended.value ->> 3
  from json_each(@settlements) as ended
    cross join {ids} as ids on ids.id = ended.value ->> 0
    cross join {live} as live on live.seq = ids.seq
  where +live.state = ${RUNNING} and +live.owner = +@owner and live.fence = ended.value ->> 1
    and live.children = 0 and live.notes is null
  on conflict (seq) do nothing
  returning seq, kind, started_at`

/**
 * Settles successes of tasks that nobody depends on and nothing is noted of, each if its task still
 * is at this fence in this instance's name. Returns those that it did not, with their positions.
 */
export function settlePlain(
  session: Session,
  owner: number | undefined,
  plain: { settlements: string; count: number },
  now: number,
): [position: number, settlement: PlainSettlement][] {
  if (plain.count === 0) return []
  const moved = session.rows(MOVE).all({
    settlements: plain.settlements,
    owner: owner ?? null,
    now,
  }) as [seq: number, kind: number, startedAt: number][]
  const seqs: number[] = []
  for (const [seq, kind, startedAt] of moved) {
    seqs.push(seq)
    const { func } = session.kinds.get(kind)
    session.ended.add({ func, state: SUCCESS, endedAt: now, durationMs: now - startedAt })
  }
  leaveLive(session, seqs)
  for (const seq of seqs) session.changed.push(seq)
  return seqs.length === plain.count ? [] : notMoved(session, plain.settlements, seqs)
}

/** A second settlement of a task in one batch is among those that were not. */
function notMoved(
  session: Session,
  text: string,
  seqs: readonly number[],
): [position: number, settlement: PlainSettlement][] {
  const moved = new Set(
    session
      .sql('select id from {done} where seq in (select value from json_each(?))')
      .pluck()
      .all(JSON.stringify(seqs)) as string[],
  )
  const settlements = JSON.parse(text) as PlainSettlement[]
  return [...settlements.entries()].filter(([, [id]]) => !moved.delete(id))
}
