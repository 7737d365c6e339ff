import type { InsertInput, InsertResult, NewTask } from '@taskflow/core'
import { texts } from '../arrays.ts'
import { codeOf } from '../errors.ts'
import type { Parameter, Runner } from '../runner.ts'
import { keyHash, NOW, noteChanges } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText, toText } from '../text.ts'
import {
  INSERT_COLUMNS,
  metaOfNew,
  mixedParameters,
  pairOf,
  tagsText,
  unnestTasks,
  VALUES_MIXED,
} from './insert-columns.ts'
import { insertLinked } from './insert-linked.ts'

export function insert(store: Store, input: InsertInput): Promise<InsertResult[]> {
  const { tasks } = input
  const now = input.now ?? null
  // One statement needs no transaction around it.
  return isLinked(tasks)
    ? store.transaction((runner) => insertLinked(store, runner, tasks, now))
    : store.work((runner) => insertApart(runner, tasks, now, false))
}

/** Inserts within a transaction. */
export function insertWithin(
  store: Store,
  runner: Runner,
  input: InsertInput,
): Promise<InsertResult[]> {
  const now = input.now ?? null
  return isLinked(input.tasks)
    ? insertLinked(store, runner, input.tasks, now)
    : insertApart(runner, input.tasks, now, true)
}

/** `within` a transaction, which a failure would end. */
function insertApart(
  runner: Runner,
  tasks: NewTask[],
  now: number | null,
  within: boolean,
): Promise<InsertResult[]> {
  const isPlain = tasks.every(({ idempotencyKey }) => idempotencyKey === null)
  if (!isPlain) return insertKeyed(runner, tasks, now)
  if (within) return insertPlain(runner, tasks, now, true)
  return insertPlain(runner, tasks, now, false).catch((error: unknown) => {
    // Nothing was stored, since one of the ids is there already.
    if (codeOf(error) !== '23505') throw error
    return insertPlain(runner, tasks, now, true)
  })
}

/** True when other tasks must be looked at, or are changed. */
function isLinked(tasks: NewTask[]): boolean {
  return tasks.some(({ retryOf, dependsOn }) => retryOf !== null || (dependsOn?.length ?? 0) > 0)
}

/** A statement that expects new ids, and one that asks for each. */
interface Texts {
  quick: string
  careful: string
}

/**
 * Ids of ended tasks among those of `ids`. New ones have all to do with now, so that one look tells
 * that there are none; else there is a look for each, never a join: its plan must not depend on how
 * large the tables are.
 */
function both(ids: string, text: (notEnded: string, conflict: string) => string): Texts {
  const each = '(select 1 from {done} as d where d.id = x.id) is null'
  const bound = (which: string) =>
    `(select ${which}(id collate "C") from unnest(${ids}::text[]) as ids (id))`
  const none = `not exists (select 1 from {done}
      where id >= ${bound('min')} and id <= ${bound('max')})`
  // Without `on conflict` and looks the server needs a fifth less, and fails where an id is taken.
  return {
    quick: text(`(${none} or ${each})`, ''),
    careful: text(each, 'on conflict (id) do nothing'),
  }
}

const DUPLICATES = `select count(*)::int as n,
    case when count(*) < $2::int then json_agg(id)::text end as inserted from ins`

/** One task by itself, without arrays to be read and joined: 0.3 ms where `INSERT_ALIKE` took 0.4. */
const insertOneText = (conflict: string) => `with ${NOW},
  ins as (
    insert into {live} (${INSERT_COLUMNS})
    select $2, $3, $4, coalesce($5::bigint, now + $6::bigint), now, coalesce($7::int, 0),
      $7::int, $8::int, $9::smallint, $10, $11, $12, $13, $14, $15, null, $16
    from clock where (select 1 from {done} as d where d.id = $2) is null
    ${conflict} returning id),
  noted as (insert into {changes} (ids) select array[id] from ins)
  select 1 from ins`

const INSERT_ONE: Texts = {
  quick: insertOneText(''),
  careful: insertOneText('on conflict (id) do nothing'),
}

/** Tasks alike but for id and payload, as those of one function are. */
export const INSERT_ALIKE = both(
  '$16',
  (notEnded, conflict) => `with ${NOW},
  ins as (
    insert into {live} (${INSERT_COLUMNS})
    select x.id, $3, x.payload, coalesce($4::bigint, now + $5::bigint), now, coalesce($6::int, 0),
      $6::int, $7::int, $8::smallint, $9, $10, $11, $12, $13, $14, null, $15
    from clock, unnest($16::text[], $17::text[]) as x (id, payload)
    where ${notEnded}
    ${conflict} returning id),
  ${noteChanges('select id from ins')}
  ${DUPLICATES}`,
)

const INSERT_MIXED = both(
  '$3',
  (notEnded, conflict) => `with ${NOW},
  ins as (
    insert into {live} (${INSERT_COLUMNS})
    select ${VALUES_MIXED} from clock, ${unnestTasks()}
    where ${notEnded}
    ${conflict} returning id),
  ${noteChanges('select id from ins')}
  ${DUPLICATES}`,
)

/** Tasks without keys: only their ids may be duplicates. */
async function insertPlain(
  runner: Runner,
  tasks: NewTask[],
  now: number | null,
  careful: boolean,
): Promise<InsertResult[]> {
  const [first] = tasks
  if (first === undefined) return []
  const which = careful ? 'careful' : 'quick'
  if (tasks.length === 1) return [await insertOne(runner, first, now, INSERT_ONE[which])]
  const alike = tasks.every((task) => isAlike(task, first))
  const [row] = await runner.run<{ n: number; inserted: string | null }>(
    (alike ? INSERT_ALIKE : INSERT_MIXED)[which],
    [now, tasks.length, ...(alike ? alikeParameters(first, tasks) : mixedParameters(tasks))],
  )
  const all = row?.n === tasks.length
  const inserted = new Set(all ? [] : (JSON.parse(row?.inserted ?? '[]') as string[]).map(plain))
  return tasks.map(({ taskId }) => ({ taskId, duplicate: !all && !inserted.delete(taskId) }))
}

async function insertOne(
  runner: Runner,
  task: NewTask,
  now: number | null,
  text: string,
): Promise<InsertResult> {
  const { taskId, funcName, payload } = task
  const own = [taskId, funcName, payload].map((text) => toText(text))
  const rows = await runner.run(text, [now, ...own, ...sharedParameters(task)])
  return { taskId, duplicate: rows.length === 0 }
}

/** The id comes first: calling twice must find the task itself, whatever became of its key. */
const INSERT_KEYED = `with ${NOW},
  x as materialized (select x.*, ${keyHash('x')} as hash from ${unnestTasks()}),
  f as materialized (
    select x.*,
      coalesce((select true from {live} as l where l.id = x.id),
        (select true from {done} as d where d.id = x.id), false) as known
    from x),
  k as (
    insert into {keys} as k (hash, task_id)
    select f.hash, f.id from f
      where f.hash is not null and not f.known order by 1
    -- Doing nothing would not tell the holder that a concurrent call has just committed.
    on conflict (hash) do update set task_id = k.task_id
    returning k.hash, k.task_id),
  ins as (
    insert into {live} (${INSERT_COLUMNS})
    select ${VALUES_MIXED} from clock, f as x
    where not x.known and (x.idem_key is null or x.id in (select task_id from k))
    on conflict (id) do nothing returning id),
  ${noteChanges('select id from ins')}
  select 'new' as what, id, null as wanted, null as hash from ins
  union all select 'key', task_id, null, encode(hash, 'hex') from k
  union all select 'known', id, null, null from f where known
  union all select 'hash', null, id, encode(hash, 'hex') from f where hash is not null
  -- The number of tasks is a parameter of the other two statements.
  union all select 'none', null, null, null where $2::int < 0`

interface KeyedRow {
  what: 'new' | 'key' | 'hash' | 'known'
  /** The task that stands. */
  id: string
  /** The one that was to be inserted. */
  wanted: string
  hash: string
}

async function insertKeyed(
  runner: Runner,
  tasks: NewTask[],
  now: number | null,
): Promise<InsertResult[]> {
  const { first, leaders } = withoutRepeats(tasks)
  const rows = await runner.run<KeyedRow>(INSERT_KEYED, [
    now,
    first.length,
    ...mixedParameters(first),
  ])
  const added = new Set<string>()
  const known = new Set<string>()
  const hashes = new Map<string, string>()
  const holders = new Map<string, string>()
  for (const row of rows) {
    if (row.what === 'new') added.add(plain(row.id))
    else if (row.what === 'known') known.add(plain(row.id))
    else if (row.what === 'hash') hashes.set(plain(row.wanted), row.hash)
    else holders.set(row.hash, plain(row.id))
  }
  const standsFor = ({ taskId }: NewTask): InsertResult => {
    if (added.has(taskId) || known.has(taskId)) return { taskId, duplicate: true }
    const holder = holders.get(hashes.get(taskId) ?? '')
    return { taskId: holder ?? taskId, duplicate: true }
  }
  const results: InsertResult[] = []
  for (const [n, task] of tasks.entries()) {
    const leader = leaders[n]
    if (leader === undefined) {
      results.push(
        added.has(task.taskId) ? { taskId: task.taskId, duplicate: false } : standsFor(task),
      )
    } else if (known.has(leader.taskId) && leader.taskId !== task.taskId) {
      // Its leader was there already and takes no key: this one is judged by itself.
      results.push(...(await insertKeyed(runner, [task], now)))
    } else {
      results.push(standsFor(leader))
    }
  }
  return results
}

/** Parts a batch into tasks that differ in id and key, and the earlier task of each other. */
function withoutRepeats(tasks: NewTask[]): { first: NewTask[]; leaders: (NewTask | undefined)[] } {
  const seen = new Map<string, NewTask>()
  const first: NewTask[] = []
  const leaders = tasks.map((task) => {
    const { taskId, funcName, idempotencyKey } = task
    const names = [`id ${taskId}`]
    if (idempotencyKey !== null) names.push(`key ${pairOf(funcName, idempotencyKey)}`)
    const leader = names.map((name) => seen.get(name)).find((found) => found !== undefined)
    if (leader === undefined) {
      first.push(task)
      for (const name of names) seen.set(name, task)
    }
    return leader
  })
  return { first, leaders }
}

function isAlike(a: NewTask, b: NewTask): boolean {
  return (
    a.funcName === b.funcName &&
    a.runAt === b.runAt &&
    a.delayMs === b.delayMs &&
    a.priority === b.priority &&
    a.maxAttempts === b.maxAttempts &&
    a.requeueOnInterrupt === b.requeueOnInterrupt &&
    a.group === b.group &&
    a.executor === b.executor &&
    a.source === b.source &&
    a.flowId === b.flowId &&
    a.scheduleId === b.scheduleId &&
    a.trace === b.trace &&
    (a.tags === b.tags || tagsText(a) === tagsText(b))
  )
}

function alikeParameters(task: NewTask, tasks: NewTask[]): Parameter[] {
  return [
    toText(task.funcName),
    ...sharedParameters(task),
    texts(tasks.map(({ taskId }) => taskId)),
    texts(tasks.map(({ payload }) => payload)),
  ]
}

/** What tasks of one function most often have in common. */
function sharedParameters(task: NewTask): Parameter[] {
  return [
    task.runAt ?? null,
    task.delayMs ?? 0,
    task.priority,
    task.maxAttempts,
    task.requeueOnInterrupt ? 1 : 0,
    toText(task.group),
    toText(task.executor),
    task.source,
    tagsText(task),
    toText(task.flowId),
    toText(task.scheduleId),
    metaOfNew(task),
  ]
}

const plain = (stored: string) => fromText(stored)
