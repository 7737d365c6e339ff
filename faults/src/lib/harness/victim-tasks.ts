import { setTimeout as wait } from 'node:timers/promises'
import { defineTask, type TaskContext } from '@taskflow/core'
import type { WriteLedger } from './ledger-file.ts'

/** What a task does. */
export interface VictimWork {
  /** Its number in the ledger. */
  n: string
  kind: 'ok' | 'fails' | 'spins'
  /** How long it works. */
  ms: number
}

/** The victim's tasks: each writes down when it starts and ends. All are requeued after a crash. */
export function victimTasks(write: WriteLedger) {
  async function run({ n, kind, ms }: VictimWork, context: TaskContext) {
    write('start', n, context.taskId)
    if (kind === 'spins') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
    else if (ms > 0) await wait(ms)
    if (kind === 'fails' && context.attempt === 0) {
      write('fail', n, context.taskId)
      throw new Error('the first time it fails')
    }
    write('end', n, context.taskId)
  }
  return {
    work: defineTask({ name: 'work', requeueOnInterrupt: true, retries: 2, delayMs: 200, run }),
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
