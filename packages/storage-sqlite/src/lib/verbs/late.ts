import { outcomeName, SUCCESS } from '../codes.ts'
import { notesText, toNotes } from '../notes.ts'
import type { PackedSettlement } from '../pack.ts'
import type { Session } from '../session.ts'
import { toText } from '../text.ts'

/**
 * Notes a stale settlement in the attempt it belongs to, if that was taken from its owner, and
 * counts it once. A repeat of a settlement that counted is none: its owner ended that attempt.
 */
export function noteLate(session: Session, settlement: PackedSettlement): void {
  const [id, fence, type, , , cause] = settlement
  if (type === 'unstarted') return
  const outcome = outcomeName({ type, cause: cause ?? 'error' } as Parameters<
    typeof outcomeName
  >[0])
  const task = session
    .sql(`select ids.seq, coalesce(live.kind, done.kind) as kind, done.state, done.notes
      from {ids} as ids left join {live} as live on live.seq = ids.seq
      left join {done} as done on done.seq = ids.seq where ids.id = ?`)
    .get(id) as
    | { seq: number; kind: number; state: number | null; notes: string | null }
    | undefined
  if (task === undefined) return
  const { changes } = session
    .sql(`update {attempts} set late_outcome = ?
      where task = ? and fence = ? and outcome = 'crashed' and late_outcome is null`)
    .run(outcome, task.seq, fence)
  if (changes === 0 && !noteInEnd(session, task, fence, outcome)) return
  session
    .sql(`insert into {functions} (func, used, used_at, late) values (?, 0, 0, 1)
      on conflict (func) do update set late = late + 1`)
    .run(toText(session.kinds.get(task.kind).func))
}

/** The attempt that a task ended with is in its own row. */
function noteInEnd(
  session: Session,
  task: { seq: number; state: number | null; notes: string | null },
  fence: number,
  outcome: string,
): boolean {
  const notes = toNotes(task.notes)
  if ((task.state ?? 0) < SUCCESS || notes.taken !== fence || notes.late !== undefined) return false
  session
    .sql('update {done} set notes = ? where seq = ?')
    .run(notesText({ ...notes, late: outcome }), task.seq)
  return true
}
