import { setTimeout as wait } from 'node:timers/promises'
import type { FaultCase } from '../harness/fault-case.ts'
import type { Lab } from '../harness/lab.ts'
import { pickUpsBy } from '../harness/pick-ups.ts'
import { spreadText } from '../harness/spread.ts'
import type { StorageChoice } from '../harness/storage-choice.ts'

/** What a dead instance's tasks may take to start again: a lease and a beat, and a busy machine. */
const RECOVERY_MS = 19_000

/** Kills one victim after the other under load; how long its tasks took to start again, in ms. */
async function killUnderLoad(lab: Lab, storage: StorageChoice, count: number, everyMs: number) {
  const start = () => lab.victim({ storage, load: { atOnce: 2, pauseMs: 300, workMs: 200 } })
  const running = [await start(), await start(), await start()]
  const recoveries: number[] = []
  const killed = new Set<number>()
  for (let kill = 0; kill < count; kill++) {
    await wait(2_000 + lab.random.below(1_000))
    const victim = running.shift()
    if (!victim) break
    const at = Date.now()
    await victim.end()
    killed.add(victim.pid)
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
  const survivors = pickUpsBy(lab.lines(), (pid) => !killed.has(pid))
  lab.figures.push(
    `${count} kills, ${recoveries.length} tasks under them, again after ${spreadText(recoveries)}`,
    `others start theirs after ${spreadText(survivors)}`,
  )
  return Math.max(0, ...recoveries)
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
