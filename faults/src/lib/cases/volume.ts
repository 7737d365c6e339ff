import { join } from 'node:path'
import { sqliteStorage } from '@taskflow/storage-sqlite'
import { readClaimTimes } from '../harness/claim-times.ts'
import type { FaultCase } from '../harness/fault-case.ts'
import { fillWithFinished } from '../harness/fill.ts'
import type { Lab } from '../harness/lab.ts'
import { intervalDelays } from '../harness/loop-delay.ts'
import { spreadText } from '../harness/spread.ts'

const BATCH = 1_000
const PATIENCE_MS = 1_800_000

/** So many for each minute that was asked for, in whole batches: ten make the full form. */
const tasksOf = ({ minutes }: Lab, perMinute: number) =>
  Math.max(2, Math.round((minutes * perMinute) / BATCH)) * BATCH

export const VOLUME_CASES: readonly FaultCase[] = [
  {
    id: 'B18',
    fault: 'an idle transaction keeps dead rows while tasks come and go',
    needs: ['postgres'],
    async run(lab) {
      const storage = lab.postgres()
      const victim = await lab.victim({ storage, concurrency: 50, timesClaims: true })
      const manager = await lab.watcher(storage)
      const count = tasksOf(lab, 20_000)
      await lab.sql().begin(async (tx) => {
        await tx`select txid_current()`
        for (let done = 0; done < count; done += BATCH) {
          await victim.tell({ order: 'enqueue', works: lab.works(BATCH), together: true })
          await lab.until(async () => (await manager.metrics()).pending < BATCH, PATIENCE_MS)
        }
        await lab.settle(storage, PATIENCE_MS)
      })
      const times = readClaimTimes(lab.folder)
      const tenth = Math.ceil(times.length / 10)
      lab.figures.push(
        `claims took ${spreadText(times)}; the first tenth ${spreadText(times.slice(0, tenth))}, the last ${spreadText(times.slice(-tenth))}`,
      )
    },
  },
  {
    id: 'H02',
    fault: 'a backlog is drained by three processes',
    needs: ['postgres'],
    async run(lab) {
      const storage = lab.postgres()
      const producer = await lab.victim({ storage, concurrency: 0 })
      const count = tasksOf(lab, 50_000)
      for (let done = 0; done < count; done += BATCH) {
        await producer.tell({ order: 'enqueue', works: lab.works(BATCH), together: true })
      }
      const began = performance.now()
      for (let n = 0; n < 3; n++) await lab.victim({ storage, concurrency: 20, timesClaims: true })
      const manager = await lab.watcher(storage)
      await lab.until(async () => (await manager.metrics()).pending === 0, PATIENCE_MS)
      const seconds = (performance.now() - began) / 1_000
      const verdict = await lab.settle(storage, PATIENCE_MS)
      lab.check(verdict.duplicated === 0, `duplicated: ${verdict.duplicated}`)
      lab.figures.push(
        `${Math.round(count / seconds)} a second; claims took ${spreadText(readClaimTimes(lab.folder))}`,
      )
    },
  },
  {
    id: 'C11',
    fault: 'many finished tasks are deleted at once',
    needs: [],
    async run(lab) {
      const choice = lab.sqlite()
      const storage = sqliteStorage({ file: join(lab.folder, 'tasks.db'), synchronous: 'normal' })
      await storage.open()
      const count = tasksOf(lab, 50_000)
      await fillWithFinished(storage, count)
      await storage.close()
      const endedBefore = Date.now()
      const manager = await lab.watcher(choice)
      const load = { atOnce: 1, pauseMs: 20, workMs: 0 }
      await lab.victim({ storage: choice, load, timesClaims: true })
      const delays = intervalDelays()
      const began = performance.now()
      const { deleted } = await manager.deleteHistory({ endedBefore })
      const seconds = (performance.now() - began) / 1_000
      const p99 = delays.stop()
      lab.check(deleted === count, `${deleted} of ${count} were deleted`)
      await lab.settle(choice)
      lab.figures.push(
        `${count} tasks in ${seconds.toFixed(1)} s; the event loop waits ${p99.toFixed(0)} ms (p99); claims beside took ${spreadText(readClaimTimes(lab.folder))}`,
      )
    },
  },
]
