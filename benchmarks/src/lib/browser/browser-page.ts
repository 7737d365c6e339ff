import { type CDPSession, chromium, type Page } from 'playwright-core'
import { chromiumArgs, chromiumPath } from '../../../../tools/chromium.ts'
import { installProbe } from './probe.ts'

const SIZE = { width: 1440, height: 900 }

/** What the page's thread did, in milliseconds of its own: other work on the machine does not count. */
export interface Spent {
  /** The longest it could not answer. */
  longestTask: number
  scripts: number
  /** Style and layout. */
  layout: number
}

/** A page of a real browser with a probe inside, and what the browser says about it. */
export interface BrowserPage {
  page: Page
  /** What it cost to do something. */
  spent(act: () => Promise<unknown>): Promise<Spent>
  /** Megabytes of script objects that are in use, once nothing is left to collect. */
  heapMb(): Promise<number>
  close(): Promise<void>
}

/** Opens an address in a browser of its own; lists there have `limit` rows. */
export async function openPage(url: string, limit = 50): Promise<BrowserPage> {
  const browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: chromiumArgs,
  })
  const page = await browser.newPage({ viewport: SIZE })
  page.setDefaultTimeout(60_000)
  await page.addInitScript(installProbe, limit)
  const devtools = await page.context().newCDPSession(page)
  await page.goto(url)
  return {
    page,
    heapMb: () => heapMb(devtools),
    async spent(act) {
      await browser.startTracing(page, { categories: ['devtools.timeline', 'toplevel'] })
      await act()
      return spentIn(await browser.stopTracing())
    },
    close: () => browser.close(),
  }
}

async function heapMb(devtools: CDPSession): Promise<number> {
  // Twice: what the first round frees may hold more.
  for (let round = 0; round < 2; round++) await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  return usedSize / 1e6
}

interface TraceEvent {
  name: string
  pid: number
  tid: number
  /** Microseconds: when, and how much of the thread's own time. */
  ts: number
  dur?: number
  tdur?: number
  args?: { name?: string }
}

const SCRIPTS = ['FunctionCall', 'EvaluateScript', 'FireAnimationFrame', 'TimerFire']
const LAYOUT = ['UpdateLayoutTree', 'Layout']

/** Of the main threads of pages, which scripts, layout and painting share. */
function spentIn(trace: Buffer): Spent {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  const isMain = ({ name, args }: TraceEvent) =>
    name === 'thread_name' && args?.name === 'CrRendererMain'
  const main = new Set(traceEvents.filter(isMain).map(threadOf))
  const events = traceEvents.filter(
    (event) => event.tdur !== undefined && main.has(threadOf(event)),
  )
  const tasks = events.filter(({ name }) => name.endsWith('RunTask'))
  if (tasks.length === 0) throw new Error('expected tasks in the trace, found none')
  return {
    longestTask: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000,
    scripts: sumOf(events, SCRIPTS),
    layout: sumOf(events, LAYOUT),
  }
}

/** Those inside of others are in these already. */
function sumOf(events: readonly TraceEvent[], names: readonly string[]): number {
  let [sum, end] = [0, 0]
  const own = events.filter(({ name }) => names.includes(name)).sort((a, b) => a.ts - b.ts)
  for (const { ts, dur = 0, tdur = 0 } of own) {
    if (ts < end) continue
    sum += tdur
    end = ts + dur
  }
  return sum / 1000
}
