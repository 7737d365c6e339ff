import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ROWS } from './measures.ts'
import type { Settings } from './report-format.ts'
import { SYSTEMS } from './systems/catalogue.ts'

export interface Command {
  rows: string[]
  systems: string[]
  settings: Settings
  /** Where the JSON goes. */
  json: string | null
}

/** Raised for what was asked for and does not exist; its message is for the caller. */
export class UsageError extends Error {}

const OPTIONS: Record<string, { setting: keyof Settings; fallback: number; about: string }> = {
  count: { setting: 'count', fallback: 20_000, about: 'jobs per timed run' },
  history: { setting: 'history', fallback: 1_000_000, about: 'finished rows; 0 leaves them out' },
  repeat: { setting: 'repeat', fallback: 3, about: 'runs of each measure; the median counts' },
  samples: { setting: 'samples', fallback: 200, about: 'start latencies per run' },
  'list-calls': { setting: 'listCalls', fallback: 40, about: 'calls per list query' },
  'memory-count': { setting: 'memoryCount', fallback: 100_000, about: 'jobs of the memory row' },
  'idle-seconds': { setting: 'idleSeconds', fallback: 60, about: 'how long idleness is watched' },
  'recovery-seconds': {
    setting: 'recoverySeconds',
    fallback: 100,
    about: 'how long recovery is waited for',
  },
  'max-seconds': { setting: 'maxSeconds', fallback: 60, about: 'longest timed run' },
}
const STORAGES = ['memory', 'sqlite', 'postgres']
const PEERS = SYSTEMS.filter(({ kind }) => kind === 'peer').map(({ name }) => name)

export const USAGE = `npm run bench -w benchmarks -- [row …] [options]

rows: ${ROWS.map(({ name }) => name).join(', ')} [all]
  --storage LIST   taskflow and raw queues on ${STORAGES.join(', ')} [all]
  --peers LIST     ${PEERS.join(', ')}, or none [all]
  --json FILE      write the result there, too
${Object.entries(OPTIONS)
  .map(([name, { fallback, about }]) => `  --${`${name} N`.padEnd(20)} ${about} [${fallback}]`)
  .join('\n')}

TASKFLOW_BENCH_POSTGRES_URL and TASKFLOW_BENCH_REDIS_URL name the servers; without the first an
embedded Postgres is started, without the second what needs Redis is not run.`

/** Reads what comes after `--`; unknown names are refused with the list of known ones. */
export function readCommandLine(args: string[], folder: string): Command {
  const { values, positionals } = parse(args)
  if (values.help) throw new UsageError(USAGE)
  const storages = list('storage', values.storage, STORAGES)
  const peers = values.peers === 'none' ? [] : list('peer', values.peers, PEERS)
  const rowNames = ROWS.map(({ name }) => name)
  for (const row of positionals) known('row', row, rowNames)
  return {
    rows: positionals.length > 0 ? rowNames.filter((row) => positionals.includes(row)) : rowNames,
    systems: SYSTEMS.filter(({ name, kind, storage }) =>
      kind === 'peer' ? peers.includes(name) : storages.includes(storage),
    ).map(({ name }) => name),
    settings: settingsOf(values),
    json: typeof values.json === 'string' ? resolve(folder, values.json) : null,
  }
}

function parse(args: string[]): { values: Record<string, unknown>; positionals: string[] } {
  const text = { type: 'string' } as const
  const options = Object.fromEntries(
    ['storage', 'peers', 'json', ...Object.keys(OPTIONS)].map((name) => [name, text]),
  )
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { ...options, help: { type: 'boolean' } },
    })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}

function settingsOf(values: Record<string, unknown>): Settings {
  const settings: Partial<Settings> = {}
  for (const [name, { setting, fallback }] of Object.entries(OPTIONS)) {
    const given = values[name] ?? fallback
    const number = Number(given)
    const least = name === 'history' ? 0 : 1
    if (!Number.isSafeInteger(number) || number < least) {
      throw new UsageError(`--${name}: expected a whole number of ${least} or more, got ${given}`)
    }
    settings[setting] = number
  }
  return settings as Settings
}

function list(what: string, given: unknown, all: string[]): string[] {
  if (typeof given !== 'string') return all
  const names = given.split(',').filter((name) => name !== '')
  for (const name of names) known(what, name, all)
  return names
}

function known(what: string, name: string, all: string[]): void {
  if (all.includes(name)) return
  throw new UsageError(`${what}: expected one of ${all.join(', ')}, got ${name}`)
}
