import { TaskflowError } from '@taskflow/core'
import { checkOptionNames, type OptionNames } from '@taskflow/core/node'
import type { Sql } from 'postgres'

export interface PostgresStorageOptions {
  /** Connection string, like 'postgres://user:password@host:5432/database'. Or give `sql`. */
  url?: string | undefined
  /**
   * A postgres.js client to use in place of `url`; the app closes it. It must neither rename columns
   * nor convert values (`transform`). Statements are planned anew each time, since the session
   * settings that keep their plans stable are not ours to make.
   */
  sql?: Sql | undefined
  /** Schema that holds all tables, one for each app. ['taskflow'] */
  schema?: string | undefined
  /** Connections for work; lists and counts use up to two more, beats and listening one each. [10] */
  max?: number | undefined
  /**
   * True behind a pooler that gives each transaction another session (PgBouncer in transaction mode):
   * no named statements, no session settings, no listening. [false]
   */
  pooler?: boolean | undefined
  /**
   * Hear at once what other processes did, by a connection of its own. False looks instead, every
   * second or two. [true, false with `pooler`]
   */
  listen?: boolean | undefined
  /** Bring the schema up to date in `open`. False refuses a schema that is not: use the command. [true] */
  migrate?: boolean | undefined
  /**
   * How long a call may take before it rejects, in ms. The server ends a statement of a list or a
   * count after 3 s at the latest, but with `sql` or `pooler`. [10 000]
   */
  timeoutMs?: number | undefined
}

const NAMES: OptionNames<PostgresStorageOptions> = {
  url: true,
  sql: true,
  schema: true,
  max: true,
  pooler: true,
  listen: true,
  migrate: true,
  timeoutMs: true,
}

/** Options as checked. */
export interface CheckedOptions {
  url: string | undefined
  sql: Sql | undefined
  schema: string
  max: number
  pooler: boolean
  listen: boolean
  migrate: boolean
  timeoutMs: number
}

/** Checks what the caller gave. Messages never show the URL: it may hold a password. */
export function checkOptions(options: PostgresStorageOptions): CheckedOptions {
  checkOptionNames(options, NAMES, { where: 'postgresStorage', code: 'configuration' })
  const { url, sql, max = 10, pooler = false, migrate = true, timeoutMs = 10_000 } = options
  if (sql === undefined) checkUrl(url)
  else if (url !== undefined) refuse(`one of 'url' and 'sql'`, 'both')
  else checkSql(sql)
  const schema = checkSchema(options.schema ?? 'taskflow')
  if (!Number.isInteger(max) || max < 1 || max > 1000) {
    refuse(`'max' to be a whole number from 1 to 1000`, max)
  }
  if (typeof pooler !== 'boolean') refuse(`'pooler' to be a boolean`, pooler)
  const listen = options.listen ?? !pooler
  if (typeof listen !== 'boolean') refuse(`'listen' to be a boolean`, listen)
  if (pooler && listen) refuse(`'listen' to be false with 'pooler'`, 'true')
  if (typeof migrate !== 'boolean') refuse(`'migrate' to be a boolean`, migrate)
  if (!Number.isInteger(timeoutMs) || timeoutMs < 100 || timeoutMs > 3_600_000) {
    refuse(`'timeoutMs' to be a whole number from 100 to 3600000`, timeoutMs)
  }
  return { url, sql, schema, max, pooler, listen, migrate, timeoutMs }
}

/** A schema's name that needs no thought in SQL, in messages or in a shell. */
export function checkSchema(schema: unknown): string {
  if (typeof schema !== 'string' || !/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    refuse(`'schema' to be 1 to 63 of a-z, 0-9 and _, not beginning with a digit`, schema)
  }
  if (/^pg_|^information_schema$/.test(schema)) {
    refuse(`'schema' not to be one of Postgres's own`, schema)
  }
  return schema
}

export function checkUrl(url: unknown): string {
  const shape = typeof url === 'string' ? 'another text' : url
  if (typeof url !== 'string' || !/^postgres(ql)?:\/\//.test(url) || !parses(url)) {
    refuse(`'url' to be like 'postgres://user:password@host:5432/database'`, shape)
  }
  return url
}

/** Several hosts, separated by commas, are no URL but understood. */
function parses(url: string): boolean {
  const [, hosts = ''] = /^[^:]+:\/\/(?:[^@/?]*@)?([^/?]*)/.exec(url) ?? []
  return URL.canParse(hosts.includes(',') ? url.replace(hosts, hosts.split(',')[0] ?? '') : url)
}

function checkSql(sql: unknown): void {
  const client = sql as Partial<Sql>
  if (typeof sql !== 'function' || typeof client.unsafe !== 'function' || !client.options) {
    refuse(`'sql' to be a client made by postgres.js`, sql)
  }
  const { column, value, row } = client.options.transform ?? {}
  if ([column, value, row].some((each) => each?.from !== undefined)) {
    refuse(`'sql' to have no 'transform'`, 'one that has')
  }
}

function refuse(expected: string, got: unknown): never {
  const shown =
    typeof got === 'string'
      ? `'${got.slice(0, 80)}'`
      : typeof got === 'number' || got === null
        ? String(got)
        : typeof got
  throw new TaskflowError('configuration', `postgresStorage expects ${expected}, got ${shown}.`)
}
