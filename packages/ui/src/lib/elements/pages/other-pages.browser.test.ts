// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { FakeHandler, problem } from '../../testing/fake-handler.ts'
import {
  find,
  findAll,
  mountDashboard,
  textOf,
  unmountAll,
  waitForElement,
} from '../../testing/mount.ts'
import { makeFunction, makeInstance } from '../../testing/page-records.ts'
import { answer, openPage, soon } from '../../testing/page-test.ts'
import { makeOverview, makeTask } from '../../testing/records.ts'

let handler: FakeHandler

beforeEach(() => {
  handler = new FakeHandler()
  handler.tasks = [makeTask(1)]
})

afterEach(unmountAll)

const asked = (part: string) => handler.requests.filter((request) => request.includes(part))

describe('audit', () => {
  const entry = {
    entry_id: 'e1',
    action: 'retry',
    task_id: makeTask(1).task_id,
    actor: 'ada',
    timestamp: makeTask(1).created_at,
    detail: { new_task_id: makeTask(2).task_id },
  }
  const pause = {
    ...entry,
    entry_id: 'e2',
    action: 'pause',
    task_id: null,
    detail: { func_name: 'sync' },
  }

  beforeEach(() => {
    handler.rights = ['read', 'audit']
    handler.user = { id: 'ada', name: 'Ada' }
    answer(handler, 'GET /audit', [entry, pause])
  })

  it('I1, I3 shows who did what, with links to the run and to the new one', async () => {
    const element = await openPage(handler, '/audit')
    await soon(() => expect(findAll(element, 'taskflow-audit >>> tr.row')).toHaveLength(2))
    const [first, second] = findAll(element, 'taskflow-audit >>> tr.row')
    expect(first?.innerText.replace(/\s+/g, ' ')).toMatch(/ada Retried 00000001 new run 00000002/)
    expect(second?.innerText.replace(/\s+/g, ' ')).toContain('Paused sync')
    const links = findAll<HTMLAnchorElement>(first ?? element, 'a').map((link) =>
      link.getAttribute('href'),
    )
    expect(links.map((href) => href?.slice(-4))).toEqual(['0001', '0002'])
  })

  it('I2 asks for older entries by page, and for what is filtered', async () => {
    handler.overrides.set('GET /audit', () =>
      Response.json([entry], { headers: { link: '</tasks/audit?cursor=abc>; rel="next"' } }),
    )
    const element = await openPage(handler, '/audit?actor=ada&since=24h')
    const more = await waitForElement(element, 'taskflow-audit >>> .more button')
    expect(asked('GET /audit')[0]).toContain('actor=ada&since=24h')
    answer(handler, 'GET /audit', [pause])
    more.click()
    await soon(() => expect(findAll(element, 'taskflow-audit >>> tr.row')).toHaveLength(2))
    expect(asked('cursor=abc')).toHaveLength(1)
    await soon(() => expect(find(element, 'taskflow-audit >>> .more')).toBeNull())
  })

  it('I3 is in the bar only with accounts, and for those who may see it', async () => {
    const element = await openPage(handler, '/')
    const labels = () => findAll(element, 'nav .tab').map((tab) => tab.innerText)
    await soon(() => expect(labels()).toContain('Audit'))
    await unmountAll()
    handler.user = null
    const open = await openPage(handler, '/')
    await soon(() => expect(textOf(open)).toContain('Live'))
    expect(findAll(open, 'nav .tab').map((tab) => tab.innerText)).not.toContain('Audit')
  })

  it('says that it may not be seen', async () => {
    handler.overrides.set('GET /audit', () =>
      problem(403, 'forbidden', 'The right audit is missing.'),
    )
    const element = await openPage(handler, '/audit')
    await soon(() => expect(textOf(element)).toContain('The audit: you may not see this'))
    expect(textOf(element)).toContain('The right audit is missing.')
  })
})

describe('instances', () => {
  it('B3, B4, B7, B8 shows the state of it all, and who works, reports late or shuts down', async () => {
    handler.overview = {
      ...makeOverview(),
      storage: 'postgres',
      executors: ['async', 'thread'],
      executor_counts: [
        { executor: 'async', functions: 2, running: 3 },
        { executor: 'thread', functions: 1, running: 0 },
      ],
      time_zone: 'Europe/Berlin',
      instances: [
        makeInstance('web-1', { running: 3 }),
        makeInstance('web-2', { state: 'stale', last_beat_at: '2026-11-19T12:08:00.000Z' }),
        makeInstance('web-3', { state: 'draining' }),
      ],
    }
    const element = await openPage(handler, '/instances')
    await soon(() => expect(findAll(element, '[data-instance]')).toHaveLength(3))
    const text = textOf(element)
    for (const part of ['Scheduler', 'Europe/Berlin', 'postgres', '1 unresponsive']) {
      expect(text).toContain(part)
    }
    const executors = findAll(element, '.executors .numbers > div')
    expect(executors.map((one) => one.innerText.replace(/\s+/g, ' '))).toEqual([
      'async 2 tasks, 3 running',
      'thread 1 task, 0 running',
    ])
    const row = (id: string) =>
      find(element, `[data-instance="${id}"]`)?.innerText.replace(/\s+/g, ' ')
    await soon(() => expect(row('web-2')).toMatch(/Unresponsive .* 2m ago/))
    expect(row('web-1')).toMatch(/Active .*host:17 .* 3h .*3 ?$/)
    expect(row('web-3')).toContain('Shutting down')
  })
})

describe('settings', () => {
  it('K1, K2 changes theme and density at once, and remembers them', async () => {
    const element = await openPage(handler, '/settings')
    const settings = await waitForElement(element, 'taskflow-settings')
    const choose = async (label: string) => {
      const button = await soon(() => {
        const found = findAll(settings, 'button').find((one) => one.innerText === label)
        if (!found) throw new Error(`no ${label}`)
        return found
      })
      button.click()
    }
    await choose('Dark')
    await choose('Compact')
    expect(element.theme).toBe('dark')
    expect(element.density).toBe('compact')
    document.body.replaceChildren()
    await new Promise((resolve) => setTimeout(resolve))
    const again = await openPage(handler, '/settings')
    expect([again.theme, again.density]).toEqual(['dark', 'compact'])
  })

  it('K3, K4 K5 keeps the rows per page, and shows what only the server decides', async () => {
    const element = await openPage(handler, '/settings')
    await userEvent.selectOptions(
      await waitForElement(element, 'taskflow-settings >>> select[aria-label="Rows per page"]'),
      '100',
    )
    await soon(() => expect(textOf(element)).toContain('not shown: exposePayloads is off'))
    expect(textOf(element)).toContain('read again every 30s')
    find(element, 'nav .tab:nth-of-type(2)')?.click()
    await soon(() => expect(asked('limit=100').length).toBeGreaterThan(0))
  })
})

describe('logs of all runs', () => {
  const line = {
    n: 1,
    at: makeTask(1).created_at,
    stream: 'log' as const,
    level: 'error' as const,
    text: 'Mail to <i>ada</i> bounced',
    attempt: 0,
    task_id: makeTask(1).task_id,
    func_name: 'send_email',
  }

  it('E9 filters by task, level, text and limit; marks what was searched; leads to the run', async () => {
    answer(handler, 'GET /functions', [makeFunction('send_email')])
    answer(handler, 'GET /logs', [line])
    const element = await openPage(
      handler,
      '/logs?search=BOUNCED&task=send_email&level=warn&limit=200',
    )
    const shown = await waitForElement(element, '.lines li')
    expect(shown.innerText).toContain('Mail to <i>ada</i> bounced')
    expect(find(shown, 'mark')?.innerText).toBe('bounced')
    const [request] = asked('GET /logs')
    for (const part of ['limit=200', 'search=BOUNCED', 'level=warn', 'func_name=send_email']) {
      expect(request).toContain(part)
    }
    expect(find(shown, 'a')?.getAttribute('href')).toContain(`/runs/${line.task_id}?tab=logs`)
  })

  it('E9 has among errors what attempts threw', async () => {
    const thrown = { ...line, n: 1.0001, stream: 'stderr' as const, text: 'Error: jam' }
    answer(handler, 'GET /logs', [thrown])
    const element = await openPage(handler, '/logs?level=error')
    expect((await waitForElement(element, '.lines li')).innerText).toContain('Error: jam')
    expect(asked('GET /logs')[0]).toContain('level=error&stream=stderr')
  })

  it('E9 shows the lines of one run', async () => {
    handler.logs.set(line.task_id, [line])
    const element = await openPage(handler, `/logs?run=${line.task_id}`)
    await waitForElement(element, '.lines li')
    expect(asked('GET /logs')).toEqual([])
  })
})

describe('the shell', () => {
  it('A13 shows live counts, and Dead letters in red', async () => {
    answer(handler, 'GET /functions', [makeFunction('a'), makeFunction('b')])
    handler.overview = { ...makeOverview(), schedules: { pending: 1, scheduled: 2, paused: 1 } }
    handler.metrics = { ...handler.metrics, total: 1234, failed: 7 }
    const element = await openPage(handler, '/settings')
    const tabs = () => findAll(element, 'nav .tab').map((tab) => tab.innerText.replace(/\s+/g, ' '))
    await soon(() =>
      expect(tabs()).toEqual([
        'Overview',
        'Runs 1,234',
        'Tasks 2',
        'Graph',
        'Schedules 4',
        'Dead letters 7',
        'Logs',
        'Instances',
        'Settings',
      ]),
    )
    await soon(() => expect(textOf(element)).toContain('Live'))
    handler.push('metrics', { ...handler.metrics, failed: 8 })
    await soon(() => expect(find(element, 'nav .count.alarm')?.innerText).toBe('8'))
  })

  it('A13 shows the tab of the page on a phone, also after the counts before it came', async () => {
    await page.viewport(390, 844)
    handler.metrics = { ...handler.metrics, total: 7, failed: 0 }
    location.hash = '#taskflow=/settings'
    const element = await mountDashboard(handler, { 'url-sync': 'hash' })
    const tab = await waitForElement(element, 'nav .tab[aria-current]')
    const isSeen = () => {
      const { left, right } = tab.getBoundingClientRect()
      const menu = find(element, '.menu-button')?.getBoundingClientRect()
      expect(left).toBeGreaterThanOrEqual(menu?.right ?? 0)
      expect(right).toBeLessThanOrEqual(390)
    }
    await soon(isSeen)
    await soon(() => expect(handler.streams.length).toBeGreaterThan(0))
    handler.push('metrics', { ...handler.metrics, total: 1_234_567, failed: 7654 })
    const field = await waitForElement<HTMLSelectElement>(element, 'taskflow-settings >>> select')
    field.focus()
    await soon(() => expect(find(element, 'nav .count.alarm')?.innerText).toBe('7,654'))
    await soon(isSeen)
    // The next Tab key starts from where somebody was.
    await userEvent.keyboard('{Tab}')
    expect(find(element, 'taskflow-settings >>> button:focus')?.innerText).toBe('Comfortable')
  })

  it('A12 keeps the addresses of earlier days', async () => {
    const element = await openPage(handler, '/task-runs?status=failed')
    await waitForElement(element, '[data-facet="failed"][aria-pressed="true"]')
  })

  it('A19 has a page for addresses that are none, and leads back', async () => {
    const element = await openPage(handler, '/nowhere/at/all')
    const empty = await waitForElement(element, 'main .empty')
    expect(empty.innerText).toContain('There is no such page')
    find(empty, 'a')?.click()
    await waitForElement(element, 'taskflow-overview')
  })

  it('A19 has a menu of all pages where the bar is too narrow', async () => {
    const element = await openPage(handler, '/')
    await page.viewport(390, 844)
    await userEvent.click(await waitForElement(element, '.menu-button'))
    const menu = await waitForElement(element, '.page-menu:popover-open')
    const entries = findAll(menu, 'a')
    expect(entries.map((entry) => entry.innerText.trim())).toContain('Dead letters')
    entries.find((entry) => entry.innerText.includes('Instances'))?.click()
    await waitForElement(element, 'taskflow-instances')
    expect(menu.matches(':popover-open')).toBe(false)
  })

  it('A19 folds groups of pages at the side, by keyboard, and remembers it', async () => {
    handler.user = null
    const open = async () => {
      const element = await openPage(handler, '/logs')
      element.setAttribute('layout', 'sidebar')
      return element
    }
    const shown = (element: Element) =>
      findAll(element, 'nav > .group .tab')
        .filter((tab) => tab.checkVisibility())
        .map((tab) => tab.innerText.trim())
    await page.viewport(1300, 900)
    const element = await open()
    await soon(() => expect(shown(element)).toHaveLength(9))
    const review = findAll(element, 'nav > .group > .group-button').at(-1)
    expect(review?.innerText.trim()).toBe('Review')
    expect(review?.getAttribute('aria-expanded')).toBe('true')
    review?.focus()
    await userEvent.keyboard('{Enter}')
    // The page one is on stays.
    await soon(() => expect(shown(element).slice(-2)).toEqual(['Dead letters', 'Logs']))
    expect(review?.getAttribute('aria-expanded')).toBe('false')
    element.remove()
    const again = await open()
    await soon(() => expect(shown(again).slice(-2)).toEqual(['Dead letters', 'Logs']))
    await userEvent.click(findAll(again, 'nav > .group > .group-button').at(-1) as HTMLElement)
    await soon(() => expect(shown(again)).toHaveLength(9))
    // As a bar, all of them stand side by side, and none is folded away.
    again.setAttribute('layout', 'tabs')
    await soon(() =>
      expect(find(again, 'nav > .group > .group-button')?.checkVisibility()).toBe(false),
    )
  })

  it('A19 has the same groups in the menu of a narrow page', async () => {
    handler.user = null
    const element = await openPage(handler, '/')
    await page.viewport(390, 844)
    await userEvent.click(await waitForElement(element, '.menu-button'))
    const menu = await waitForElement(element, '.page-menu:popover-open')
    const shown = () => findAll(menu, 'a').filter((entry) => entry.checkVisibility()).length
    expect(shown()).toBe(9)
    await userEvent.click(findAll(menu, '.group-button').at(-1) as HTMLElement)
    await soon(() => expect(shown()).toBe(6))
    await userEvent.click(findAll(menu, '.group-button').at(-1) as HTMLElement)
    await soon(() => expect(shown()).toBe(9))
  })

  it('does not lead to the audit where it is hidden', async () => {
    handler.user = null
    const element = await openPage(handler, '/')
    await soon(() => expect(textOf(element)).toContain('Live'))
    find(element, 'button.palette')?.click()
    await waitForElement(element, 'taskflow-dialogs >>> [role="combobox"]')
    const options = () => findAll(element, '[role="option"]').map((one) => one.innerText)
    await soon(() => expect(options().some((one) => one.includes('Dead letters'))).toBe(true))
    expect(options().filter((one) => one.includes('Audit'))).toEqual([])
  })

  it('moves the focus to the page somebody went to, and `g` and a letter lead there', async () => {
    const element = await openPage(handler, '/')
    findAll(element, 'nav .tab').at(-1)?.click()
    await waitForElement(element, 'taskflow-settings')
    await soon(() => expect(element.shadowRoot?.activeElement?.localName).toBe('main'))
    expect(find(element, 'main')?.getAttribute('aria-label')).toBe('Settings')
    await userEvent.keyboard('gd')
    await waitForElement(element, 'taskflow-dead-letters')
    history.back()
    await waitForElement(element, 'taskflow-settings')
  })
})
