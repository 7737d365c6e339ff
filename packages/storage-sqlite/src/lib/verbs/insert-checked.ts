import type { InsertResult } from '@taskflow/core'
import { BLOCKED, READY, SUCCESS } from '../codes.ts'
import type { Kind } from '../kinds.ts'
import { liveById } from '../live.ts'
import { type Meta, type PackedTask, toMeta } from '../pack.ts'
import type { Session } from '../session.ts'
import { toText } from '../text.ts'
import { link, takePlace } from './edges.ts'
import { addLabels, retryLabel } from './labels.ts'

/** What is to become of one task of a batch. */
interface Plan {
  task: PackedTask
  meta: Meta
  /** The task that stands in its place. */
  standing?: string
  unknownParent?: string
  /** `dependsOn`, with the tasks that stand. */
  parents: string[]
}

/** Stores those tasks of a batch that are new, with a look at keys, retries and parents of each. */
export function insertOneByOne(
  session: Session,
  tasks: readonly PackedTask[],
  kinds: readonly Kind[],
  firstSeq: number,
  now: number,
): InsertResult[] {
  let seq = firstSeq
  return plan(session, tasks, kinds).map(({ task, meta, standing, unknownParent, parents }) => {
    const [taskId] = task
    if (unknownParent !== undefined) return { taskId, duplicate: false, unknownParent }
    if (standing !== undefined) return { taskId: standing, duplicate: true }
    store(session, { task, meta, parents, kind: kindOf(kinds, task), seq, now })
    seq += 1
    return { taskId, duplicate: false }
  })
}

function store(
  session: Session,
  given: { task: PackedTask; meta: Meta; parents: string[]; kind: Kind; seq: number; now: number },
): void {
  const { task, meta, parents, kind, seq, now } = given
  const [id, payload, , metaText = null, rank = 0, runAt = null, delayMs = 0] = task
  session
    .sql(`insert into {live} (seq, id, kind, state, rank, run_at, created_at, fence, rev, attempts,
      children, meta, payload) values (?, ?, ?, ?, ?, ?, ?, 0, 1, 0, 0, ?, ?)`)
    .run(
      seq,
      id,
      session.kinds.numberOf(kind),
      parents.length > 0 ? BLOCKED : READY,
      rank,
      runAt ?? now + delayMs,
      now,
      metaText,
      payload,
    )
  session.sql('insert into {ids} (id, seq) values (?, ?)').run(id, seq)
  session.changed.push(seq)
  addLabels(session, id, seq, meta)
  if (meta.key !== undefined) {
    session
      .sql('insert into {keys} (func, key, id) values (?, ?, ?)')
      .run(kind.func, toText(meta.key), id)
  }
  if (parents.length > 0) {
    const row = liveById(session, id)
    if (row !== undefined) link(session, row, parents, meta.onFailure ?? 'hold', now)
  }
  if (meta.retryOf !== undefined) takePlace(session, meta.retryOf, id)
}

function kindOf(kinds: readonly Kind[], task: PackedTask): Kind {
  const kind = kinds[task[2]]
  if (kind === undefined) throw new Error('a task of a kind that was not given')
  return kind
}

/**
 * Finds out what can be stored before anything is: a flow is refused as a whole, even for its last
 * task. A flow found out that way may be the parent of another, so the look is repeated.
 */
function plan(session: Session, tasks: readonly PackedTask[], kinds: readonly Kind[]): Plan[] {
  const refusedFlows = new Map<string, string>()
  for (;;) {
    const known = refusedFlows.size
    const planner = new Planner(session, refusedFlows)
    const plans = tasks.map((task) => planner.plan(task, kindOf(kinds, task).func))
    if (refusedFlows.size === known) return plans
  }
}

class Planner {
  readonly #session: Session
  /** Unknown parent of each flow that is refused. */
  readonly #refusedFlows: Map<string, string>
  /** Ids, keys and retries of the batch so far, each with the task that stands. */
  readonly #ids = new Map<string, string>()
  readonly #keys = new Map<string, string>()
  readonly #retries = new Map<string, string>()

  constructor(session: Session, refusedFlows: Map<string, string>) {
    this.#session = session
    this.#refusedFlows = refusedFlows
  }

  plan(task: PackedTask, func: string): Plan {
    const [taskId, payload, , metaText = null, , , , dependsOn = []] = task
    const meta = toMeta(metaText)
    const refused = meta.flow === undefined ? undefined : this.#refusedFlows.get(meta.flow)
    if (refused !== undefined) return { task, meta, parents: [], unknownParent: refused }
    const standing = this.#standing(taskId, payload, func, meta)
    if (standing !== undefined) {
      this.#ids.set(taskId, standing)
      return { task, meta, parents: [], standing }
    }
    const parents = new Set<string>()
    for (const id of dependsOn) {
      const parent = this.#ids.get(id) ?? (this.#exists(id) ? id : undefined)
      if (parent === undefined) {
        if (meta.flow !== undefined) this.#refusedFlows.set(meta.flow, id)
        return { task, meta, parents: [], unknownParent: id }
      }
      parents.add(parent)
    }
    this.#ids.set(taskId, taskId)
    if (meta.key !== undefined) this.#keys.set(JSON.stringify([func, meta.key]), taskId)
    if (meta.retryOf !== undefined) {
      this.#retries.set(JSON.stringify([meta.retryOf, payload]), taskId)
    }
    return { task, meta, parents: [...parents] }
  }

  /** The id comes first: calling twice must find the task itself, whatever became of its key. */
  #standing(taskId: string, payload: string, func: string, meta: Meta): string | undefined {
    const { key, retryOf } = meta
    const same = this.#ids.get(taskId) ?? (this.#exists(taskId) ? taskId : undefined)
    if (same !== undefined) return same
    const holder =
      key === undefined
        ? undefined
        : (this.#keyHolder(func, key) ?? this.#keys.get(JSON.stringify([func, key])))
    if (holder !== undefined || retryOf === undefined) return holder
    return (
      this.#standingRetry(retryOf, payload) ?? this.#retries.get(JSON.stringify([retryOf, payload]))
    )
  }

  #exists(taskId: string): boolean {
    return this.#session.sql('select 1 from {ids} where id = ?').get(taskId) !== undefined
  }

  #keyHolder(func: string, key: string): string | undefined {
    return this.#session
      .sql('select id from {keys} where func = ? and key = ?')
      .pluck()
      .get(func, toText(key)) as string | undefined
  }

  /** A retry of the same task with the same payload that is pending, running or succeeded. */
  #standingRetry(retryOf: string, payload: string): string | undefined {
    return this.#session
      .sql(`select labels.id from {labels} as labels
        left join {live} as live on live.seq = labels.seq
        left join {done} as done on done.seq = labels.seq
        where labels.label = ? and coalesce(live.payload, done.payload) = ?
          and coalesce(done.state, ${SUCCESS}) = ${SUCCESS} limit 1`)
      .pluck()
      .get(retryLabel(retryOf), payload) as string | undefined
  }
}
