import type { TaskStorage } from '@taskflow/core'
import { buildNewTask, buildSettlement } from '@taskflow/core/testing'
import { type BrowserPage, openPage } from '../../browser/browser-page.ts'
import { idAt } from '../../systems/history.ts'
import type { Values } from '../context.ts'
import { startApp } from './app.ts'

const BATCH = 5_000
const SCROLL_MS = 3_000
const NEEDLE = 'needle in the haystack'
const INSTANCE = 'writer'

/** A long log: until its end is seen, how smoothly it scrolls, until a line is found. */
export async function log(storage: TaskStorage, lines: number): Promise<Values> {
  const app = await startApp(storage)
  const taskId = await write(storage, lines)
  const opened = await openPage(`${app.dashboard}/runs/${taskId}?view=page`)
  await opened.page.waitForFunction(() => probe.push !== null)
  const values: Values = {
    'dashboard-log-open': await open(opened, taskId, lines, app.dashboard),
    'dashboard-log-fps': await scroll(opened),
    'dashboard-log-search': await search(opened, Math.round(0.7 * lines)),
  }
  await opened.close()
  await app.close()
  return values
}

/** The last line stands on the screen. */
function open({ page }: BrowserPage, taskId: string, lines: number, dashboard: string) {
  return page.evaluate(
    async ([address, last]) => {
      const begun = performance.now()
      probe.go(address)
      const logs = 'taskflow-dashboard >>> taskflow-run >>> taskflow-logs'
      const seen = () => probe.all(`${logs} >>> [data-n="${last}"]`).length > 0
      return (await probe.painted(seen)) - begun
    },
    [`${dashboard}/runs/${taskId}?view=page&tab=logs`, lines] as const,
  )
}

/** Frames per second while the log moves up by a good half of a screen per frame. */
function scroll({ page }: BrowserPage): Promise<number> {
  return page.evaluate(async (forMs) => {
    const path = 'taskflow-dashboard >>> taskflow-run >>> taskflow-logs >>> .lines'
    const [box] = probe.all(path)
    if (!box) throw new Error('expected the lines of a log, found none')
    const begun = performance.now()
    let frames = 0
    while (performance.now() - begun < forMs) {
      await new Promise(requestAnimationFrame)
      box.scrollTop -= 400
      frames += 1
    }
    return (1000 * frames) / (performance.now() - begun)
  }, SCROLL_MS)
}

/** From Enter until the found line stands on the screen, marked. */
function search({ page }: BrowserPage, line: number): Promise<number> {
  return page.evaluate(
    async ([text, n]) => {
      const logs = 'taskflow-dashboard >>> taskflow-run >>> taskflow-logs'
      const [field] = probe.all(`${logs} >>> input[type=search]`) as HTMLInputElement[]
      if (!field) throw new Error('expected a field to search the log, found none')
      const begun = performance.now()
      field.value = text
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
      const seen = () => {
        const [mark] = probe.all(`${logs} >>> [data-n="${n}"] mark.current`)
        const [box] = probe.all(`${logs} >>> .lines`)
        if (!mark || !box) return false
        const [at, frame] = [mark.getBoundingClientRect(), box.getBoundingClientRect()]
        return at.top >= frame.top && at.bottom <= frame.bottom
      }
      return (await probe.painted(seen)) - begun
    },
    [NEEDLE, line] as const,
  )
}

/** A finished task with many lines, one of which is looked for. */
async function write(storage: TaskStorage, lines: number): Promise<string> {
  const now = Date.now()
  const taskId = idAt(now, 0)
  const funcName = 'chatter'
  await storage.beat({
    instance: { instanceId: INSTANCE, host: 'bench', pid: 1, version: '0', functions: [] },
    beat: 0,
    leaseMs: 600_000,
    running: 0,
    state: 'running',
    leaving: false,
    now,
  })
  await storage.insert({
    tasks: [buildNewTask({ taskId, funcName, payload: 'null' })],
    now,
  })
  const claim = { limit: 1, funcNames: [funcName] }
  const { claimed } = await storage.turn({ instanceId: INSTANCE, settle: [], claim, now })
  const fence = claimed[0]?.fence
  if (fence === undefined || !storage.logs) throw new Error('expected a task that keeps a log')
  const needle = Math.round(0.7 * lines)
  for (let first = 1; first <= lines; first += BATCH) {
    const count = Math.min(BATCH, lines - first + 1)
    const entries = Array.from({ length: count }, (_, i) => ({
      at: now,
      level: 'info' as const,
      stream: 'log' as const,
      attempt: 0,
      text:
        first + i === needle
          ? `here it is: the ${NEEDLE}`
          : `order ${first + i} of ${lines} was packed, weighed and sent`,
    }))
    await storage.logs.append({ instanceId: INSTANCE, batches: [{ taskId, fence, entries }] })
  }
  const settle = [buildSettlement({ taskId, fence, durationMs: 5_000, result: 'null' })]
  await storage.turn({ instanceId: INSTANCE, settle, claim: { limit: 0, funcNames: [] }, now })
  return taskId
}
