import type { TaskStorage } from '@taskflow/core'
import { type BrowserPage, openPage } from '../../browser/browser-page.ts'
import { FILTERS } from '../../measures.ts'
import { median } from '../../statistics.ts'
import { QUEUE_NAME } from '../../systems/queue.ts'
import type { Values } from '../context.ts'
import { startApp } from './app.ts'

/** The list over finished rows: from the wish to the painted rows, and what the browser keeps. */
export async function history(storage: TaskStorage, calls: number): Promise<Values> {
  const app = await startApp(storage)
  const [newest] = (await app.manager.list({ limit: 1 })).tasks
  if (!newest) throw new Error('expected finished tasks, found none')
  const opened = await openPage(app.dashboard)
  await opened.page.waitForFunction(() => probe.push !== null)
  const address = (query: string) => `${app.dashboard}/runs${query && `?${query}`}`
  const queries: Record<(typeof FILTERS)[number], string> = {
    'first-page': '',
    status: 'status=failed',
    function: `func=${QUEUE_NAME}`,
    'function-and-status': `func=${QUEUE_NAME}&status=success`,
    group: 'q=group%3Agroup_3',
    tag: 'q=tag.customer%3Ac3',
    schedule: 'q=schedule%3Aschedule_3',
    'time-range': 'since=24h',
    duration: 'q=duration%3A%3E1s',
    'id-prefix': `q=${newest.taskId.slice(0, 13)}`,
  }
  const values: Values = {}
  let worst = 0
  for (const name of FILTERS) {
    const times: number[] = []
    try {
      for (let call = 0; call < calls; call++) {
        // From another page: nothing of the list is there yet.
        await leave(opened, app.dashboard)
        times.push(await shown(opened, address(queries[name])))
      }
      values[`dashboard-${name}`] = median(times)
      worst = Math.max(worst, median(times))
    } catch (error) {
      // A few rows may have nothing that matches: the others are measured all the same.
      values[`dashboard-${name}`] = (error as Error).message
    }
  }
  values['dashboard-worst-filter'] = worst
  values['dashboard-heap'] = await opened.heapMb()
  await opened.close()
  await app.close()
  return values
}

function leave({ page }: BrowserPage, home: string): Promise<unknown> {
  return page.evaluate((to) => {
    probe.go(to)
    return probe.painted(() => probe.all('taskflow-dashboard >>> taskflow-overview').length > 0)
  }, home)
}

function shown({ page }: BrowserPage, address: string): Promise<number> {
  return page.evaluate(async (to) => {
    const begun = performance.now()
    probe.go(to)
    const runs = 'taskflow-dashboard >>> taskflow-runs'
    const seen = await probe.painted(
      () =>
        probe.answered(begun) > 0 &&
        probe.all(`${runs} >>> table[aria-busy="false"] tbody tr[data-id]`).length > 0,
    )
    return seen - begun
  }, address)
}
