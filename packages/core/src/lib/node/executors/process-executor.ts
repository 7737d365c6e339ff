import { type ChildProcess, fork } from 'node:child_process'
import type { Socket } from 'node:net'
import { processUrl } from '../../../worker-urls.ts'
import { checkOptionNames } from '../../option-names.ts'
import type { TaskExecutor } from '../../run/executor.ts'
import { POOL_NAMES, type PoolOptions, resolvePoolOptions } from './pool-options.ts'
import type { WorkerEvents, WorkerLink } from './pooled-worker.ts'
import { WorkerPool } from './worker-pool.ts'

/** How long the output of a child that is gone is waited for: its own children may hold the pipe. */
const LAST_OUTPUT_MS = 200

/** Settings of `processExecutor`. */
export type ProcessExecutorOptions = PoolOptions

/**
 * Runs tasks in child processes: for work that may crash, leak or use native code that is not safe
 * in threads. A manager with `tasksFile` has one; make another for other settings, or under another
 * name. Children end with this process, however that ends.
 *
 * @throws TaskflowError `configuration` for an option that is not what it should be.
 */
export function processExecutor(options: ProcessExecutorOptions): TaskExecutor {
  checkOptionNames(options, POOL_NAMES, { where: 'processExecutor', code: 'configuration' })
  const settings = resolvePoolOptions(options, 'processExecutor', 'process')
  const start = (events: WorkerEvents) => startProcess(settings.tasksFile, options, events)
  const pool = new WorkerPool(start, { kind: 'process', ...settings })
  return {
    name: settings.name,
    concurrency: settings.size,
    execute: (attempt) => pool.run(attempt),
    close: () => pool.close(),
  }
}

function startProcess(
  tasksFile: string,
  { execArgv, env }: ProcessExecutorOptions,
  events: WorkerEvents,
): WorkerLink {
  const child = fork(processUrl, [tasksFile, String(process.pid)], {
    execArgv: execArgv ? [...execArgv] : inheritedOptions(),
    ...(env && { env }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let ended = false
  const end = (how: string, cause?: unknown) => {
    if (ended) return
    ended = true
    events.ended(how, cause)
  }
  child.on('error', (error) => {
    // Also told of messages that could not be sent, which its end follows.
    if (child.pid === undefined) end('could not be started', error)
  })
  child.on('message', events.message)
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => events.output(name, text))
  }
  child.on('exit', (code, signal) => {
    const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`
    const tell = () => end(`${how} before the task did`)
    const timer = setTimeout(tell, LAST_OUTPUT_MS)
    child.on('close', () => {
      clearTimeout(timer)
      tell()
    })
  })
  letGo(child)
  return {
    send: (message) => {
      if (child.connected) child.send(message, () => {})
    },
    kill: () => void child.kill('SIGKILL'),
    // What was written before a message can be read in the same turn of the event loop as that, or
    // in the next: the pipes are looked at between two immediates.
    drained: (then) => setImmediate(() => setImmediate(then)),
  }
}

/** A started manager keeps its process alive by itself. */
function letGo(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
  for (const stream of [child.stdout, child.stderr]) (stream as Socket | null)?.unref()
}

/** This process' own options, without those for one process only: a debugger's port, `-e`. */
function inheritedOptions(): string[] {
  const own = /^(--inspect|--eval|--print|--input-type|-e$|-p$|-pe$)/
  return process.execArgv.filter((option, i, all) => {
    const value = i > 0 && /^(--eval|--print|-e|-p|-pe)$/.test(all[i - 1] ?? '')
    return !value && !own.test(option)
  })
}
