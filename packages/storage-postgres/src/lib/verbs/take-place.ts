import { texts } from '../arrays.ts'
import { BLOCKED } from '../codes.ts'
import { metaOf, metaText } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { fromText } from '../text.ts'
import type { Plan } from './insert-plan.ts'
import { lockLive, type Moves } from './moves.ts'

// Those that wait for one that ended badly now wait for the retry.
const RENAME = `with x as materialized (
    select x.retry, e.at from unnest($1::text[], $2::text[], $3::text[]) as x (child, former, retry)
    cross join lateral (
      select ctid as at from {edges} where child = x.child and parent = x.former and open = 1
      for update) as e)
  update {edges} as e set parent = x.retry from x where e.ctid = x.at returning e.child, e.parent`

// A child of several of them waits for the retry once.
const DROP = `with gone as (
    delete from {edges} where (child, parent) in (
      select * from unnest($1::text[], $2::text[])) returning child),
  counted as materialized (
    select c.n, l.at from (select child, count(*)::int as n from gone group by child) as c
    cross join lateral (select ctid as at from {live} where id = c.child for update) as l)
  update {live} as l set open_parents = l.open_parents - c.n from counted as c where l.ctid = c.at`

const WRITE_META = `with x as materialized (
    select x.meta, l.at from unnest($1::text[], $2::text[]) as x (id, meta)
    cross join lateral (select ctid as at from {live} where id = x.id for update) as l)
  update {live} as l set meta = x.meta, rev = l.rev + 1 from x where l.ctid = x.at`

/** What a retry stands for now: the original and earlier retries of it, those that ended badly. */
const FORMERS = `select x.retry, d.id as former
  from unnest($1::text[], $2::text[]) with ordinality as x (original, retry, n) cross join lateral (
    select id from {done} where id = x.original and state <> 10
    union all select id from {done} where retry_of = x.original and state <> 10) as d
  order by x.n`

const OPEN_EDGES = `select e.* from unnest($1::text[]) as x (id) cross join lateral (
  select child, parent from {edges} where parent = x.id and open = 1) as e`

/** A retry that a child is to wait for, and what it waited for before. */
interface Place {
  child: string
  former: string
  retry: string
}

/** Puts retries in the place of tasks that ended badly; returns those that have children now. */
export async function takePlaces(
  runner: Runner,
  added: Plan[],
  moves: Moves,
): Promise<Set<string>> {
  const retries = added.flatMap(({ task }) =>
    task.retryOf === null ? [] : [{ original: task.retryOf, retry: task.taskId }],
  )
  if (retries.length === 0) return new Set()
  const rows = await runner.run<{ retry: string; former: string }>(FORMERS, [
    texts(retries.map(({ original }) => original)),
    texts(retries.map(({ retry }) => retry)),
  ])
  const retriesOf = new Map<string, string[]>()
  for (const { retry, former } of rows) {
    retriesOf.set(fromText(former), [...(retriesOf.get(fromText(former)) ?? []), fromText(retry)])
  }
  const places = new Map(added.map(({ task }, n) => [task.taskId, n]))
  // Of its own batch, a retry is there for those before it only; the first takes the place.
  const retryFor = (child: string, former: string) =>
    retriesOf.get(former)?.find((retry) => (places.get(child) ?? -1) < (places.get(retry) ?? 0))
  const edges = await runner.run<{ child: string; parent: string }>(OPEN_EDGES, [
    texts([...retriesOf.keys()]),
  ])
  const found = edges.flatMap((edge): Place[] => {
    const [child, former] = [fromText(edge.child), fromText(edge.parent)]
    const retry = retryFor(child, former)
    return retry === undefined ? [] : [{ child, former, retry }]
  })
  const children = await lockLive(
    runner,
    found.map(({ child }) => child),
  )
  const blocked = found.filter(({ child }) => children.get(child)?.state === BLOCKED)
  if (blocked.length === 0) return new Set()
  const seen = new Set<string>()
  const isFirst = ({ child, retry }: Place) => {
    const place = `${child} ${retry}`
    return !seen.has(place) && seen.add(place) !== undefined
  }
  const first = blocked.filter(isFirst)
  const others = blocked.filter((edge) => !first.includes(edge))
  const renamed = await runner.run<{ child: string; parent: string }>(RENAME, [
    texts(first.map(({ child }) => child)),
    texts(first.map(({ former }) => former)),
    texts(first.map(({ retry }) => retry)),
  ])
  if (others.length > 0) {
    await runner.run(DROP, [
      texts(others.map(({ child }) => child)),
      texts(others.map(({ former }) => former)),
    ])
  }
  const parents = new Set(renamed.map(({ parent }) => fromText(parent)))
  await runner.run('update {live} set has_children = 1 where id = any ($1::text[])', [
    texts([...parents]),
  ])
  const ids = [...new Set(renamed.map(({ child }) => fromText(child)))]
  await renameInMeta(runner, ids, blocked)
  const isNew = new Set(added.map(({ task }) => task.taskId))
  for (const id of ids) if (!isNew.has(id)) moves.note(id)
  return parents
}

async function renameInMeta(runner: Runner, ids: string[], taken: Place[]): Promise<void> {
  const rows = await runner.run<{ id: string; meta: string | null }>(
    'select id, meta from {live} where id = any ($1::text[])',
    [texts(ids)],
  )
  const metas = rows.map(({ id, meta }) => {
    const own = taken.filter(({ child }) => child === fromText(id))
    const standing = (parent: string) =>
      own.find(({ former }) => former === parent)?.retry ?? parent
    const { after = [], ...rest } = metaOf(meta)
    return metaText({ ...rest, after: [...new Set(after.map(standing))] })
  })
  await runner.run(WRITE_META, [texts(rows.map(({ id }) => fromText(id))), texts(metas)])
}
