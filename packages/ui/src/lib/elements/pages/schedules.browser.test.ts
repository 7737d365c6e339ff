// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { FakeHandler } from '../../testing/fake-handler.ts'
import { find, findAll, textOf, unmountAll, waitForElement } from '../../testing/mount.ts'
import { makeSchedule } from '../../testing/page-records.ts'
import { answer, openPage, soon } from '../../testing/page-test.ts'
import { makeTask } from '../../testing/records.ts'

const run = makeTask(7)
const report = makeSchedule('report', {
  name: 'nightly report',
  func_name: 'build_report',
  description: 'At 02:00',
  last_run: run.created_at,
  last_task_id: run.task_id,
  last_status: 'failed',
  ticks: [
    {
      due_at: run.created_at,
      fired_at: run.created_at,
      lateness: 4.1,
      outcome: 'late',
      task_id: run.task_id,
    },
    {
      due_at: makeTask(1).created_at,
      fired_at: makeTask(1).created_at,
      lateness: 0,
      outcome: 'skipped_overlap',
      task_id: null,
    },
  ],
})
const sync = makeSchedule('sync', { state: 'paused', next_run: null, next_runs: [] })
const once = makeSchedule('once', { trigger: 'date', description: 'Once at 12:15' })

let handler: FakeHandler

beforeEach(() => {
  handler = new FakeHandler()
  handler.rights = ['read', 'run', 'pause', 'delete']
  handler.tasks = [run]
  answer(handler, 'GET /schedules', [report, once, sync])
  answer(handler, 'GET /schedules/report', report)
})

afterEach(unmountAll)

const row = (element: Element, id: string) => waitForElement(element, `tr[data-schedule="${id}"]`)
const asked = (part: string) => handler.requests.filter((request) => request.includes(part))

describe('schedules', () => {
  it('G1, G5, F3 shows function, trigger in words, zone, next run and the last status, linked', async () => {
    const element = await openPage(handler, '/schedules')
    await soon(() => expect(textOf(element)).toContain('Live'))
    const line = await row(element, 'report')
    const text = line.innerText.replace(/\s+/g, ' ')
    for (const part of ['Waiting', 'nightly report', 'build_report', 'At 02:00', 'Europe/Berlin']) {
      expect(text).toContain(part)
    }
    // The server's clock stands at ten past twelve.
    await soon(() => expect(line.innerText).toMatch(/in (5m|4m \d\ds)/))
    const last = findAll<HTMLAnchorElement>(line, 'a').find((link) =>
      link.innerText.includes('Failed'),
    )
    expect(last?.getAttribute('href')).toContain(`/runs/${run.task_id}`)
    expect((await row(element, 'sync')).innerText).toContain('Paused')
  })

  it('B9 has round times on its axis', async () => {
    const element = await openPage(handler, '/schedules')
    await waitForElement(element, '.times')
    for (const window of ['1h', '24h', '3h']) {
      const buttons = findAll(element, '.lanes .segments button')
      buttons.find(({ innerText }) => innerText === window)?.click()
      await soon(() => {
        const times = findAll<SVGElement>(element, '.times text').map((text) => text.textContent)
        expect(times.length).toBeGreaterThanOrEqual(3)
        const round = window === '1h' ? /:(00|15|30|45)/ : /:00/
        for (const time of times.slice(1)) expect(time).toMatch(round)
      })
    }
  })

  it('B9 has fewer and rounder times where there is little room, with a line each', async () => {
    const element = await openPage(handler, '/schedules')
    await page.viewport(390, 844)
    await waitForElement(element, '.times')
    const drawn = (selector: string) =>
      findAll<SVGElement>(element, selector).filter(
        (one) => getComputedStyle(one).display !== 'none',
      )
    for (const window of ['1h', '3h', '24h', '7d']) {
      const buttons = findAll(element, '.lanes .segments button')
      buttons.find(({ innerText }) => innerText === window)?.click()
      await soon(() => {
        const pressed = findAll(element, '.lanes .segments [aria-pressed="true"]')
        expect(pressed.map(({ innerText }) => innerText)).toEqual([window])
        const times = drawn('.times text')
        expect(times.length).toBeGreaterThanOrEqual(2)
        const round = { '1h': /:(00|30)$/, '3h': /[02468]:00$/ }[window] ?? /(00|12):00$/
        for (const { textContent } of times.slice(1)) expect(textContent).toMatch(round)
        const boxes = times.map((time) => time.getBoundingClientRect())
        for (const [index, { right }] of boxes.entries()) {
          expect(right).toBeLessThan(boxes[index + 1]?.left ?? 390)
        }
        const lanes = findAll(element, '.track').length
        expect(drawn('.track .grid')).toHaveLength(lanes * times.length)
      })
    }
  })

  it('C10, C11 asks the server for what is filtered and sorted, and keeps it in the address', async () => {
    const element = await openPage(handler, '/schedules?state=paused&sort=-name')
    await row(element, 'sync')
    expect(asked('GET /schedules?')[0]).toContain('sort=name&order=desc')
    expect(asked('state=paused').length).toBeGreaterThan(0)
    await userEvent.fill(await waitForElement(element, '[data-search]'), 'night')
    await soon(() => expect(asked('search=night').length).toBeGreaterThan(0))
    find(element, 'th[aria-sort] .sort')?.click()
    await soon(() => expect(location.hash).toContain('sort=name'))
  })

  it('D16 shows one schedule with what became of its due times and the next ones; Escape leads back', async () => {
    const element = await openPage(handler, '/schedules')
    find(await row(element, 'report'), 'a')?.click()
    const panel = await waitForElement(element, 'aside.panel')
    await soon(() => expect(panel.isConnected && textOf(element)).toContain('Ran late'))
    const text = find(element, 'aside.panel')?.innerText ?? ''
    for (const part of [
      'Skipped, overlap',
      'after 4.1s',
      'the due time is skipped',
      'runs the latest',
    ]) {
      expect(text).toContain(part)
    }
    expect(location.hash).toContain('/schedules/report')
    find(element, 'aside.panel button')?.focus()
    await userEvent.keyboard('{Escape}')
    await soon(() => expect(find(element, 'aside.panel')).toBeNull())
    await soon(() =>
      expect(find(element, 'taskflow-schedules')?.shadowRoot?.activeElement?.textContent).toContain(
        'nightly report',
      ),
    )
  })

  it('G2 runs one now, and leads to the run', async () => {
    const element = await openPage(handler, '/schedules')
    answer(handler, 'POST /schedules/once/run', { task_id: run.task_id, task: run })
    find(await row(element, 'once'), '[aria-label="Run now once"]')?.click()
    await soon(() => expect(textOf(element)).toContain('Queued as 00000007'))
    expect(textOf(element)).toContain('once ran by hand and is paused now')
  })

  it('G3 pauses and resumes at once, removes after a question', async () => {
    const element = await openPage(handler, '/schedules')
    answer(handler, 'POST /schedules/report/pause', report)
    answer(handler, 'POST /schedules/sync/resume', sync)
    answer(handler, 'DELETE /schedules/sync', sync)
    find(await row(element, 'report'), '[aria-label="Pause nightly report"]')?.click()
    await soon(() => expect(textOf(element)).toContain('Paused nightly report'))
    find(await row(element, 'sync'), '[aria-label="Resume sync"]')?.click()
    await soon(() => expect(textOf(element)).toContain('Resumed sync'))
    find(await row(element, 'sync'), '[aria-label="Remove sync"]')?.click()
    const confirm = await waitForElement(element, '[data-confirm]')
    expect(asked('DELETE')).toEqual([])
    confirm.click()
    await soon(() => expect(textOf(element)).toContain('Removed sync'))
    expect(asked('DELETE')).toEqual(['DELETE /schedules/sync'])
  })

  it('C16, G3 acts on several at once, and says what was skipped', async () => {
    const element = await openPage(handler, '/schedules')
    await row(element, 'sync')
    answer(handler, 'POST /schedules/bulk', {
      done: 2,
      skipped: 1,
      results: [{ id: 'sync', task_id: null, reason: 'it is paused already' }],
    })
    find(element, '[aria-label="Select all"]')?.click()
    const bar = await waitForElement(element, '.bulk')
    expect(bar.innerText).toContain('3 selected')
    findAll(bar, 'button')
      .find((button) => button.innerText === 'Pause')
      ?.click()
    await soon(() => expect(textOf(element)).toContain('2 schedules paused'))
    expect(textOf(element)).toContain('1 skipped: it is paused already')
    expect(find(element, '.bulk')).toBeNull()
  })

  it('B9 shows when everything is due next, in lanes that can be read', async () => {
    const element = await openPage(handler, '/schedules')
    await row(element, 'report')
    await soon(() => expect(textOf(element)).toContain('2 runs due in the next 3h'))
    const lanes = findAll(element, '.track svg').map((lane) => lane.getAttribute('aria-label'))
    expect(lanes[0]).toMatch(/^Due \w+ \d\d:\d\d$/)
    expect(lanes[2]).toBe('held while paused')
  })

  it('reads again when a schedule has run', async () => {
    const element = await openPage(handler, '/schedules')
    await row(element, 'report')
    await soon(() => expect(handler.streams).toHaveLength(1))
    answer(handler, 'GET /schedules', [{ ...report, last_status: 'success' }])
    handler.push('schedules', [report])
    await soon(async () => expect((await row(element, 'report')).innerText).toContain('Succeeded'))
  })

  it('offers no action to those who may only look', async () => {
    handler.rights = ['read']
    const element = await openPage(handler, '/schedules')
    const line = await row(element, 'report')
    expect(findAll(line, 'button, input')).toEqual([])
  })

  it('says what makes a schedule while there is none', async () => {
    answer(handler, 'GET /schedules', [])
    const element = await openPage(handler, '/schedules')
    const empty = await waitForElement(element, 'taskflow-schedules >>> .empty')
    expect(empty.innerText).toContain('No schedules')
    expect(empty.innerText).toContain('tasks.schedule(')
  })
})
