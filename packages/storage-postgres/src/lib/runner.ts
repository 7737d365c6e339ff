import type { PendingQuery, Row, Sql, TransactionSql } from 'postgres'
import { codeOf } from './errors.ts'

/** What a statement takes. Arrays go as text, see `arrays.ts`. */
export type Parameter = string | number | null

/** Runs statements; `{name}` in a text stands for a table. */
export interface Runner {
  run<Result extends object>(text: string, parameters?: Parameter[]): Promise<Result[]>
}

/** How a call's statements run. */
export interface RunnerOptions {
  sql: Sql
  /** Fills in the names of tables. */
  named: (text: string) => string
  /** Plans each statement once for each connection. */
  prepare: boolean
  /** False when nothing is written, so that nothing can be half done. */
  writes: boolean
  /** Called when a statement has come back with its rows. */
  heard: () => void
}

/** Statements of one call, and what is known of their effects when it fails. */
export class CallRunner implements Runner {
  readonly #options: RunnerOptions
  readonly #open = new Set<PendingQuery<Row[]>>()
  /** Something outside a transaction was sent, or the `commit` of one. */
  #sent = false
  #done = false
  #inTransaction = false
  #abandoned = false

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  /** True when the server has committed something of this call, whatever becomes of the rest. */
  get isCommitted(): boolean {
    return this.#done
  }

  /** True when the server may have committed something of this call. */
  get mayBeCommitted(): boolean {
    if (!this.#options.writes) return false
    return this.#done || this.#sent || (!this.#inTransaction && [...this.#open].some(wasSent))
  }

  run<Result extends object>(text: string, parameters: Parameter[] = []): Promise<Result[]> {
    return this.#run(this.#options.sql, text, parameters)
  }

  /** Runs `work` in one transaction. */
  async transaction<Result>(work: (runner: Runner) => Promise<Result>): Promise<Result> {
    this.#inTransaction = true
    try {
      // The cast is proved by the assignment within: begin's type unwraps arrays of promises.
      // What others commit must be seen by the next statement, whatever the database's default is.
      return (await this.#options.sql.begin('isolation level read committed', async (sql) => {
        const run: Runner['run'] = (text, parameters = []) => this.#run(sql, text, parameters)
        const result = await work({ run }).catch((error: unknown) => {
          // postgres.js would send its rollback to a connection that is gone, which throws where
          // nobody can catch it. Closing rejects `begin` by itself, so nothing is said here.
          if (isClosed(error)) return new Promise<never>(() => {})
          throw error
        })
        this.#refuseIfAbandoned()
        // The commit follows at once.
        this.#sent = true
        return result
      })) as Result
    } finally {
      this.#inTransaction = false
    }
  }

  /** Takes back what was not sent yet, so that a call that gave up has no effect later. */
  abandon(): void {
    this.#abandoned = true
    for (const query of this.#open) if (!wasSent(query)) query.cancel()
  }

  async #run<Result extends object>(
    sql: Sql | TransactionSql,
    text: string,
    parameters: Parameter[],
  ): Promise<Result[]> {
    this.#refuseIfAbandoned()
    const { named, prepare } = this.#options
    const query = sql.unsafe<Row[]>(named(text), parameters, { prepare })
    this.#open.add(query)
    try {
      const rows = await query
      this.#options.heard()
      this.#open.delete(query)
      if (!this.#inTransaction && this.#options.writes) this.#done = true
      return rows as unknown as Result[]
    } catch (error) {
      this.#open.delete(query)
      if (!this.#inTransaction && wasSent(query)) this.#sent = true
      throw error
    }
  }

  #refuseIfAbandoned(): void {
    if (this.#abandoned) throw new Error('The call was given up')
  }
}

/** postgres.js notes the connection that a query was written to. */
function wasSent(query: PendingQuery<Row[]>): boolean {
  return (query as { state?: unknown }).state != null
}

function isClosed(error: unknown): boolean {
  return /^(CONNECTION_CLOSED|ECONNRESET|EPIPE)$/.test(codeOf(error) ?? '')
}
