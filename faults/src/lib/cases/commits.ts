import { createProxy } from '../../../../tools/tcp-proxy.ts'
import type { FaultCase } from '../harness/fault-case.ts'
import { spreadText } from '../harness/spread.ts'
import type { VictimWork } from '../harness/victim-tasks.ts'

/** A task whose owner died is running again by then. */
const AGAIN_WITHIN_MS = 19_000

export const COMMIT_CASES: readonly FaultCase[] = [
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
    id: 'A03c',
    fault: 'a completion, or the answer to it, is lost; its process lives on, or is killed',
    needs: ['postgres'],
    async run(lab) {
      const proxy = await createProxy(lab.serverUrl)
      lab.after(() => proxy.close())
      const storage = lab.postgres()
      const manager = await lab.watcher(storage)
      const rounds = Math.max(2, Math.round(lab.minutes * 4))
      const isStored = async (taskId: string) => (await manager.get(taskId))?.status === 'success'
      for (let round = 0; round < 2 * rounds; round++) {
        const far = await lab.victim({ storage: { ...storage, url: proxy.url } })
        const begin = async () => {
          const [work] = lab.works(1, 400) as [VictimWork]
          const { ids } = await far.tell({ order: 'enqueue', works: [work] })
          const taskId = ids?.[0] ?? ''
          await lab.until(() => lab.lines('start').some((line) => line.taskId === taskId))
          return taskId
        }
        const retried = await begin()
        proxy.cutAnswerTo(retried)
        lab.check(await lab.until(() => isStored(retried)), 'a completion was not stored')
        const last = await begin()
        if (round % 2 === 0) {
          proxy.cutAnswerTo(last)
          lab.check(await lab.until(() => isStored(last)), 'a completion was not stored')
          await far.end()
        } else {
          proxy.muteAt(last)
          await lab.until(() => lab.lines('end').some((line) => line.taskId === last))
          await far.end()
          lab.check(!(await isStored(last)), 'a completion was stored that never came')
        }
      }
      await lab.victim({ storage })
      const verdict = await lab.settle(storage)
      const twice = verdict.duplicated
      lab.check(twice === rounds, `${twice} of ${rounds} tasks whose end was not stored ran again`)
      lab.figures.push(`${rounds} rounds`)
    },
  },
  {
    id: 'A03k',
    fault: 'the answer to a claim is lost; its process lives on, or is killed',
    needs: ['postgres'],
    async run(lab) {
      const proxy = await createProxy(lab.serverUrl)
      lab.after(() => proxy.close())
      const storage = lab.postgres()
      const manager = await lab.watcher(storage)
      const delays = { lives: [] as number[], killed: [] as number[] }
      const rounds = Math.max(2, Math.round(lab.minutes * 4))
      for (let round = 0; round < 2 * rounds; round++) {
        const far = await lab.victim({ storage: { ...storage, url: proxy.url } })
        const mark = `lost-${round}-`
        const works = lab.works(3).map((work) => ({ ...work, n: mark + work.n }))
        // Of all answers, only that to a claim holds payloads.
        const lost = proxy.loseAnswerWith(mark).then(() => Date.now())
        const told = far.tell({ order: 'enqueue', works, together: true })
        const at = await lost
        await told
        const kind = round % 2 === 0 ? 'lives' : 'killed'
        if (kind === 'killed') await far.end()
        const heir = kind === 'killed' ? await lab.victim({ storage }) : null
        const starts = () => lab.lines('start').filter(({ n }) => n.startsWith(mark))
        const ended = await lab.until(async () => {
          const ids = new Set(starts().map(({ taskId }) => taskId))
          const tasks = await manager.storage.get({ taskIds: [...ids] })
          return tasks.filter((task) => task?.status === 'success').length === works.length
        })
        lab.check(ended, `round ${round}: ${starts().length} of ${works.length} tasks ran`)
        delays[kind].push(...starts().map((line) => line.at - at))
        for (const victim of [far, heir]) if (victim?.alive) await victim.end()
      }
      const { duplicated } = await lab.settle(storage)
      lab.check(duplicated === 0, `${duplicated} tasks ran twice`)
      for (const [kind, times] of Object.entries(delays)) {
        const longest = Math.max(...times)
        lab.check(longest <= AGAIN_WITHIN_MS, `${kind}: a task ran after ${longest} ms only`)
        lab.figures.push(
          `where the process ${kind === 'lives' ? 'lives on' : 'is killed'}, tasks run after ${spreadText(times)}`,
        )
      }
    },
  },
]
