import { texts } from '../arrays.ts'
import { BLOCKED } from '../codes.ts'
import { metaOf, metaText } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { fromText } from '../text.ts'
import type { Plan } from './insert-plan.ts'
import { lockLive, type Moves } from './moves.ts'

// Those that wait for the original now wait for the retry.
const RENAME = `with x as materialized (
    select x.retry, e.at from unnest($1::text[], $2::text[], $3::text[]) as x (child, original, retry)
    cross join lateral (
      select ctid as at from {edges} where child = x.child and parent = x.original and open = 1
      for update) as e)
  update {edges} as e set parent = x.retry from x where e.ctid = x.at returning e.child, e.parent`

const WRITE_META = `with x as materialized (
    select x.meta, l.at from unnest($1::text[], $2::text[]) as x (id, meta)
    cross join lateral (select ctid as at from {live} where id = x.id for update) as l)
  update {live} as l set meta = x.meta, rev = l.rev + 1 from x where l.ctid = x.at`

/** Puts retries in the place of their originals; returns those that have children now. */
export async function takePlaces(
  runner: Runner,
  added: Plan[],
  moves: Moves,
): Promise<Set<string>> {
  const retries = new Map<string, string>()
  for (const { task } of added) if (task.retryOf !== null) retries.set(task.retryOf, task.taskId)
  if (retries.size === 0) return new Set()
  const edges = await runner.run<{ child: string; parent: string }>(
    `select e.* from unnest($1::text[]) as x (id) cross join lateral (
      select child, parent from {edges} where parent = x.id and open = 1) as e`,
    [texts([...retries.keys()])],
  )
  const isNew = new Set(added.map(({ task }) => task.taskId))
  const found = edges
    .map(({ child, parent }) => ({ child: fromText(child), original: fromText(parent) }))
    .filter(({ child, original }) => child !== retries.get(original))
  const children = await lockLive(
    runner,
    found.map(({ child }) => child),
  )
  const blocked = found.filter(({ child }) => children.get(child)?.state === BLOCKED)
  if (blocked.length === 0) return new Set()
  const renamed = await runner.run<{ child: string; parent: string }>(RENAME, [
    texts(blocked.map(({ child }) => child)),
    texts(blocked.map(({ original }) => original)),
    texts(blocked.map(({ original }) => retries.get(original))),
  ])
  const parents = new Set(renamed.map(({ parent }) => fromText(parent)))
  await runner.run('update {live} set has_children = 1 where id = any ($1::text[])', [
    texts([...parents]),
  ])
  const ids = [...new Set(renamed.map(({ child }) => fromText(child)))]
  const rows = await runner.run<{ id: string; meta: string | null }>(
    'select id, meta from {live} where id = any ($1::text[])',
    [texts(ids)],
  )
  const metas = rows.map(({ meta }) => {
    const { after = [], ...rest } = metaOf(meta)
    return metaText({ ...rest, after: after.map((id) => retries.get(id) ?? id) })
  })
  await runner.run(WRITE_META, [texts(rows.map(({ id }) => fromText(id))), texts(metas)])
  for (const id of ids) if (!isNew.has(id)) moves.note(id)
  return parents
}
