import { RUNNING, SUCCESS } from '../codes.ts'
import type { PackedSettlement, PlainSettlements } from '../pack.ts'
import type { Session } from '../session.ts'
import { leaveLive } from './finish.ts'

// What most tasks come to, read from the settlements' own text: no row is brought into JavaScript
// and written back. The conditions are the fence; a row that meets none is looked at one by one.
// Of `12 0198…` a cast reads the number before the space.
// Without `+` SQLite would prepare the statement anew for each turn (see `sql` of the session), a fifth
// of its time, and on an analysed file look at all tasks of the owner for each one.
export const MOVE = `insert into {done} (seq, id, kind, state, run_at, created_at, fence, rev, attempts,
    children, owner, claimed_at, started_at, ended_at, cancel_at, meta, notes, payload, result)
  select live.seq, live.id, live.kind, ${SUCCESS}, live.run_at, live.created_at, live.fence,
    live.rev + 1, live.attempts, live.children, live.owner, live.started_at,
    max(@now - cast(ended.key as integer), live.started_at), @now, live.cancel_at, live.meta, null,
    live.payload, ended.value
  from json_each(@results) as ended
    cross join {ids} as ids on ids.id = substr(ended.key, instr(ended.key, ' ') + 1)
    cross join {live} as live on live.seq = ids.seq
  where +live.state = ${RUNNING} and +live.owner = +@owner and live.fence = +@fence
    and live.children = 0 and live.notes is null
  on conflict (seq) do nothing
  returning seq, kind, started_at`

/** A settlement that was not made, by its position among the plain. */
export type NotMoved = [position: number, settlement: PackedSettlement]

/**
 * Settles successes of tasks that nobody depends on and nothing is noted of, each if its task still
 * is at this fence in this instance's name. Returns those that it did not.
 */
export function settlePlain(
  session: Session,
  owner: number | undefined,
  plain: readonly PlainSettlements[],
  now: number,
): NotMoved[] {
  return plain.flatMap((group) => settleGroup(session, owner ?? null, group, now))
}

function settleGroup(
  session: Session,
  owner: number | null,
  group: PlainSettlements,
  now: number,
): NotMoved[] {
  const { fence, results, count } = group
  const moved = session.rows(MOVE).all({ results, owner, fence, now }) as [
    seq: number,
    kind: number,
    startedAt: number,
  ][]
  const seqs: number[] = []
  for (const [seq, kind, startedAt] of moved) {
    seqs.push(seq)
    const { func } = session.kinds.get(kind)
    session.ended.add({ func, state: SUCCESS, endedAt: now, durationMs: now - startedAt })
  }
  leaveLive(session, seqs)
  for (const seq of seqs) session.changed.push(seq)
  return seqs.length === count ? [] : notMoved(session, group, seqs)
}

/** A second settlement of a task in one batch is among those that were not. */
function notMoved(
  session: Session,
  { fence, from, results }: PlainSettlements,
  seqs: readonly number[],
): NotMoved[] {
  const moved = new Set(
    session
      .sql('select id from {done} where seq in (select value from json_each(?))')
      .pluck()
      .all(JSON.stringify(seqs)) as string[],
  )
  // By SQLite, since one of JavaScript's objects would have a task only once.
  const settlements = session.rows('select key, value from json_each(?)').all(results) as [
    key: string,
    result: string | null,
  ][]
  return settlements.flatMap(([key, result], n): NotMoved[] => {
    const [durationMs = ''] = key.split(' ', 1)
    const id = key.slice(durationMs.length + 1)
    if (moved.delete(id)) return []
    return [[from + n, [id, fence, 'success', Number(durationMs), result]]]
  })
}
