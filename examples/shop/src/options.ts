import { parseArgs } from 'node:util'

/** What `npm run demo` was asked for. */
export interface DemoOptions {
  framework: Framework
  storage: StorageChoice
  /** 0 takes any free port. */
  port: number
  /** Null leaves the dashboard open, to this machine only. */
  auth: [user: string, password: string] | null
  /** Sample tasks a second; 0 for none. */
  trafficPerSecond: number
}

export type Framework = 'express' | 'hono' | 'koa'

export type StorageChoice =
  | { kind: 'memory' }
  | { kind: 'sqlite'; file: string }
  | { kind: 'postgres'; url: string }

/** An option that does not exist, or a value that makes no sense. Its message is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const usage = `A small shop with background tasks and their dashboard.

  npm run demo -- [options]

  --framework express|hono|koa                  [hono]
  --storage memory|sqlite:FILE|postgres://…     [sqlite:.taskflow/demo.db]
  --port PORT                                   [3000]
  --auth user:password|none                     [none: answers this machine only]
  --traffic on|off|N                            sample tasks a second [on: 1]
  --help

Each is also read from the environment, as TASKFLOW_FRAMEWORK and so on; an option wins.`

const defaults = {
  framework: 'hono',
  storage: 'sqlite:.taskflow/demo.db',
  port: '3000',
  auth: 'none',
  traffic: 'on',
}

type Name = keyof typeof defaults

/**
 * Reads the command line and the environment; null when help was asked for.
 *
 * @throws UsageError
 */
export function parseOptions(
  args: string[],
  env: Record<string, string | undefined>,
): DemoOptions | null {
  const given = readArgs(args)
  if (given === null) return null
  const read = <Value>(name: Name, parse: (value: string, from: string) => Value): Value => {
    const variable = `TASKFLOW_${name.toUpperCase()}`
    if (given[name] !== undefined) return parse(given[name], `--${name}`)
    return parse(env[variable] || defaults[name], variable)
  }
  return {
    framework: read('framework', parseFramework),
    storage: read('storage', parseStorage),
    port: read('port', parsePort),
    auth: read('auth', parseAuth),
    trafficPerSecond: read('traffic', parseTraffic),
  }
}

function readArgs(args: string[]): Partial<Record<Name, string>> | null {
  const names = Object.keys(defaults) as Name[]
  const { tokens } = parseArgs({
    args,
    // Its own complaints take several lines.
    strict: false,
    tokens: true,
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  })
  const given: Partial<Record<Name, string>> = {}
  for (const token of tokens) {
    if (token.kind === 'positional') throw wrong('arguments', 'only options', token.value)
    if (token.kind !== 'option') continue
    if (token.name === 'help') return null
    const name = names.find((known) => known === token.name)
    if (!name) {
      const known = names.map((one) => `--${one}`).join(', ')
      throw wrong('options', `${known} or --help`, token.rawName)
    }
    if (token.value === undefined) throw wrong(token.rawName, 'a value', 'none')
    given[name] = token.value
  }
  return given
}

function parseFramework(value: string, from: string): Framework {
  if (value === 'express' || value === 'hono' || value === 'koa') return value
  throw wrong(from, 'express, hono or koa', value)
}

function parseStorage(value: string, from: string): StorageChoice {
  if (value === 'memory') return { kind: 'memory' }
  if (value.startsWith('sqlite:') && value.length > 7) {
    return { kind: 'sqlite', file: value.slice(7) }
  }
  if (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value)) {
    return { kind: 'postgres', url: value }
  }
  // A URL may hold a password.
  const got = value.includes('://') ? 'another URL' : value
  throw wrong(from, 'memory, sqlite:FILE or postgres://…', got)
}

function parsePort(value: string, from: string): number {
  const port = Number(value)
  if (/^\d+$/.test(value) && port <= 65_535) return port
  throw wrong(from, 'a port from 0 to 65535', value)
}

function parseAuth(value: string, from: string): [string, string] | null {
  if (value === 'none') return null
  const [, user, password] = /^([^:]+):(.+)$/s.exec(value) ?? []
  if (user && password) return [user, password]
  throw wrong(from, 'user:password or none', 'neither')
}

function parseTraffic(value: string, from: string): number {
  if (value === 'on') return 1
  if (value === 'off') return 0
  const perSecond = Number(value)
  if (/^\d+(\.\d+)?$/.test(value) && perSecond <= 1_000) return perSecond
  throw wrong(from, 'on, off or tasks a second up to 1000', value)
}

function wrong(what: string, expected: string, got: string): UsageError {
  return new UsageError(`${what}: expected ${expected}, got ${got.replace(/\s+/g, ' ')}`)
}
