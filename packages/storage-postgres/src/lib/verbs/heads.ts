/** Candidates among tasks that crashed before: one is claimed at most. */
export const SUSPECTS = 8

const SUSPECTS_WAIT = 'exists (select 1 from {live} where state = 0 and lane = 2)'

/** Where a suspect waits that is wanted, a calm claim leaves all to one that is not. */
const CALM = (suspects: string) => `(${suspects}::int = 0 or not ${SUSPECTS_WAIT})`

/** Parameters that say from where on ready tasks are looked for, see `Floors`: arrays side by side. */
export interface Known {
  funcs: string
  ranks: string
  floors: string
}

/** `known`: the floors, where there are any. */
export const knownOf = (known: Known | undefined) =>
  known === undefined
    ? ''
    : `known (func, rank, floor) as materialized (
      select * from unnest(${known.funcs}::text[], ${known.ranks}::int[], ${known.floors}::bigint[])),`

/**
 * The first ready task of a function in the order of its index, `below` a rank: so whoever reads on
 * begins there, and walks past dead entries before it only once. A rank with a floor is taken as it
 * is, so that only what lies between those ranks is looked through.
 */
function firstBelow(lane: number, func: string, below: string | null, isKnown: boolean): string {
  const limit = (row: string) => (below === null ? '' : `and ${row}.rank < ${below}`)
  const ready = (above: string) => `select l.rank, l.run_at, l.id from {live} as l
          where l.state = 0 and l.lane = ${lane} and l.func = ${func} ${limit('l')} ${above}
          order by l.rank desc, l.run_at, l.id limit 1`
  if (!isKnown) return ready('')
  const known = (columns: string) => `select ${columns} from known as k
          where k.func = ${func} ${limit('k')}`
  return `select * from (
          (${known('k.rank, k.floor as run_at, \'\' collate "C" as id')} order by k.rank desc limit 1)
          union all
          (${ready(`and l.rank > coalesce((${known('max(k.rank)')}), ${-(2n ** 31n) - 1n})`)})) as l
        order by l.rank desc limit 1`
}

/** A parameter that names one function, or several, as rows. */
export const oneName = (name: string) => `(select ${name}::text)`
export const manyNames = (names: string) => `unnest(${names}::text[])`

/**
 * `head`: the functions that are `named`, with each rank that has ready tasks of theirs, and where
 * these begin. So tasks due later and functions that nobody runs are never scanned past. `suspects`
 * is 1 where tasks that crashed before are wanted too; they are lane 2.
 */
export function ranks(named: string, suspects: string, calm = false, isKnown = false): string {
  const first = (lane: number, func: string, below: string | null) =>
    firstBelow(lane, func, below, isKnown && lane === 0)
  const top = (lane: number, condition: string) => `
      select named.func, ${lane}, l.rank, l.run_at, l.id
        from ${named} as named (func) cross join lateral (${first(lane, 'named.func', null)}) as l
        where named.func <> all (array(select func from {functions} where paused_at is not null))
          and ${condition}`
  const next = (below: string) => `
      select h.func, h.lane, l.rank, l.run_at, l.id
        from head as h cross join lateral (${below}) as l`
  const nextOf = (lane: number) => first(lane, 'h.func', 'h.rank')
  if (calm) {
    return `head (func, lane, rank, run_at, id) as (${top(0, CALM(suspects))}
      union all ${next(nextOf(0))})`
  }
  const nextIn = (lane: number) => `select * from (${nextOf(lane)}) as l where h.lane = ${lane}`
  return `top (func, lane, rank, run_at, id) as (${top(0, 'true')}
      union all ${top(2, `${suspects}::int = 1 and ${SUSPECTS_WAIT}`)}),
    head (func, lane, rank, run_at, id) as (
      select * from top
      union all ${next(`(${nextIn(0)}) union all (${nextIn(2)})`)})`
}

/** Leaves out what lies before the head `h`. */
export const FROM_HEAD = 'and (run_at, id) >= (h.run_at, h.id)'

/** For each head of a lane, the first rows of the index in order. */
export function firstOf(lane: number, rows: number): string {
  return `
      select h.func, h.lane, h.rank, l.at, l.id, l.run_at from head as h cross join lateral (
        select ctid as at, id, run_at from {live}
        where state = 0 and lane = ${lane} and func = h.func and rank = h.rank
          ${FROM_HEAD}
        order by run_at, id limit ${rows}) as l
      where h.lane = ${lane}`
}

/** `waiting`: for each function and rank the first `window` ready tasks; `names` is a parameter. */
export function heads(names: string, suspects: string, window: number, isKnown = false): string {
  return `${ranks(manyNames(names), suspects, false, isKnown)},
    waiting as materialized (${firstOf(0, window)}
      union all ${firstOf(2, Math.min(window, SUSPECTS))})`
}
