// An app in a process of its own whose tasks are limited, heed nothing or take it down.
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { defineTask, type TaskContext } from '@taskflow/core'
import { ledgerOf, runInstance } from './instance.ts'

/** What a handler does when its signal aborts. */
export type Manners = 'heeds' | 'returns' | 'ignores'

/** How a handler takes its process down: each time, or only the first. */
export type Death = 'exit' | 'uncaught' | 'rejection' | 'kill'

export const CONCURRENCY = 5
export const RATE = { count: 20, perMs: 400 }

/** Its tasks. Each writes to the ledger when it starts, when its signal aborts, and when it ends. */
export function runningTasks(ledger: string) {
  const write = ledgerOf(ledger)
  const began = (taskId: string) => readFileSync(ledger, 'utf8').includes(`start ${taskId} `)

  const short = async ({ ms }: { ms: number }, { taskId }: TaskContext) => {
    write('start', taskId)
    if (ms > 0) await wait(ms)
    write('end', taskId)
  }
  /** Goes on until its signal aborts; its second start ends at once. */
  const endless = async ({ manners }: { manners: Manners }, { taskId, signal }: TaskContext) => {
    const again = began(taskId)
    write('start', taskId)
    if (!again) await aborted(taskId, signal, manners)
    write('end', taskId)
  }
  async function aborted(taskId: string, signal: AbortSignal, manners: Manners) {
    // Like real work, it keeps the process alive.
    const alive = setInterval(() => {}, 1_000)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    write('abort', taskId)
    while (manners === 'ignores' && !existsSync(`${ledger}.let-go`)) await wait(20)
    clearInterval(alive)
    if (manners === 'heeds') throw signal.reason
  }

  return {
    quick: defineTask({ name: 'quick', requeueOnInterrupt: true, run: short }),
    other: defineTask({ name: 'other', requeueOnInterrupt: true, run: short }),
    limited: defineTask({
      name: 'limited',
      requeueOnInterrupt: true,
      concurrency: CONCURRENCY,
      run: short,
    }),
    rated: defineTask({ name: 'rated', rateLimit: RATE, run: short }),
    endless: defineTask({ name: 'endless', requeueOnInterrupt: true, run: endless }),
    once: defineTask({ name: 'once', run: endless }),
    single: defineTask({ name: 'single', concurrency: 1, run: endless }),
    slow: defineTask({ name: 'slow', concurrency: 2, run: endless }),
    stuck: defineTask({ name: 'stuck', timeoutMs: 100, run: endless }),
    blocks: defineTask({
      name: 'blocks',
      timeoutMs: 100,
      retries: 1,
      run(_: undefined, { taskId }) {
        const again = began(taskId)
        write('start', taskId)
        while (!again && !existsSync(`${ledger}.let-go`)) block(20)
        write('end', taskId)
      },
    }),
    dies: defineTask({
      name: 'dies',
      requeueOnInterrupt: true,
      async run({ how, always }: { how: Death; always: boolean }, { taskId }) {
        const again = began(taskId)
        write('start', taskId)
        if (always || !again) await die(how)
        write('end', taskId)
      },
    }),
  }
}

/** Nothing else happens in this process meanwhile. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Never resolves: the process ends under it. */
function die(how: Death): Promise<never> {
  if (how === 'exit') process.exit(7)
  if (how === 'kill') process.kill(process.pid, 'SIGKILL')
  setImmediate(() => {
    if (how === 'uncaught') throw new Error('nobody catches this')
    void Promise.reject(new Error('nobody handles this'))
  })
  return new Promise(() => {})
}

if (import.meta.main) await runInstance(runningTasks)
