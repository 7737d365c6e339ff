import { type SQL, sql } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import type { Session } from '../session.ts'

/** A match: where it comes in the order of ids, its number, and what the list is sorted by. */
export type Match = [id: string, seq: number, key: string | number | null]

/** Matches that come in the order of ids. Those of a filter never overlap. */
export interface Source {
  take(direction: 1 | -1, after: string | null, limit: number): Match[]
  count(limit: number): number
}

/** Where matches are read from. */
export interface Reading {
  from: SQL
  id: SQL
  seq: SQL
  key: SQL
  where: SQL[]
}

const dialect = new SQLiteSyncDialect()

/** A source that one index, or one order of joins, gives in order. */
export class QuerySource implements Source {
  readonly #session: Session
  readonly #reading: Reading

  constructor(session: Session, reading: Reading) {
    this.#session = session
    this.#reading = reading
  }

  take(direction: 1 | -1, after: string | null, limit: number): Match[] {
    const { from, id, seq, key, where } = this.#reading
    const conditions = after === null ? where : [...where, isAfter(id, after, direction)]
    return all(
      this.#session,
      sql`select ${id}, ${seq}, ${key} from ${from} where ${and(conditions)}
        order by ${id} ${order(direction)} limit ${limit}`,
    ) as Match[]
  }

  count(limit: number): number {
    const { from, where } = this.#reading
    const [row] = all(
      this.#session,
      sql`select count(*) from (select 1 from ${from} where ${and(where)} limit ${limit})`,
    )
    return row?.[0] as number
  }
}

/** How many matches are counted, and how many are put in an order other than that of ids. */
export const WINDOW = 10_000

/** A source that takes long to read: all of it is kept, unless it is more than the window. */
export class ReadOnce implements Source {
  readonly #source: Source
  #newest: Match[] | undefined

  constructor(source: Source) {
    this.#source = source
  }

  take(direction: 1 | -1, after: string | null, limit: number): Match[] {
    const newest = this.#read()
    if (newest.length > WINDOW) return this.#source.take(direction, after, limit)
    return (direction === 1 ? newest.toReversed() : newest)
      .filter(([id]) => after === null || (direction === 1 ? id > after : id < after))
      .slice(0, limit)
  }

  count(limit: number): number {
    return Math.min(this.#read().length, limit)
  }

  #read(): Match[] {
    this.#newest ??= this.#source.take(-1, null, WINDOW + 1)
    return this.#newest
  }
}

/** Rows of a query as arrays; its text is prepared once. */
export function all(session: Session, query: SQL): unknown[][] {
  const { sql: text, params } = dialect.sqlToQuery(query)
  return session.rows(text).all(...params) as unknown[][]
}

export function and(conditions: SQL[]): SQL {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
}

export function isAfter(id: SQL, after: string, direction: 1 | -1): SQL {
  return direction === 1 ? sql`${id} > ${after}` : sql`${id} < ${after}`
}

export function order(direction: 1 | -1): SQL {
  return direction === 1 ? sql`asc` : sql`desc`
}

/** Membership in a list of any length, as one parameter. */
export function within(column: unknown, values: Iterable<string | number | null>): SQL {
  return sql`${column} in (select value from json_each(${JSON.stringify([...values])}))`
}
