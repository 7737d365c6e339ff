import { setTimeout as wait } from 'node:timers/promises'
import type { FaultCase } from '../harness/fault-case.ts'
import type { Lab } from '../harness/lab.ts'

const LOAD = { atOnce: 1, pauseMs: 100, workMs: 20 }
const OLD_MS = 2_000
const NEW_MS = 1_000
/** A definition is heard of with the next beat. */
const HEARD_MS = 6_000

export const VERSION_CASES: readonly FaultCase[] = [
  {
    id: 'A14',
    fault:
      'two versions of the app together: another task, another schedule, then tables of a newer release',
    needs: ['postgres'],
    async run(lab) {
      const storage = lab.postgres()
      const start = (isNewer: boolean) =>
        lab.victim({ storage, load: LOAD, isNewer, everyMs: isNewer ? NEW_MS : OLD_MS })
      const old = [await start(false), await start(false)]
      const fresh = await start(true)
      const own = lab.works(20)
      await fresh.tell({ order: 'enqueue', works: own, newer: true })
      await wait(HEARD_MS)
      const bothFrom = Date.now()
      await wait(4_000)
      // Due when nobody knows them any more.
      const left = lab.works(5)
      const options = { delayMs: 1_000 }
      const { ids = [] } = await fresh.tell({ order: 'enqueue', works: left, newer: true, options })
      await fresh.tell({ order: 'stop', graceMs: 1_000 })
      const goneAt = Date.now()
      await wait(HEARD_MS + 2 * OLD_MS)
      const manager = await lab.watcher(storage)
      for (const task of await manager.getMany(ids.filter((taskId) => taskId !== null))) {
        lab.check(task.status === 'pending', `a task that nobody knows is ${task.status}`)
      }
      const { functions } = (await manager.instances())[0] ?? { functions: [] }
      lab.check(!functions.some(({ funcName }) => funcName === 'newer'), 'somebody knows it')
      const backAt = Date.now()
      const again = await start(true)
      await lab.until(() => left.every(({ n }) => lab.lines('end').some((line) => line.n === n)))
      for (const victim of old) await victim.tell({ order: 'stop', graceMs: 1_000 })
      await lab.settle(storage)
      const pids = [fresh.pid, again.pid]
      const numbers = new Set([...own, ...left].map(({ n }) => n))
      const strangers = lab
        .lines('start')
        .filter(({ n, pid }) => numbers.has(n) && !pids.includes(pid))
      lab.check(strangers.length === 0, `${strangers.length} tasks ran where nobody knows them`)
      const { ticks } = await manager.scheduleTicks('tick', { limit: 1_000 })
      const gaps = (from: number, to: number) => {
        const due = ticks.map(({ dueAt }) => dueAt).filter((at) => at >= from && at < to)
        return due
          .sort()
          .map((at, n) => at - (due[n - 1] ?? at))
          .slice(1)
      }
      const both = gaps(bothFrom, goneAt)
      const alone = gaps(goneAt + HEARD_MS, backAt)
      lab.check(
        both.length > 0 && both.every((gap) => gap === NEW_MS),
        `ticks lie ${both} ms apart`,
      )
      lab.check(alone.length > 0 && alone.every((gap) => gap === OLD_MS), `then ${alone} ms apart`)
      lab.figures.push(`${ticks.length} ticks`, await refusalOf(lab, storage))
    },
  },
]

/** What a process says that finds tables of a newer release. */
async function refusalOf(lab: Lab, storage: ReturnType<Lab['postgres']>): Promise<string> {
  const sql = lab.sql()
  const meta = sql(`${storage.schema}.meta`)
  await sql`update ${meta} set value = '999' where name in ('version', 'minReader')`
  const refused = await lab.victim({ storage }).then(
    () => '',
    (error: Error) => error.message,
  )
  const [, said = ''] = /(Schema .* newer taskflow[^\n]*)/.exec(refused) ?? []
  lab.check(said !== '', `a process started on tables of a newer release: ${refused}`)
  return said
}
