import { parseArgs } from 'node:util'
import { toError } from './errors.ts'
import { migrate, readState } from './migrate.ts'
import { checkOptions } from './options.ts'
import { connect } from './store.ts'

const USAGE = `Usage: taskflow-postgres <command> [options]

Commands:
  migrate  bring the schema up to date; any number of times, by any number of processes at once
  status   say which version the schema has; exits with 1 when it is not up to date

Options:
  --url <url>      postgres://user:password@host:5432/database [TASKFLOW_POSTGRES_URL]
  --schema <name>  schema of the tables [taskflow]
  --pooler         the URL is that of a transaction-mode pooler`

/** Where a command writes. */
export interface Output {
  out(line: string): void
  error(line: string): void
}

/** The command line; returns the exit code. */
export async function main(
  args: string[],
  env: Record<string, string | undefined>,
  { out, error }: Output,
): Promise<number> {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (reason) {
    error(`${(reason as Error).message}\n\n${USAGE}`)
    return 2
  }
  const { values, positionals } = parsed
  const [command, ...more] = positionals
  if (values.help === true) {
    out(USAGE)
    return 0
  }
  if ((command !== 'migrate' && command !== 'status') || more.length > 0) {
    error(USAGE)
    return 2
  }
  const { url = env.TASKFLOW_POSTGRES_URL, schema = 'taskflow', pooler = false } = values
  if (!url) {
    error(`expected --url or TASKFLOW_POSTGRES_URL\n\n${USAGE}`)
    return 2
  }
  try {
    return await run(command, checkOptions({ url, schema, pooler }), out)
  } catch (reason) {
    error(toError(reason, 'no').message)
    return 1
  }
}

async function run(
  command: 'migrate' | 'status',
  options: ReturnType<typeof checkOptions>,
  out: (line: string) => void,
): Promise<number> {
  const { schema } = options
  const sql = connect(options, 1, {})
  try {
    if (command === 'migrate') await migrate(sql, schema)
    const { version, newest } = await readState(sql, schema)
    const isCurrent = version >= newest
    const state = version === 0 ? 'has no tables yet' : `is at version ${version}`
    out(
      `Schema '${schema}' ${state}${isCurrent ? ': up to date' : `, this release needs ${newest}`}.`,
    )
    return isCurrent ? 0 : 1
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      schema: { type: 'string' },
      pooler: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
}
