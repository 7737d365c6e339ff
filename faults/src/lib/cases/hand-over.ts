import type { FaultCase } from '../harness/fault-case.ts'
import type { Lab } from '../harness/lab.ts'
import { spreadText } from '../harness/spread.ts'
import type { StorageChoice } from '../harness/storage-choice.ts'
import type { VictimWork } from '../harness/victim-tasks.ts'

/** Longer than a case that stops processes all the time: what is handed over is never done before. */
const LONG_MS = 20_000
const AT_ONCE = 5

/** Stops one process after the other under the same long tasks; how long each took to go on, in ms. */
async function handOver(lab: Lab, storage: StorageChoice, rounds: number): Promise<void> {
  const start = () => lab.victim({ storage, concurrency: AT_ONCE })
  const tasks = lab.works(AT_ONCE, LONG_MS, 'heeds')
  let holder = await start()
  const { ids = [] } = await holder.tell({ order: 'enqueue', works: tasks })
  const startsBy = (pid: number) => lab.lines('start').filter((line) => line.pid === pid)
  const took: number[] = []
  for (let round = 0; round < rounds; round++) {
    await lab.until(() => startsBy(holder.pid).length === AT_ONCE)
    const next = await start()
    const at = Date.now()
    await holder.tell({ order: 'stop', graceMs: 0 })
    await lab.until(() => startsBy(next.pid).length === AT_ONCE)
    const starts = startsBy(next.pid)
    lab.check(starts.length === AT_ONCE, `${starts.length} of ${AT_ONCE} tasks went on elsewhere`)
    took.push(...starts.map((line) => line.at - at))
    holder = next
  }
  await lab.settle(storage)
  const manager = await lab.watcher(storage)
  for (const task of await manager.getMany(ids.filter((taskId) => taskId !== null))) {
    lab.check(task.attemptsMade === 1, `${task.attemptsMade} attempts were counted`)
  }
  lab.figures.push(`${rounds} stops; tasks go on after ${spreadText(took)}`)
}

/** Cancels tasks that another process runs; how long until their handlers heard of it, in ms. */
async function cancelElsewhere(lab: Lab, storage: StorageChoice, count: number): Promise<void> {
  const victim = await lab.victim({ storage, concurrency: AT_ONCE })
  const manager = await lab.watcher(storage)
  const took: number[] = []
  for (let done = 0; done < count; done++) {
    const [work] = lab.works(1, 60_000, 'heeds') as [VictimWork]
    const { ids = [] } = await victim.tell({ order: 'enqueue', works: [work] })
    const taskId = ids[0]
    const has = (event: 'start' | 'fail') =>
      lab.lines(event).find((line) => line.taskId === taskId)?.at
    await lab.until(() => has('start') !== undefined)
    const at = Date.now()
    if (taskId) await manager.cancel(taskId)
    await lab.until(() => has('fail') !== undefined)
    const heard = has('fail')
    lab.check(heard !== undefined, 'a handler did not hear of its cancellation')
    if (heard !== undefined) took.push(heard - at)
    await lab.until(async () => (await manager.metrics()).running === 0)
    const task = taskId ? await manager.get(taskId) : null
    lab.check(task?.status === 'cancelled', `a cancelled task is ${task?.status}`)
  }
  lab.figures.push(`${count} cancelled; handlers hear after ${spreadText(took)}`)
}

const roundsOf = (lab: Lab, perMinute: number) => Math.max(2, Math.round(lab.minutes * perMinute))

export const HAND_OVER_CASES: readonly FaultCase[] = [
  {
    id: 'A04',
    fault: 'processes stop, one after the other, under tasks that outlast them, on Postgres',
    needs: ['postgres'],
    run: (lab) => handOver(lab, lab.postgres(), roundsOf(lab, 20)),
  },
  {
    id: 'A04s',
    fault: 'processes stop, one after the other, under tasks that outlast them, on SQLite',
    needs: [],
    run: (lab) => handOver(lab, lab.sqlite(), roundsOf(lab, 20)),
  },
  {
    id: 'E04',
    fault: 'tasks that another process runs are cancelled, on Postgres',
    needs: ['postgres'],
    run: (lab) => cancelElsewhere(lab, lab.postgres(), roundsOf(lab, 60)),
  },
  {
    id: 'E04n',
    fault: 'the same without NOTIFY',
    needs: ['postgres'],
    run: (lab) => cancelElsewhere(lab, { ...lab.postgres(), listen: false }, roundsOf(lab, 20)),
  },
  {
    id: 'E04s',
    fault: 'the same on SQLite',
    needs: [],
    run: (lab) => cancelElsewhere(lab, lab.sqlite(), roundsOf(lab, 60)),
  },
]
