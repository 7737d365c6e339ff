import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { ExecutorAttempt, TaskExecutor } from '@taskflow/core'

/** Settings of `shellExecutor`. */
export interface ShellExecutorOptions {
  /** What tasks name in `executor`. ['shell'] */
  name?: string
  /** How many commands run at once. [2] */
  concurrency?: number
  /** From the polite request to end, SIGTERM, to SIGKILL. [5000] */
  killAfterMs?: number
}

/**
 * Runs programs. A task's `run` returns the command, a program and its arguments; what that prints
 * is the task's log, and its exit code the result: all but 0 fail the attempt.
 */
export function shellExecutor(options: ShellExecutorOptions = {}): TaskExecutor {
  const { name = 'shell', concurrency = 2, killAfterMs = 5_000 } = options
  const running = new Set<ChildProcess>()

  return {
    name,
    concurrency,

    // No argument of a program can hold a NUL.
    validate(_task, payload) {
      JSON.stringify(payload, (key, value: unknown) => {
        if (typeof value === 'string' && value.includes('\0')) {
          throw new Error(`${key || 'payload'}: expected text without NUL`)
        }
        return value
      })
    },

    async execute(attempt) {
      const { task, payload, context } = attempt
      const [program, ...args] = commandOf(await task.run(payload, context))
      context.signal.throwIfAborted()
      // A group of its own, so that what the program starts ends with it.
      const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
      running.add(child)
      const failure = failureOf(child, program)
      let killTimer: NodeJS.Timeout | undefined
      const onAbort = () => {
        signalGroup(child, 'SIGTERM')
        killTimer = setTimeout(() => signalGroup(child, 'SIGKILL'), killAfterMs)
      }
      context.signal.addEventListener('abort', onAbort)
      try {
        await Promise.all([capture(child, 'stdout', attempt), capture(child, 'stderr', attempt)])
        const error = await failure
        if (error) throw error
      } finally {
        context.signal.removeEventListener('abort', onAbort)
        clearTimeout(killTimer)
        running.delete(child)
      }
      return { exitCode: 0 }
    },

    async close() {
      for (const child of running) signalGroup(child, 'SIGKILL')
    },
  }
}

function commandOf(value: unknown): [string, ...string[]] {
  const isCommand = Array.isArray(value) && value.every((part) => typeof part === 'string')
  if (isCommand && value.length > 0) return value as [string, ...string[]]
  throw new Error('expected run to return a program and its arguments')
}

/** Every line into the log of the attempt; ends with the stream. */
async function capture(
  child: ChildProcess,
  stream: 'stdout' | 'stderr',
  attempt: ExecutorAttempt,
): Promise<void> {
  const input = child[stream]
  if (!input) return
  for await (const line of createInterface({ input })) attempt.write(stream, line)
}

/** What to throw once it has ended; null when all went well. */
function failureOf(child: ChildProcess, program: string): Promise<Error | null> {
  return new Promise((resolve) => {
    child.once('error', resolve)
    child.once('close', (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `exited with ${code}`
      resolve(code === 0 ? null : new Error(`${program} ${how}`))
    })
  })
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It has just ended.
  }
}
