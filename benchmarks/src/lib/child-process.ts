import { fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Settings } from './report-format.ts'
import type { Place } from './systems/queue.ts'

/**
 * - `measure`: runs the case and tells its figures.
 * - `history`, `fill`: puts what the case needs into the place.
 * - `producer`: enqueues when told. `victim`: runs a task that never ends, until killed.
 */
export interface Job {
  role: 'measure' | 'history' | 'fill' | 'producer' | 'victim'
  case: string
  system: string
  place: Place
  settings: Settings
}

/** What a child says. */
export type Message =
  | { type: 'ready' }
  | { type: 'started' }
  | { type: 'values'; values: Record<string, number | string> }
  | { type: 'not run'; reason: string }

export interface Child {
  send(message: object): void
  /** Resolves with the next message of that type; rejects when it says "not run" or ends before. */
  next<Type extends Message['type']>(type: Type): Promise<Extract<Message, { type: Type }>>
  /** As `kill -9`. */
  kill(): void
  /** Waits until it has gone; not for ever. */
  ended(): Promise<void>
}

/** What a child does after its last word: it writes compiled code down and lets connections go. */
const EXIT_MS = 10_000

/** Else each child strips types anew, and what that takes counts as its memory. */
const compileCache = join(tmpdir(), 'taskflow-bench-compile-cache')

/** Which code of ours children load: the TypeScript as it is, or what `npm run build` made of it. */
export const code = process.env.TASKFLOW_BENCH_BUILT ? 'build' : 'source'

const entry = fileURLToPath(new URL('../child.ts', import.meta.url))

/** A fresh process, so that neither memory nor compiled code of one case reaches another. */
export function startChild(job: Job, execArgv: string[] = []): Child {
  const child = fork(entry, [], {
    // Given whatever the parent runs with: a test runner has its own.
    execArgv: [...(code === 'source' ? ['--conditions=@taskflow/source'] : []), ...execArgv],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000)
  })
  child.send(job)
  return {
    send: (message) => child.send(message),
    next: (type) =>
      new Promise((resolve, reject) => {
        const onMessage = (message: Message) => {
          if (message.type === 'not run') settle(() => reject(new Error(message.reason)))
          else if (message.type === type) settle(() => resolve(message as never))
        }
        const onExit = (code: number | null, signal: string | null) => {
          const reason = `its process ended with ${code ?? signal} ${lastError(errors)}`.trim()
          settle(() => reject(new Error(reason)))
        }
        const settle = (act: () => void) => {
          child.off('message', onMessage).off('close', onExit)
          act()
        }
        child.on('message', onMessage).on('close', onExit)
      }),
    kill: () => void child.kill('SIGKILL'),
    async ended() {
      const timer = setTimeout(() => child.kill('SIGKILL'), EXIT_MS)
      await closed
      clearTimeout(timer)
    },
  }
}

/** What a process said last, before Node's own lines about it: its error, without the stack. */
function lastError(text: string): string {
  const lines = text.trim().split('\n')
  return lines.findLast((line) => /^(?:Uncaught )?\w*Error\b/.test(line)) ?? lines.at(-1) ?? ''
}
