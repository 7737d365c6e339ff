import { defineTask, on, type Task, type TaskStorage } from '@taskflow/core'
import { openPage } from '../../browser/browser-page.ts'
import type { Values } from '../context.ts'
import { startApp } from './app.ts'

const NODES = 250

/** A graph of 250 tasks is fetched, laid out and drawn: how long the page stands still at most. */
export async function graph(storage: TaskStorage): Promise<Values> {
  const app = await startApp(storage, chain(NODES))
  const opened = await openPage(`${app.dashboard}/runs`)
  await opened.page.waitForFunction(() => probe.push !== null)
  const start = () =>
    opened.page.evaluate(
      async ([address, count]) => {
        const begun = performance.now()
        probe.go(address)
        const path = 'taskflow-dashboard >>> taskflow-graph >>> [data-node]'
        return (await probe.painted(() => probe.all(path).length === count)) - begun
      },
      [`${app.dashboard}/graph`, NODES] as const,
    )
  let drawn = 0
  const { longestTask } = await opened.spent(async () => {
    drawn = await start()
  })
  await opened.close()
  await app.close()
  return { 'dashboard-graph-task': longestTask, 'dashboard-graph-drawn': drawn }
}

/** Tasks in groups of ten that each follow one or two earlier ones. */
function chain(count: number): Task[] {
  const tasks: Task<undefined>[] = []
  const before = (at: number) => tasks[at]
  for (let at = 0; at < count; at++) {
    const upstream = [before(at - 5), at % 3 === 0 ? before(at - 17) : undefined]
    const after = upstream.filter((one) => one !== undefined).map((one) => on(one, () => undefined))
    const name = `step_${String(at).padStart(3, '0')}`
    tasks.push(
      defineTask({ name, group: `group_${Math.floor(at / 10)}`, after, run: (_: undefined) => {} }),
    )
  }
  return tasks
}
