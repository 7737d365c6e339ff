import { DEPENDENCY_FAILED, type ParentFailurePolicy } from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import { BLOCKED, FAILED, SUCCESS } from '../codes.ts'
import type { Runner } from '../runner.ts'
import type { Store } from '../store.ts'
import { fromText } from '../text.ts'
import { lockLive, Moves } from './moves.ts'

const AT_ONCE = 1000
const POLICIES: ParentFailurePolicy[] = ['hold', 'fail', 'run']

export function policyCode(policy: ParentFailurePolicy | undefined): number {
  return Math.max(0, POLICIES.indexOf(policy ?? 'hold'))
}

/** A task that ended, as far as its children go. */
export interface EndedParent {
  id: string
  state: number
}

interface Edge {
  child: string
  parent: string
  policy: number
}

/** Writes what was decided, and what it means for children; true when one of those is free now. */
export async function writeAll(
  store: Store,
  runner: Runner,
  moves: Moves,
  now: number,
): Promise<boolean> {
  await moves.write(store, runner)
  return releaseChildren(store, runner, moves.parents, now)
}

const OPEN_EDGES = `select e.* from unnest($1::text[]) as x (id) cross join lateral (
  select child, parent, policy from {edges} where parent = x.id and open = 1) as e`

// Under the locks of the children: what another did to an edge meanwhile is seen here.
const CLOSE = `with x as materialized (
    select e.at from unnest($1::text[], $2::text[]) as x (child, parent) cross join lateral (
      select ctid as at from {edges} where child = x.child and parent = x.parent and open = 1
      for update) as e)
  update {edges} as e set open = 0 from x where e.ctid = x.at returning e.child, e.parent, e.policy`

const COUNT_DOWN = `with x as materialized (
    select x.n, l.at from unnest($1::text[], $2::int[]) as x (id, n)
    cross join lateral (select ctid as at from {live} where id = x.id for update) as l)
  update {live} as l set open_parents = l.open_parents - x.n, rev = l.rev + 1,
    state = case when l.open_parents <= x.n then 0 else 1 end
  from x where l.ctid = x.at returning l.id, l.state`

/**
 * What the end of tasks does to those that they block, and so on with those that it fails; in the
 * transaction that ended them or one of its own. True when a task is blocked no more.
 */
export async function releaseChildren(
  store: Store,
  runner: Runner,
  parents: EndedParent[],
  now: number,
): Promise<boolean> {
  let released = false
  for (let ended = parents; ended.length > 0; ) {
    const states = new Map(ended.map(({ id, state }) => [id, state]))
    const isSatisfied = ({ parent, policy }: Edge) =>
      states.get(parent) === SUCCESS || POLICIES[policy] === 'run'
    const edges = toEdges(await runner.run<Edge>(OPEN_EDGES, [texts([...states.keys()])]))
    const children = await lockLive(
      runner,
      edges.map(({ child }) => child),
    )
    const due = edges.filter(
      (edge) =>
        children.get(edge.child)?.state === BLOCKED &&
        (isSatisfied(edge) || POLICIES[edge.policy] === 'fail'),
    )
    if (due.length === 0) break
    const closed = toEdges(
      await runner.run<Edge>(CLOSE, [
        texts(due.map(({ child }) => child)),
        texts(due.map(({ parent }) => parent)),
      ]),
    )
    const failing = new Set(closed.filter((edge) => !isSatisfied(edge)).map(({ child }) => child))
    const satisfied = new Map<string, number>()
    for (const { child } of closed) {
      if (!failing.has(child)) satisfied.set(child, (satisfied.get(child) ?? 0) + 1)
    }
    const moves = new Moves()
    for (const id of failing) {
      const task = children.get(id)
      if (task === undefined) continue
      const error = DEPENDENCY_FAILED
      moves.end({ ...task, error }, { state: FAILED, endedAt: now, start: null })
    }
    if (satisfied.size > 0) {
      const rows = await runner.run<{ id: string; state: number }>(COUNT_DOWN, [
        texts([...satisfied.keys()]),
        numbers([...satisfied.values()]),
      ])
      for (const { id, state } of rows) {
        moves.note(fromText(id))
        if (state !== BLOCKED) released = true
      }
    }
    await moves.write(store, runner)
    ended = moves.parents
  }
  return released
}

/** Releases the children of tasks that a turn has ended well, unless another has done it. */
export async function releaseSuccessful(
  store: Store,
  runner: Runner,
  taskIds: string[],
  now: number,
): Promise<boolean> {
  const rows = await runner.run<{ parent: string }>(
    'delete from {released} where parent = any ($1::text[]) returning parent',
    [texts(taskIds)],
  )
  const parents = rows.map(({ parent }) => ({ id: fromText(parent), state: SUCCESS }))
  return releaseChildren(store, runner, parents, now)
}

/** Releases children that a crash left behind; true when one of them is free now. */
export async function releaseLeftBehind(
  store: Store,
  runner: Runner,
  now: number,
): Promise<boolean> {
  const rows = await runner.run<{ parent: string }>(
    `delete from {released} where parent = any (array(
      select parent from {released} order by parent limit ${AT_ONCE} for update skip locked))
      returning parent`,
  )
  // Only successes are written down there: other ends release in their own transaction.
  const parents = rows.map(({ parent }) => ({ id: fromText(parent), state: SUCCESS }))
  return releaseChildren(store, runner, parents, now)
}

function toEdges(rows: Edge[]): Edge[] {
  return rows.map(({ child, parent, policy }) => ({
    child: fromText(child),
    parent: fromText(parent),
    policy,
  }))
}
