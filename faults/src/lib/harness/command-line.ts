import { parseArgs } from 'node:util'

/** What was asked for. */
export interface Command {
  cases: string[]
  seed: number
  minutes: number
  pauseMs: number
  list: boolean
  help: boolean
}

/** How long a soak's processes wait between enqueues when nothing else is asked for. */
export const PAUSE_MS = 150

/** Raised for an option that makes no sense; its message is for the caller. */
export class UsageError extends Error {}

export const USAGE = `npm run faults -w faults -- [case…] [options]

Without names, all cases.
  --seed N     everything random comes from it [a new one, printed]
  --minutes M  how long cases go on that can go on for long [0.5]
  --pause MS   how long a soak's three processes wait between enqueues, each two at once [150]
  --list       which cases there are, and what each needs

TASKFLOW_FAULTS_POSTGRES_URL names the server, where the user must be allowed to make roles and
schemas; without it one is started.`

/** Reads what comes after `--`. */
export function readCommandLine(args: string[]): Command {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { seed: text, minutes: text, pause: text, list: flag, help: flag },
    })
    return {
      cases: positionals,
      seed: numberOf('seed', values.seed, Math.floor(Math.random() * 1e6)),
      minutes: numberOf('minutes', values.minutes, 0.5),
      pauseMs: numberOf('pause', values.pause, PAUSE_MS),
      list: values.list ?? false,
      help: values.help ?? false,
    }
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}

function numberOf(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text)
  if (Number.isFinite(value) && value >= 0 && text !== '') return value
  throw new UsageError(`--${name}: expected a number of 0 or more, got ${text}`)
}
