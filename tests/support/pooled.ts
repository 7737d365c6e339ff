// An app in a process of its own whose tasks run in child processes, which import this file too.
import { readFileSync } from 'node:fs'
import { defineTask } from '@taskflow/core'
import { ledgerOf, runInstance } from './instance.ts'

/** Its tasks. Each writes to the ledger when it starts and when it ends, from the child it is in. */
export const pooledTasks = {
  /** Heeds nothing the first time, ends at once the second. */
  endless: defineTask({
    name: 'endless',
    executor: 'process',
    retries: 1,
    requeueOnInterrupt: true,
    async run({ ledger }: { ledger: string }, { taskId }) {
      const write = ledgerOf(ledger)
      const again = readFileSync(ledger, 'utf8').includes(`start ${taskId} `)
      write('start', taskId)
      if (!again) await new Promise((resolve) => setTimeout(resolve, 600_000))
      write('end', taskId)
    },
  }),
}

if (import.meta.main) await runInstance(() => pooledTasks)
