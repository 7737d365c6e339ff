import { setTimeout as wait } from 'node:timers/promises'
import { defineTask, type TaskContext } from '@taskflow/core'
import type { WriteLedger } from './ledger-file.ts'

/** What a task does. */
export interface VictimWork {
  /** Its number in the ledger. */
  n: string
  kind: 'ok' | 'fails' | 'spins' | 'heeds'
  /** How long it works. */
  ms: number
}

/** The victim's tasks: each writes down when it starts and ends. All are requeued after a crash. */
export function victimTasks(write: WriteLedger) {
  async function run({ n, kind, ms }: VictimWork, context: TaskContext) {
    const { taskId } = context
    write('start', n, taskId)
    if (kind === 'spins') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
    else if (kind === 'heeds') await heeding(ms, context.signal, () => write('fail', n, taskId))
    else if (ms > 0) await wait(ms)
    if (kind === 'fails' && context.attempt === 0) {
      write('fail', n, taskId)
      throw new Error('the first time it fails')
    }
    write('end', n, taskId)
  }
  const settings = { requeueOnInterrupt: true, retries: 2, delayMs: 200, run }
  return {
    work: defineTask({ name: 'work', ...settings }),
    /** What only the next version of the app has. */
    newer: defineTask({ name: 'newer', ...settings }),
    tick: defineTask({
      name: 'tick',
      requeueOnInterrupt: true,
      run(_: undefined, { taskId }) {
        write('start', `tick-${taskId}`, taskId)
        write('end', `tick-${taskId}`, taskId)
      },
    }),
  }
}

/** Works until it is told to end. */
async function heeding(ms: number, signal: AbortSignal, ends: () => void): Promise<void> {
  try {
    await wait(ms, undefined, { signal })
  } catch (error) {
    ends()
    throw error
  }
}
