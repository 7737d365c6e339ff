import { defineTask, type TaskStorage } from '@taskflow/core'
import { type BrowserPage, openPage } from '../../browser/browser-page.ts'
import { median } from '../../statistics.ts'
import type { Values } from '../context.ts'
import { startApp } from './app.ts'

const ROWS = 50
const WARM_UP = 30
const task = defineTask({ name: 'bench', run: () => {} })

/** Fifty rows: how soon they are there, what fifty changes cost, and what is left of them. */
export async function list(storage: TaskStorage, loads: number, batches: number): Promise<Values> {
  const app = await startApp(storage, [task])
  const payloads = Array.from({ length: ROWS + 10 }, () => ({ payload: undefined }))
  await app.manager.enqueueMany(task, payloads)
  const opened = await openPage(`${app.dashboard}/runs`, ROWS)
  const paints: number[] = []
  for (let load = 0; load <= loads; load++) {
    await opened.page.reload()
    paints.push(await paintOf(opened, ROWS))
  }
  // The first load compiles the code; later ones have it in the cache.
  const values: Values = { 'dashboard-paint': median(paints.slice(1)) }
  await opened.page.waitForFunction(() => probe.push !== null)
  await changes(opened, WARM_UP, true)
  const timed = Math.min(100, batches)
  const { scripts, layout } = await opened.spent(() => changes(opened, timed, true))
  values['dashboard-batch-script'] = scripts / timed
  values['dashboard-batch-layout'] = layout / timed
  const heap = await opened.heapMb()
  await changes(opened, batches, false)
  values['dashboard-heap-growth'] = Math.abs((await opened.heapMb()) - heap)
  await opened.close()
  await app.close()
  return values
}

/** From the end of the answer until the rows can be seen. */
function paintOf({ page }: BrowserPage, rows: number): Promise<number> {
  return page.evaluate(async (count) => {
    const path = 'taskflow-dashboard >>> taskflow-runs >>> tbody tr'
    const seen = await probe.painted(() => probe.all(path).length >= count)
    return seen - probe.answered(0)
  }, rows)
}

/**
 * Batches in which every row of the page changes its state, one after the other; each in a frame of
 * its own, or as fast as they are drawn.
 */
async function changes({ page }: BrowserPage, batches: number, framed: boolean): Promise<void> {
  const ended = await page.evaluate(
    async ([count, framed]) => {
      const answer = await fetch('/tasks?limit=50&logs=0')
      const tasks = (await answer.json()) as { task_id: string; rev: number }[]
      const known = globalThis as { benchRev?: number }
      const rev = known.benchRev ?? 1
      known.benchRev = rev + count
      const states = [
        { status: 'running', phase: 'running', start_time: new Date().toISOString() },
        { status: 'success', phase: 'success', duration: 1.5 },
      ]
      const batch = (at: number) =>
        tasks
          .map((one) => {
            const data = { ...one, ...states[at % 2], rev: one.rev + rev + at }
            return `event: task\ndata: ${JSON.stringify(data)}\n\n`
          })
          .join('')
      // Made before the clock starts, where it runs.
      const made = framed ? Array.from({ length: count }, (_, at) => batch(at)) : null
      for (let at = 0; at < count; at++) {
        probe.push?.(made?.[at] ?? batch(at))
        await new Promise<unknown>((resolve) => {
          if (framed) return requestAnimationFrame(resolve)
          // A task of its own, without the pause that timers have: many are drawn in one frame.
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = resolve
          port2.postMessage(null)
        })
      }
      const path = 'taskflow-dashboard >>> taskflow-runs >>> tbody tr'
      await probe.painted(() => true)
      const last = count % 2 === 0 ? 'Success' : 'Running'
      return probe.all(path).filter((row) => row.textContent?.includes(last)).length
    },
    [batches, framed] as const,
  )
  if (ended !== ROWS) throw new Error(`expected ${ROWS} rows in their last state, got ${ended}`)
}
