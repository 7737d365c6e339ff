import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { createProxy } from '../../../../tools/tcp-proxy.ts'
import type { FaultCase } from '../harness/fault-case.ts'
import type { VictimProcess } from '../harness/victim-process.ts'

const LOAD = { atOnce: 2, pauseMs: 50, workMs: 20 }

/** Memory of a process, in MB. */
function memoryOf({ pid }: VictimProcess): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes ?? 0) / 1024
}

export const SOAK_CASES: readonly FaultCase[] = [
  {
    id: 'H01',
    fault: 'soak: one fault after the other, chosen by the seed',
    needs: ['postgres'],
    async run(lab) {
      const { random } = lab
      const storage = lab.postgres()
      const sql = lab.sql()
      const proxy = await createProxy(lab.serverUrl)
      lab.after(() => proxy.close())
      const far = { ...storage, url: proxy.url }
      const start = (choice = storage) => lab.victim({ storage: choice, load: LOAD })
      const steady = await start()
      let others = [await start(), await start(far)]
      const end = Date.now() + lab.minutes * 60_000
      const done: string[] = []
      const before = memoryOf(steady)
      const faults: Record<string, () => Promise<unknown>> = {
        kill: async () => {
          const victim = random.pick(others)
          await victim.end()
          others = [...others.filter((other) => other !== victim), await start()]
        },
        stop: async () => {
          const victim = random.pick(others)
          await victim.tell({ order: 'stop', graceMs: random.below(500) })
          others = [...others.filter((other) => other !== victim), await start()]
        },
        pause: async () => {
          const { child } = random.pick(others)
          child.kill('SIGSTOP')
          await wait(random.below(20_000))
          child.kill('SIGCONT')
        },
        silence: async () => {
          proxy.silence()
          await wait(random.below(10_000))
          proxy.heal()
        },
        outage: async () => {
          await proxy.down()
          await wait(random.below(10_000))
          await proxy.up()
        },
        terminate: () =>
          sql`select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name = 'taskflow'`,
      }
      while (Date.now() < end) {
        const name = random.pick(Object.keys(faults))
        done.push(name)
        await faults[name]?.()
        await wait(1_000 + random.below(4_000))
      }
      const grown = memoryOf(steady) - before
      await lab.settle(storage)
      lab.figures.push(`${done.join(', ')}; one process grew by ${grown.toFixed(0)} MB`)
    },
  },
]
