import type { InsertInput, InsertResult, TaskInserter } from '@taskflow/core'
import { TaskflowError } from '@taskflow/core'
import { codeOf, isConflict, toError } from './errors.ts'
import { channelOf, encodeHints, NOTIFY } from './hints.ts'
import type { Parameter, Runner } from './runner.ts'
import type { Store } from './store.ts'
import { insertWithin } from './verbs/insert.ts'

/** How often an insert is made again after it lost a conflict with others. */
const TRIES = 6

/** A transaction of postgres.js. */
export interface PostgresJsTransaction {
  unsafe(text: string, parameters?: never[], options?: { prepare?: boolean }): PromiseLike<unknown>
}

/** A client of node-postgres (`pg`) with an open transaction. */
export interface NodePostgresClient {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** The app's own transaction; a drizzle transaction on either driver will do. */
export type HostTransaction = PostgresJsTransaction | NodePostgresClient | DrizzleTransaction

export interface DrizzleTransaction {
  execute(query: never): PromiseLike<unknown>
}

/** Inserts in the app's open transaction: tasks exist, and are told of, once that is committed. */
export function inserterFor(
  store: () => Promise<Store>,
  transaction: HostTransaction,
): TaskInserter {
  const send = senderOf(transaction)
  return {
    async insert(input: InsertInput): Promise<InsertResult[]> {
      const opened = await store()
      const runner: Runner = {
        run: async <Result extends object>(text: string, parameters: Parameter[] = []) =>
          (await send(opened.named(text), parameters)) as Result[],
      }
      try {
        const insert = () => insertWithin(opened, runner, input)
        const results = await (isPlain(input) ? insert() : whole(runner, insert))
        if (opened.options.listen && results.some(({ duplicate }) => !duplicate)) {
          // Part of the transaction: told at its commit, and not at all without one.
          const hints = encodeHints(['work', 'changes'])
          await runner.run(NOTIFY, [channelOf(opened.epoch), hints])
        }
        return results
      } catch (error) {
        // Nothing of it is in the app's transaction, which the app may have to roll back.
        throw refusalOf(error, opened.options.schema) ?? toError(error, 'no')
      }
    },
  }
}

/** What only a transaction of the app can be wrong in; null for anything else. */
function refusalOf(error: unknown, schema: string): TaskflowError | null {
  const code = codeOf(error)
  if (code === '25P02') {
    const why = 'an earlier statement of the transaction has failed: roll it back'
    return new TaskflowError('conflict', `using(tx): ${why} (${code}).`)
  }
  if (code !== '42P01' && code !== '3F000') return null
  const expected = 'expected a connection to the database of postgresStorage'
  const message = `using(tx) found no tables of schema '${schema}': ${expected} (${code}).`
  return new TaskflowError('configuration', message)
}

/** True when one statement stores all, which does nothing or everything by itself. */
function isPlain({ tasks }: InsertInput): boolean {
  return tasks.every(({ dependsOn = [], retryOf }) => dependsOn.length === 0 && retryOf === null)
}

/** Several statements as one: the app may catch an error and commit the rest of its transaction. */
async function whole<Result>(runner: Runner, work: () => Promise<Result>): Promise<Result> {
  for (let left = TRIES; ; left -= 1) {
    await runner.run('savepoint taskflow')
    try {
      const result = await work()
      await runner.run('release savepoint taskflow')
      return result
    } catch (error) {
      // With the connection lost, this fails too, and the first error says it better.
      await runner.run('rollback to savepoint taskflow').catch(() => {})
      if (left <= 1 || !isConflict(error)) throw error
    }
  }
}

type Send = (text: string, parameters: Parameter[]) => Promise<unknown[]>

function senderOf(transaction: HostTransaction): Send {
  const client = clientOf(transaction)
  if (typeof client?.unsafe === 'function') {
    const { unsafe } = client as unknown as PostgresJsTransaction
    return async (text, parameters) =>
      (await unsafe(text, parameters as never[], { prepare: false })) as unknown[]
  }
  if (typeof client?.query === 'function') {
    const own = client as unknown as NodePostgresClient
    return async (text, parameters) => (await own.query(text, parameters)).rows
  }
  throw new TaskflowError(
    'configuration',
    'using(tx) expects a transaction of postgres.js, a client of pg, or a drizzle transaction on one.',
  )
}

/** drizzle keeps its driver's transaction in its session. */
function clientOf(transaction: unknown): Record<string, unknown> | undefined {
  if (!isObject(transaction)) return undefined
  const inner = isObject(transaction._) ? transaction._.session : transaction.session
  return isObject(inner) && isObject(inner.client) ? inner.client : transaction
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' || typeof value === 'function') && value !== null
}
