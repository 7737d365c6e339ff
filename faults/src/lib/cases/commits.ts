import { createProxy } from '../../../../tools/tcp-proxy.ts'
import type { FaultCase } from '../harness/fault-case.ts'
import type { VictimWork } from '../harness/victim-tasks.ts'

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
]
