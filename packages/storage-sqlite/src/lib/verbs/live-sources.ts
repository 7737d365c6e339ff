import type { TaskFilter } from '@taskflow/core'
import { type SQL, sql } from 'drizzle-orm'
import { BLOCKED, READY, RUNNING, SUSPECT } from '../codes.ts'
import type { Session } from '../session.ts'
import { idTextConditions } from './done-sources.ts'
import { sharedConditions, type Wanted } from './find-sources.ts'
import {
  all,
  and,
  isAfter,
  type Match,
  order,
  QuerySource,
  type Reading,
  type Source,
  within,
} from './source.ts'

/** Up to this many tasks of a state are read and sorted; of more, the newest are looked at first. */
const FEW = 20_000

const INDEX: Record<number, string> = {
  [READY]: 'live_ready',
  [BLOCKED]: 'live_blocked',
  [SUSPECT]: 'live_suspect',
  [RUNNING]: 'live_running',
}

/** Where live tasks are read from: one source for each state. */
export function liveSources(session: Session, wanted: Wanted): Source[] {
  const { tables, filter, kinds, labels, now } = wanted
  const { live, ids } = tables
  const shared = [
    ...(kinds === null ? [] : [within(live.kind, kinds)]),
    ...sharedConditions(session, wanted, live, labels),
    ...idTextConditions(wanted, sql`${live.id}`),
  ]
  const reading = { id: sql`${live.id}`, seq: sql`${live.seq}`, key: wanted.key.live }
  return [READY, BLOCKED, SUSPECT, RUNNING].flatMap((state) => {
    const matches = stateCondition(filter, state, now)
    if (matches === null) return []
    // The number is part of the text: SQLite uses a partial index only if it can read its condition.
    const isState = sql`${live.state} = ${sql.raw(String(state))}`
    const where = [isState, ...matches, ...shared]
    if (filter.taskIds !== undefined) {
      const taskIds = JSON.stringify([...new Set(filter.taskIds)])
      const from = sql`json_each(${taskIds}) as wanted
        cross join ${ids} on ${ids.id} = wanted.value
        cross join ${live} on ${live.seq} = ${ids.seq}`
      return [new QuerySource(session, { ...reading, from, where })]
    }
    const from = sql`${live} ${sql.raw(`indexed by "${session.prefix}${INDEX[state]}"`)}`
    return [new StateSource(session, wanted, isState, { ...reading, from, where })]
  })
}

/** Live tasks of one state. No index holds them in the order of ids: most are there for moments. */
class StateSource extends QuerySource {
  readonly #session: Session
  readonly #wanted: Wanted
  readonly #isState: SQL
  readonly #reading: Reading

  constructor(session: Session, wanted: Wanted, isState: SQL, reading: Reading) {
    super(session, reading)
    this.#session = session
    this.#wanted = wanted
    this.#isState = isState
    this.#reading = reading
  }

  override take(direction: 1 | -1, after: string | null, limit: number): Match[] {
    if (this.#areMany()) {
      const found = this.#takeFromNearest(direction, after, limit)
      if (found.length === limit) return found
    }
    return super.take(direction, after, limit)
  }

  #areMany(): boolean {
    const { from } = this.#reading
    const [row] = all(
      this.#session,
      sql`select count(*) from (select 1 from ${from} where ${this.#isState} limit ${FEW + 1})`,
    )
    return Number(row?.[0]) > FEW
  }

  /** Looks at the ids next to the position only. */
  #takeFromNearest(direction: 1 | -1, after: string | null, limit: number): Match[] {
    const { live, ids } = this.#wanted.tables
    const { seq, key, where } = this.#reading
    const position = after === null ? sql`true` : isAfter(sql`id`, after, direction)
    return all(
      this.#session,
      sql`select near.id, ${seq}, ${key} from (
          select id as id, seq as near_seq from ${ids} where ${position}
          order by id ${order(direction)} limit ${FEW}) as near
        cross join ${live} on ${live.seq} = near.near_seq
        where ${and(where)} order by near.id ${order(direction)} limit ${limit}`,
    ) as Match[]
  }
}

/** Conditions on tasks of a state beside the state; null when none can match. */
function stateCondition(filter: TaskFilter, state: number, now: number): SQL[] | null {
  const { status, phase } = filter
  if (status !== undefined && !status.includes(state === RUNNING ? 'running' : 'pending')) {
    return null
  }
  if (phase === undefined) return []
  if (state === RUNNING) return phase.includes('running') ? [] : null
  if (state === BLOCKED) return phase.includes('blocked') ? [] : null
  const choices: SQL[] = []
  if (phase.includes('queued')) choices.push(sql`run_at <= ${now}`)
  if (phase.includes('scheduled')) choices.push(sql`(run_at > ${now} and attempts = 0)`)
  if (phase.includes('retrying')) choices.push(sql`(run_at > ${now} and attempts > 0)`)
  return choices.length === 0 ? null : [sql`(${sql.join(choices, sql` or `)})`]
}
