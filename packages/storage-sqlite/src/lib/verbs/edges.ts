import type { DEPENDENCY_FAILED } from '@taskflow/core'
import { BLOCKED, FAILED, READY, SUCCESS } from '../codes.ts'
import { type LiveRow, liveByIds } from '../live.ts'
import { notesText, toNotes } from '../notes.ts'
import { toMeta } from '../pack.ts'
import type { Session } from '../session.ts'
import { type End, moveToDone } from './finish.ts'
import { retryLabel } from './labels.ts'

// The worker thread loads nothing of core but types.
const ERROR: typeof DEPENDENCY_FAILED = 'A task it depends on did not succeed'

/**
 * Moves tasks to their final state, and on with those that depended on their end. True when that
 * made any of them ready.
 */
export function finish(session: Session, ends: readonly End[], endedAt: number): boolean {
  let next = ends
  let released = false
  // Not recursive: a failure may go on through a chain of any length.
  while (next.length > 0) {
    moveToDone(session, next, endedAt)
    const parents = next.filter(({ row }) => row.children)
    if (parents.length === 0) break
    const children = release(session, parents)
    released ||= children.released
    next = children.failed
  }
  return released
}

interface OpenEdge {
  child: string
  parent: string
}

/** Frees the children of tasks that just ended, and finds those that fail with them. */
function release(session: Session, parents: readonly End[]): { released: boolean; failed: End[] } {
  const success = new Map(parents.map(({ row, state }) => [row.id, state === SUCCESS]))
  const edges = session
    .sql(`select edges.child, edges.parent from json_each(?) as ended
      cross join {edges} as edges on edges.parent = ended.value where edges.open = 1`)
    .all(JSON.stringify([...success.keys()])) as OpenEdge[]
  const children = liveByIds(session, [...new Set(edges.map(({ child }) => child))])
  const freed = new Set<LiveRow>()
  const failed = new Map<string, End>()
  for (const { child, parent } of edges) {
    const row = children.get(child)
    if (row === undefined || row.state !== BLOCKED) continue
    const policy = toMeta(row.meta).onFailure
    if (success.get(parent) === true || policy === 'run') {
      closeEdge(session, child, parent)
      freed.add(row)
    } else if (policy === 'fail') failed.set(child, failure(row))
  }
  let released = false
  for (const row of freed) {
    if (!failed.has(row.id) && unblock(session, row)) released = true
  }
  return { released, failed: [...failed.values()] }
}

function closeEdge(session: Session, child: string, parent: string): void {
  session
    .sql('update {edges} set open = 0 where child = +? and parent = +? and open = 1')
    .run(child, parent)
}

/** Makes a task that waits for one parent less ready, if it waits for nobody any more. */
function unblock(session: Session, row: LiveRow): boolean {
  const state = session
    .sql(`update {live} as live set rev = rev + 1, state = case
        when exists (select 1 from {edges} where child = live.id and open = 1) then ${BLOCKED}
        else ${READY} end
      where seq = ? returning state`)
    .pluck()
    .get(row.seq)
  session.changed.push(row.seq)
  return state === READY
}

/** The end of a task that was never started, since a parent did not succeed. */
export function failure(row: LiveRow): End {
  const notes = notesText({ ...toNotes(row.notes), error: ERROR, stacktrace: null })
  return { row, state: FAILED, notes, claimedAt: null }
}

/** Links a task that was just inserted as blocked to its parents, and settles what is known of them. */
export function link(
  session: Session,
  row: LiveRow,
  parents: readonly string[],
  policy: 'hold' | 'fail' | 'run',
  now: number,
): void {
  const states = statesOf(session, parents)
  let failed = false
  for (const [position, parent] of parents.entries()) {
    const state = states.get(parent)
    const bad = state !== undefined && state > SUCCESS
    const open = !(state === SUCCESS || (bad && policy === 'run'))
    failed ||= bad && policy === 'fail'
    session
      .sql('insert into {edges} (child, position, parent, open) values (?, ?, ?, ?)')
      .run(row.id, position, parent, open ? 1 : 0)
  }
  adopt(session, parents)
  if (failed) finish(session, [failure(row)], now)
  else unblock(session, row)
}

/** Notes in parents that somebody depends on them. */
function adopt(session: Session, parents: readonly string[]): void {
  const text = JSON.stringify(parents)
  const numbers = `select ids.seq from json_each(?) as wanted
    cross join {ids} as ids on ids.id = wanted.value`
  session.sql(`update {live} set children = 1 where children = 0 and seq in (${numbers})`).run(text)
  session.sql(`update {done} set children = 1 where children = 0 and seq in (${numbers})`).run(text)
}

/** The state of each task that exists. */
export function statesOf(session: Session, taskIds: readonly string[]): Map<string, number> {
  const rows = session
    .rows(`select ids.id, coalesce(live.state, done.state) from json_each(?) as wanted
      cross join {ids} as ids on ids.id = wanted.value
      left join {live} as live on live.seq = ids.seq
      left join {done} as done on done.seq = ids.seq`)
    .all(JSON.stringify(taskIds)) as [string, number][]
  return new Map(rows)
}

/**
 * Puts a retry in the place of the original, and of earlier retries of it that ended badly, for the
 * tasks that wait for those.
 */
export function takePlace(session: Session, original: string, retry: string): void {
  const failed = session
    .sql(`select labels.id from {labels} as labels cross join {done} as done on done.seq = labels.seq
      where labels.label = ? and done.state > ${SUCCESS}`)
    .pluck()
    .all(retryLabel(original)) as string[]
  for (const parent of [original, ...failed]) replaceParent(session, parent, retry)
}

function replaceParent(session: Session, parent: string, retry: string): void {
  const children = session
    .sql('select child from {edges} where parent = +? and open = 1 and child <> ?')
    .pluck()
    .all(parent, retry) as string[]
  if (children.length === 0) return
  for (const row of liveByIds(session, children).values()) {
    // A child of several of them waits for the retry once.
    session
      .sql(`delete from {edges} as old where child = ? and parent = ? and open = 1
        and exists (select 1 from {edges} where child = old.child and parent = ?)`)
      .run(row.id, parent, retry)
    session
      .sql('update {edges} set parent = ? where child = ? and parent = ? and open = 1')
      .run(retry, row.id, parent)
    session.sql('update {live} set rev = rev + 1 where seq = ?').run(row.seq)
    session.changed.push(row.seq)
  }
  adopt(session, [retry])
}
