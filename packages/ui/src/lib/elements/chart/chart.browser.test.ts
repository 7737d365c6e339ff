// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import { FakeHandler, problem } from '../../testing/fake-handler.ts'
import { find, findAll, textOf, unmountAll, waitForElement } from '../../testing/mount.ts'
import { makeBucket, makeInstance, makeSchedule } from '../../testing/page-records.ts'
import { answer, openPage, soon } from '../../testing/page-test.ts'
import { makeOverview, makeTask } from '../../testing/records.ts'

let handler: FakeHandler

beforeEach(() => {
  handler = new FakeHandler()
  handler.tasks = [makeTask(1)]
  answer(handler, 'GET /metrics/series', [
    makeBucket(0, {
      ...{ success: 18, failed: 6, p95_duration_seconds: 2, avg_duration_seconds: 0.5 },
      ...{ p50_wait_seconds: 0.2, p95_wait_seconds: 8 },
    }),
    makeBucket(1),
    makeBucket(2, { success: 4, p95_duration_seconds: 1, avg_duration_seconds: 0.25 }),
  ])
})

afterEach(unmountAll)

const asked = (part: string) => handler.requests.filter((request) => request.includes(part))
const charts = async (element: Element) => {
  await waitForElement(element, 'taskflow-chart >>> .bar')
  const found = findAll(element, 'taskflow-chart')
  const [throughput, latency, wait] = found
  if (!throughput || !latency || !wait) throw new Error('expected three charts')
  return { throughput, latency, wait }
}

describe('charts of the overview', () => {
  it('B1, B2 show how runs ended over time, and how long they took', async () => {
    const { throughput, latency } = await charts(await openPage(handler, '/'))
    const bars = findAll(throughput, '.bar').map((bar) => bar.dataset.status)
    expect(bars).toEqual(['success', 'failed', 'success'])
    expect(findAll(latency, 'path.line')).toHaveLength(2)
    expect(find(throughput, '.legend')?.innerText.replace(/\s+/g, ' ')).toBe('Succeeded Failed')
  })

  it('B1 name times that clocks show', async () => {
    answer(
      handler,
      'GET /metrics/series',
      Array.from({ length: 60 }, (_, minute) => makeBucket(minute, { success: 1 })),
    )
    const { throughput } = await charts(await openPage(handler, '/'))
    const times = () =>
      findAll(throughput, '.label[text-anchor="middle"]').map(({ textContent }) => textContent)
    expect(times().length).toBeGreaterThan(2)
    for (const time of times()) expect(time).toMatch(/:[0-5]0$/)
  })

  it('leave room for the largest count', async () => {
    answer(handler, 'GET /metrics/series', [makeBucket(0, { success: 123_456_789 })])
    const { throughput } = await charts(await openPage(handler, '/'))
    const edge = find(throughput, 'svg')?.getBoundingClientRect().left ?? Number.POSITIVE_INFINITY
    const labels = findAll(throughput, '.label[text-anchor="end"]')
    expect(labels.map(({ textContent }) => textContent)).toContain('200,000,000')
    for (const label of labels) expect(label.getBoundingClientRect().left).toBeGreaterThan(edge)
  })

  it('are read step by step with arrow keys', async () => {
    const { throughput } = await charts(await openPage(handler, '/'))
    const plot = find(throughput, '.plot')
    plot?.focus()
    expect(plot?.getAttribute('aria-valuetext')).toMatch(/: 4 succeeded$/)
    await userEvent.keyboard('{Home}')
    await soon(() =>
      expect(plot?.getAttribute('aria-valuetext')).toMatch(/: 18 succeeded, 6 failed$/),
    )
    expect(find(throughput, '.readout')?.innerText.replace(/\s+/g, ' ')).toMatch(
      /Succeeded 18 Failed 6/,
    )
    await userEvent.keyboard('{ArrowRight}')
    await soon(() => expect(plot?.getAttribute('aria-valuetext')).toMatch(/: 0 runs$/))
  })

  it('are tables, too', async () => {
    const { throughput } = await charts(await openPage(handler, '/'))
    find(throughput, 'summary')?.click()
    const rows = findAll(throughput, 'tbody tr').map((row) => row.innerText.replace(/\s+/g, ' '))
    expect(rows).toHaveLength(2)
    expect(rows[1]).toMatch(/18 6 0 0 500 ms 2s 200 ms 8s ?$/)
  })

  it('show how long runs waited', async () => {
    const { wait } = await charts(await openPage(handler, '/'))
    expect(find(wait, 'header')?.innerText).toContain('Waiting time')
    expect(find(wait, '.legend')?.innerText.replace(/\s+/g, ' ')).toBe('p95 p50')
    expect(findAll(wait, 'path.line').map((line) => line.getAttribute('d'))).toEqual([
      expect.stringMatching(/^M\S+ \S+h\.01$/),
      expect.stringMatching(/^M\S+ \S+h\.01$/),
    ])
    const plot = find(wait, '.plot')
    plot?.focus()
    await userEvent.keyboard('{Home}')
    await soon(() => expect(plot?.getAttribute('aria-valuetext')).toMatch(/: p95 8s, p50 200 ms$/))
  })

  it('of lengths name no two lines of the axis alike, however short they are', async () => {
    answer(handler, 'GET /metrics/series', [
      makeBucket(0, { success: 1, p95_duration_seconds: 0.0004, avg_duration_seconds: 0.0002 }),
    ])
    const { latency } = await charts(await openPage(handler, '/'))
    const labels = findAll(latency, 'text[text-anchor="end"]').map(({ textContent }) => textContent)
    const lengths = labels.filter((label) => / ms$|^0$/.test(label ?? ''))
    expect(lengths).toEqual(['0', '1 ms', '2 ms', '3 ms', '4 ms'])
  })

  it('and the numbers above them ask once for what they share', async () => {
    await charts(await openPage(handler, '/'))
    expect(asked('/metrics/series')).toHaveLength(1)
  })

  it('ask for other windows', async () => {
    const { throughput } = await charts(await openPage(handler, '/'))
    findAll(throughput, '.segments button').at(-1)?.click()
    await soon(() => expect(asked('window=7d&step=2h')).toHaveLength(1))
  })

  it('say why there is nothing to draw', async () => {
    handler.overrides.set('GET /metrics/series', () => problem(503, 'unavailable', 'No storage.'))
    const element = await openPage(handler, '/')
    const hint = await waitForElement(element, 'taskflow-chart >>> .hint')
    await soon(() => expect(hint.innerText).toBe('No storage.'))
  })
})

describe('the overview', () => {
  it('B9 shows what is due next', async () => {
    answer(handler, 'GET /schedules', [
      makeSchedule('sync'),
      makeSchedule('held', { state: 'paused', next_run: null }),
    ])
    const element = await openPage(handler, '/')
    await soon(() => expect(textOf(element)).toContain('Next scheduled'))
    await soon(() => expect(textOf(element)).toMatch(/sync Every 15 minutes in [45]m/))
    expect(textOf(element)).toMatch(/held Every 15 minutes — held/)
  })

  it('B8 tells of a process that reports no more', async () => {
    handler.overview = { ...makeOverview(), instances: [makeInstance('web-2', { state: 'stale' })] }
    const element = await openPage(handler, '/')
    await soon(() => expect(textOf(element)).toContain('web-2 has stopped reporting'))
  })
})
