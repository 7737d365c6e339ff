import { setTimeout as wait } from 'node:timers/promises'
import { createProxy } from '../../../../tools/tcp-proxy.ts'
import type { FaultCase } from '../harness/fault-case.ts'
import type { Lab } from '../harness/lab.ts'
import type { StorageChoice } from '../harness/storage-choice.ts'

/** What a dead instance's tasks may take to start again: a lease and a beat, and a busy machine. */
const RECOVERY_MS = 19_000

/** Kills one victim after the other under load; how long its tasks took to start again, in ms. */
async function killUnderLoad(lab: Lab, storage: StorageChoice, count: number, everyMs: number) {
  const start = () => lab.victim({ storage, load: { atOnce: 2, pauseMs: 300, workMs: 200 } })
  const running = [await start(), await start(), await start()]
  const recoveries: number[] = []
  for (let kill = 0; kill < count; kill++) {
    await wait(2_000 + lab.random.below(1_000))
    const victim = running.shift()
    if (!victim) break
    const at = Date.now()
    await victim.end()
    const lines = lab.lines()
    const open = [...Map.groupBy(lines, ({ taskId }) => taskId)].flatMap(([taskId, own]) => {
      const last = own.filter(({ event }) => event !== 'ack').at(-1)
      return last?.event === 'start' && last.pid === victim.pid ? taskId : []
    })
    running.push(await start())
    const isBack = (taskId: string) =>
      lab.lines('start').find((line) => line.taskId === taskId && line.at > at)
    await lab.until(() => open.every(isBack), 60_000)
    for (const taskId of open) {
      const again = isBack(taskId)
      lab.check(again !== undefined, `${taskId} did not start again after a kill`)
      if (again) recoveries.push(again.at - at)
    }
    await wait(Math.max(0, everyMs - (Date.now() - at)))
  }
  await lab.settle(storage)
  const sorted = recoveries.sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  lab.figures.push(
    `${count} kills, ${sorted.length} tasks under them, again after ${median} ms (median), ${sorted.at(-1) ?? 0} ms (longest)`,
  )
  return sorted.at(-1) ?? 0
}

export const PROCESS_CASES: readonly FaultCase[] = [
  {
    id: 'A02',
    fault: 'kill -9 of one of three processes under load, on Postgres',
    needs: ['postgres'],
    async run(lab) {
      const kills = Math.max(2, Math.round(lab.minutes * 2))
      const longest = await killUnderLoad(lab, lab.postgres(), kills, 30_000)
      lab.check(longest <= RECOVERY_MS, `a task started again after ${longest} ms`)
    },
  },
  {
    id: 'A02s',
    fault: 'kill -9 of one of three processes under load, on SQLite',
    needs: [],
    async run(lab) {
      const kills = Math.max(2, Math.round(lab.minutes * 8))
      const longest = await killUnderLoad(lab, lab.sqlite(), kills, 0)
      // A lock that falls is seen with the next beat.
      lab.check(longest <= 7_000, `a task started again after ${longest} ms`)
    },
  },
  {
    id: 'A03',
    fault: 'the answer to an enqueue is lost, then the process is killed',
    needs: ['postgres'],
    short: true,
    async run(lab) {
      const proxy = await createProxy(lab.serverUrl)
      lab.after(() => proxy.close())
      const storage = lab.postgres()
      const other = await lab.victim({ storage })
      const victim = await lab.victim({ storage: { ...storage, url: proxy.url } })
      const works = lab.works(3)
      for (const work of works) {
        proxy.cutAnswerTo(work.n)
        await victim.tell({ order: 'enqueue', works: [work] })
      }
      await victim.end()
      // The same under a key, again: one task.
      const again = lab.works(1)
      await other.tell({ order: 'enqueue', works: again })
      const verdict = await lab.settle(storage)
      const unknown = lab.lines('unknown').length
      lab.check(unknown === works.length, `${unknown} of ${works.length} lost answers were noticed`)
      lab.figures.push(
        `${verdict.recovered} of ${unknown} unknown enqueues had been stored, and ran`,
      )
    },
  },
  {
    id: 'A10',
    fault: 'an event loop is blocked for longer than a lease',
    needs: ['postgres'],
    async run(lab) {
      const storage = lab.postgres()
      const victim = await lab.victim({ storage })
      const works = lab.works(1, 20_000).map((work) => ({ ...work, kind: 'spins' as const }))
      await victim.tell({ order: 'enqueue', works })
      await lab.victim({ storage, load: { atOnce: 1, pauseMs: 100, workMs: 10 } })
      await lab.until(() => lab.lines('end').some(({ n }) => n === works[0]?.n), 60_000)
      const verdict = await lab.settle(storage)
      lab.check(verdict.duplicated === 0, 'what was blocked ran twice')
    },
  },
  {
    id: 'H03',
    fault: 'start, then stop at any moment, again and again',
    needs: [],
    async run(lab) {
      const storage = lab.sqlite()
      const rounds = Math.max(5, Math.round(lab.minutes * 20))
      for (let round = 0; round < rounds; round++) {
        const victim = await lab.victim({
          storage,
          load: { atOnce: 2, pauseMs: 1, workMs: 30 },
        })
        await wait(lab.random.below(500))
        await victim.tell({ order: 'stop', graceMs: lab.random.below(50) })
        // A timer, socket or thread that is left would keep it.
        const isOver = await lab.until(() => !victim.alive, 20_000)
        lab.check(isOver, 'a process went on after its manager had stopped')
      }
      const last = await lab.victim({ storage })
      const verdict = await lab.settle(storage)
      const manager = await lab.watcher(storage)
      const left = (await manager.instances()).filter(
        ({ instanceId }) => instanceId !== last.instanceId,
      )
      lab.check(left.length === 0, `${left.length} instances are left`)
      lab.figures.push(`${rounds} rounds, ${verdict.duplicated} repeats`)
    },
  },
]
