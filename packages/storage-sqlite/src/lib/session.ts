import type Database from 'better-sqlite3'
import { Kinds } from './kinds.ts'
import { Owners } from './owners.ts'
import { INDEXES, TABLES } from './tables.ts'
import { flushChanges } from './verbs/changes.ts'
import { Ends, flushEnded } from './verbs/rollup.ts'

const names = new Set<string>([...TABLES, ...INDEXES])

interface Known {
  /** The highest number ever given out, and an id that no stored one is above. */
  last?: { seq: number; id: string | null }
  /** `watchedUntil` is what is stored. */
  watched?: boolean
}

/** A connection with its prepared statements, and what a transaction under way has gathered. */
export class Session {
  readonly client: Database.Database
  readonly prefix: string
  readonly kinds: Kinds = new Kinds(this)
  readonly owners: Owners = new Owners(this)
  /** Numbers of tasks that the transaction inserted or changed; some more than once. */
  readonly changed: number[] = []
  /** Ids of tasks that the transaction deleted. */
  readonly gone: string[] = []
  /** How the tasks that the transaction ended did so. */
  readonly ended: Ends = new Ends()
  /** Until when changes are to be written down, as far as is known here. */
  watchedUntil = 0
  /** What other connections may change, and is not looked up again until one of them wrote. */
  known: Known = {}
  /** When old changes were last deleted. */
  sweptAt = 0
  readonly #statements: Map<string, Database.Statement>

  /** `statements` may be handed on from an earlier session on the same connection. */
  constructor(
    client: Database.Database,
    prefix: string,
    statements: Map<string, Database.Statement> = new Map(),
  ) {
    this.client = client
    this.prefix = prefix
    this.#statements = statements
  }

  /**
   * A prepared statement; `{name}` stands for a table or index. Where a parameter may decide between
   * plans – a limit, an equality that no index is asked for, or one beside `order by` or a partial
   * index – SQLite prepares anew whenever it is bound, at many times the cost of running it: on hot
   * paths `+?` hides the value from the plan.
   */
  sql(text: string): Database.Statement {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      // A connection of the app may read integers as BigInt.
      statement = this.client.prepare(this.named(text)).safeIntegers(false)
      this.#statements.set(text, statement)
    }
    return statement
  }

  /** As `sql`, with rows as arrays: for the hot paths, where naming columns costs more than reading. */
  rows(text: string): Database.Statement {
    const statement = this.sql(text)
    return statement.reader ? statement.raw() : statement
  }

  named(text: string): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
      names.has(name) ? `"${this.prefix}${name}"` : whole,
    )
  }

  /** Forgets what an earlier transaction gathered. */
  protected clear(): void {
    this.changed.length = 0
    this.gone.length = 0
    this.ended.clear()
  }

  /** Writes down what the transaction gathered, just before it is committed. */
  flush(): void {
    flushEnded(this)
    flushChanges(this)
    this.clear()
  }
}
