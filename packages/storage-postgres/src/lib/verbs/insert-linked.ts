import { DEPENDENCY_FAILED, type InsertResult, type NewTask } from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import { BLOCKED, FAILED, READY, SUCCESS } from '../codes.ts'
import { Conflict } from '../errors.ts'
import { type Big, metaText } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { CLOCK, keyHash } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText } from '../text.ts'
import { policyCode, writeAll } from './edges.ts'
import { INSERT_COLUMNS, mixedParameters, unnestTasks, VALUES_MIXED } from './insert-columns.ts'
import { type Plan, planInsert } from './insert-plan.ts'
import { type LiveTask, lockLive, Moves } from './moves.ts'
import { takePlaces } from './take-place.ts'

/**
 * Inserts tasks that depend on others or are retries, inside a transaction: locks what they are
 * linked to, decides, writes.
 */
export async function insertLinked(
  store: Store,
  runner: Runner,
  tasks: NewTask[],
  given: number | null,
): Promise<InsertResult[]> {
  await lockRetries(store, runner, tasks)
  const holders = await takeKeys(runner, tasks)
  const retries = await standingRetries(runner, tasks)
  const wanted = tasks.flatMap(({ taskId, dependsOn = [] }) => [taskId, ...dependsOn])
  const standing = [...holders.values(), ...retries.values()]
  const [now, states] = await lockParents(runner, [...wanted, ...standing], given)
  const batch = new Set(tasks.map(({ taskId }) => taskId))
  const found = {
    has: (taskId: string) => states.has(taskId),
    standing: ({ taskId }: NewTask) => {
      const holder = holders.get(taskId)
      // Who stands within the batch is for the plan to find out: the first may be refused.
      const isOld = holder !== undefined && (!batch.has(holder) || states.has(holder))
      return isOld ? holder : retries.get(taskId)
    },
  }
  const plans = planInsert(found, tasks)
  const added = plans.filter(isAdded)
  const links = linkAll(added, states)
  await settleKeys(runner, tasks, added)
  await addRows(runner, links, now)
  const moves = new Moves()
  for (const { task } of links) moves.note(task.taskId)
  const failed = links.filter(({ state }) => state === FAILED)
  const parents = await takePlaces(runner, added, moves)
  for (const { task } of failed) {
    const hasChildren = parents.has(task.taskId)
    moves.end(newLive(task, now, hasChildren), { state: FAILED, endedAt: now, start: null })
  }
  await writeAll(store, runner, moves, now)
  return plans.map(({ task, standing, unknownParent }): InsertResult => {
    const { taskId } = task
    if (unknownParent !== undefined) return { taskId, duplicate: false, unknownParent }
    return standing === undefined
      ? { taskId, duplicate: false }
      : { taskId: standing, duplicate: true }
  })
}

const isAdded = ({ standing, unknownParent }: Plan) =>
  standing === undefined && unknownParent === undefined

/** A second retry waits here, and sees in its next statement what the first has committed. */
async function lockRetries(store: Store, runner: Runner, tasks: NewTask[]): Promise<void> {
  const originals = [...new Set(tasks.flatMap(({ retryOf }) => retryOf ?? []))].sort()
  if (originals.length === 0) return
  await runner.run(
    `select pg_advisory_xact_lock(hashtextextended($1 || id, 7))
      from unnest($2::text[]) with ordinality as retried (id, n) order by n`,
    [`${store.epoch}:retry:`, texts(originals)],
  )
}

/** Takes free keys, each for the first task that wants it, and returns the holder of each task's. */
async function takeKeys(runner: Runner, tasks: NewTask[]): Promise<Map<string, string>> {
  const keyed = tasks.filter(({ idempotencyKey }) => idempotencyKey !== null)
  if (keyed.length === 0) return new Map()
  const rows = await runner.run<{ wanted: string | null; hash: string; holder: string | null }>(
    `with x as materialized (
        select x.*, ${keyHash('x')} as hash
        from unnest($1::text[], $2::text[], $3::text[]) with ordinality as x (id, func, idem_key, n)),
      k as (
        insert into {keys} as k (hash, task_id)
        select distinct on (hash) hash, id from x
          where (select 1 from {live} as l where l.id = x.id) is null
            and (select 1 from {done} as d where d.id = x.id) is null order by hash, n
        on conflict (hash) do update set task_id = k.task_id returning k.hash, k.task_id)
      select id as wanted, encode(hash, 'hex') as hash, null as holder from x
      union all select null, encode(hash, 'hex'), task_id from k`,
    [
      texts(keyed.map(({ taskId }) => taskId)),
      texts(keyed.map(({ funcName }) => funcName)),
      texts(keyed.map(({ idempotencyKey }) => idempotencyKey)),
    ],
  )
  const held = new Map<string, string>()
  for (const { hash, holder } of rows) if (holder !== null) held.set(hash, fromText(holder))
  const holders = new Map<string, string>()
  for (const { wanted, hash } of rows) {
    const holder = held.get(hash)
    if (wanted !== null && holder !== undefined) holders.set(fromText(wanted), holder)
  }
  return holders
}

/** Keys go to those that are stored, and are free where none is. */
async function settleKeys(runner: Runner, tasks: NewTask[], added: Plan[]): Promise<void> {
  const keyed = added.flatMap(({ task }) => (task.idempotencyKey === null ? [] : [task]))
  const stored = new Set(added.map(({ task }) => task.taskId))
  const dropped = tasks.filter(
    ({ taskId, idempotencyKey }) => idempotencyKey !== null && !stored.has(taskId),
  )
  if (dropped.length === 0) return
  await runner.run(
    `delete from {keys} as k where k.task_id = any ($1::text[])
      and k.hash = any (array(select ${keyHash('x')}
        from unnest($2::text[], $3::text[]) as x (func, idem_key)))
      and (select 1 from {live} as l where l.id = k.task_id) is null
      and (select 1 from {done} as d where d.id = k.task_id) is null`,
    [
      texts(dropped.map(({ taskId }) => taskId)),
      texts(dropped.map(({ funcName }) => funcName)),
      texts(dropped.map(({ idempotencyKey }) => idempotencyKey)),
    ],
  )
  await runner.run(
    `insert into {keys} (hash, task_id) select ${keyHash('x')}, x.id
      from unnest($1::text[], $2::text[], $3::text[]) as x (id, func, idem_key)
      on conflict (hash) do nothing`,
    [
      texts(keyed.map(({ taskId }) => taskId)),
      texts(keyed.map(({ funcName }) => funcName)),
      texts(keyed.map(({ idempotencyKey }) => idempotencyKey)),
    ],
  )
}

/** Earlier retries with the same payload that are pending, running or succeeded. */
async function standingRetries(runner: Runner, tasks: NewTask[]): Promise<Map<string, string>> {
  const retries = tasks.filter(({ retryOf }) => retryOf !== null)
  if (retries.length === 0) return new Map()
  const rows = await runner.run<{ id: string; standing: string | null }>(
    `select x.id, coalesce(
        (select l.id from {live} as l where l.retry_of = x.retry_of and l.payload = x.payload limit 1),
        (select d.id from {done} as d where d.retry_of = x.retry_of and d.payload = x.payload
          and d.state = ${SUCCESS} limit 1)) as standing
      from unnest($1::text[], $2::text[], $3::text[]) as x (id, retry_of, payload)`,
    [
      texts(retries.map(({ taskId }) => taskId)),
      texts(retries.map(({ retryOf }) => retryOf)),
      texts(retries.map(({ payload }) => payload)),
    ],
  )
  return new Map(
    rows.flatMap(({ id, standing }) =>
      standing === null ? [] : [[fromText(id), fromText(standing)] as const],
    ),
  )
}

/**
 * Locks tasks that may be parents, marks them, and returns their states. Who ends one of them waits
 * for this transaction, and then sees the mark; who has ended it is seen by the second statement.
 */
async function lockParents(
  runner: Runner,
  taskIds: string[],
  given: number | null,
): Promise<[now: number, states: Map<string, number>]> {
  const ids = texts([...new Set(taskIds)].sort())
  // Sent at once; each sees what was committed before its own turn.
  const [live, ended, [clock]] = await Promise.all([
    lockLive(runner, taskIds),
    runner.run<{ id: string; state: number }>(
      `select d.* from unnest($1::text[]) with ordinality as x (id, n) cross join lateral (
        select id, state from {done} where id = x.id for update) as d order by x.n`,
      [ids],
    ),
    runner.run<{ now: Big }>(`select coalesce($1::bigint, ${CLOCK}) as now`, [given]),
    runner.run(MARK_LIVE, [ids]),
    runner.run(MARK_DONE, [ids]),
  ])
  const states = new Map(ended.map(({ id, state }) => [fromText(id), state]))
  for (const { id, state } of live.values()) states.set(id, state)
  return [Number(clock?.now), states]
}

const MARK_LIVE =
  'update {live} set has_children = 1 where id = any ($1::text[]) and has_children = 0'
const MARK_DONE =
  'update {done} set has_children = 1 where id = any ($1::text[]) and has_children = 0'

/** How a new task begins. */
interface Link extends Plan {
  state: number
  /** Parents it waits for. */
  open: Set<string>
}

/** Goes through the batch in order: an earlier task may be the parent of a later one. */
function linkAll(added: Plan[], states: Map<string, number>): Link[] {
  const known = new Map(states)
  return added.map((plan) => {
    const { task, parents } = plan
    const policy = task.onParentFailure ?? 'hold'
    const open = new Set<string>()
    let failed = false
    for (const id of parents) {
      const state = known.get(id) ?? READY
      const ended = state >= SUCCESS
      if (ended && state !== SUCCESS && policy === 'fail') failed = true
      if (!ended || (state !== SUCCESS && policy !== 'run')) open.add(id)
    }
    const state = failed ? FAILED : open.size > 0 ? BLOCKED : READY
    known.set(task.taskId, state)
    return { ...plan, state, open }
  })
}

const LINKED = unnestTasks({
  types: ', $19::text[], $20::smallint[], $21::int[], $22::smallint[]',
  names: ', retry_of, state, open_parents, has_children',
})

const ADD = `with clock as (select $1::bigint as now),
  ins as (
    insert into {live} (${INSERT_COLUMNS}, retry_of, state, open_parents, has_children)
    select ${VALUES_MIXED}, x.retry_of, x.state, x.open_parents, x.has_children
    from clock, ${LINKED}
    on conflict (id) do nothing returning id)
  select count(*)::int as n from ins where $2::int >= 0`

const ENDED_ALREADY = `select 1 from unnest($1::text[]) as x (id)
  cross join lateral (select 1 from {done} where id = x.id) as d limit 1`

async function addRows(runner: Runner, links: Link[], now: number): Promise<void> {
  if (links.length === 0) return
  const parents = new Set(links.flatMap((link) => link.parents))
  const [[row], ended] = await Promise.all([
    runner.run<{ n: number }>(ADD, [
      now,
      links.length,
      ...mixedParameters(
        links.map(({ task }) => task),
        links.map(metaOfLink),
      ),
      texts(links.map(({ task }) => task.retryOf)),
      // One that fails at once is moved by the statement that ends it.
      numbers(links.map(({ state }) => (state === FAILED ? BLOCKED : state))),
      numbers(links.map(({ open }) => open.size)),
      numbers(links.map(({ task }) => (parents.has(task.taskId) ? 1 : 0))),
    ]),
    // The same task of another call, which ended while a lock was awaited: seen only from here on.
    runner.run(ENDED_ALREADY, [texts(links.map(({ task }) => task.taskId))]),
  ])
  if (row?.n !== links.length || ended.length > 0) throw new Conflict()
  const edges = links.flatMap(({ task, parents, open }) =>
    parents.map((parent, n) => ({ task, parent, n, open: open.has(parent) ? 1 : 0 })),
  )
  if (edges.length === 0) return
  await runner.run(
    `insert into {edges} (child, parent, n, open, policy)
      select * from unnest($1::text[], $2::text[], $3::smallint[], $4::smallint[], $5::smallint[])`,
    [
      texts(edges.map(({ task }) => task.taskId)),
      texts(edges.map(({ parent }) => parent)),
      numbers(edges.map(({ n }) => n)),
      numbers(edges.map(({ open }) => open)),
      numbers(edges.map(({ task }) => policyCode(task.onParentFailure))),
    ],
  )
}

function metaOfLink({ task, parents }: Link): string | null {
  const policy = task.onParentFailure ?? 'hold'
  return metaText({
    ...(parents.length > 0 && { after: parents }),
    ...(policy !== 'hold' && { policy }),
    ...(task.trace !== undefined && { trace: task.trace }),
  })
}

/** A task that was just inserted, as its end needs it. */
function newLive(task: NewTask, now: number, hasChildren: boolean): LiveTask {
  return {
    id: task.taskId,
    func: task.funcName,
    state: BLOCKED,
    fence: 0,
    requeue: task.requeueOnInterrupt ? 1 : 0,
    has_children: hasChildren ? 1 : 0,
    attempts_made: 0,
    crashes: 0,
    run_at: task.runAt ?? now + (task.delayMs ?? 0),
    claimed_at: null,
    started_at: null,
    cancel_at: null,
    instance: null,
    error: DEPENDENCY_FAILED,
    stacktrace: null,
    log_count: 0,
    log_chunked: 0,
    log_tail: null,
  }
}
