// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { FakeHandler, problem } from '../../testing/fake-handler.ts'
import {
  find,
  findAll,
  mountDashboard,
  rowTexts,
  textOf,
  unmountAll,
  waitForElement,
} from '../../testing/mount.ts'
import { makeMetrics, makeTask } from '../../testing/records.ts'
import type { TaskflowDashboardElement } from '../dashboard.ts'

let handler: FakeHandler

beforeEach(async () => {
  await page.viewport(1440, 900)
  // Where another test left it, it may point at the list, which then holds new rows back.
  await userEvent.hover(document.documentElement, { position: { x: 1, y: 1 } })
  handler = new FakeHandler()
  handler.tasks = [3, 2, 1].map((n) => makeTask(n, { func_name: `task_${n}` }))
  handler.metrics = makeMetrics({ total: 3, success: 3 })
  history.replaceState(null, '', '#taskflow=/runs')
})

afterEach(unmountAll)

async function open(hash = '/runs'): Promise<TaskflowDashboardElement> {
  history.replaceState(null, '', `#taskflow=${hash}`)
  const element = await mountDashboard(handler, { 'url-sync': 'hash' })
  await vi.waitFor(() => expect(handler.streams).toHaveLength(1))
  return element
}

async function openRows(hash?: string) {
  const element = await open(hash)
  await waitForElement(element, 'tbody tr')
  return element
}

const names = (element: Element) => findAll(element, 'tbody .name').map((name) => name.textContent)
const row = (element: Element, n: number) =>
  waitForElement(element, `tr[data-id="${makeTask(n).task_id}"]`)
const pressed = (element: Element) =>
  findAll(element, '.facet[aria-pressed="true"]').map((chip) => chip.dataset.facet)

describe('rows', () => {
  it('show status with its word, task, attempts and duration', async () => {
    handler.tasks = [
      makeTask(1, {
        status: 'failed',
        phase: 'failed',
        func_name: 'charge_card',
        attempts_made: 2,
        source: 'adhoc',
        duration: 42.91,
      }),
    ]
    const element = await openRows()
    expect(rowTexts(element)[0]).toMatch(
      /Failed charge_card Ad hoc 00000001 — 2 of 4 42\.91s .* ago/,
    )
  })

  it('change in place, without a reload and without losing the focus', async () => {
    const element = await openRows()
    const node = await row(element, 2)
    node.focus()
    const before = handler.requests.length
    handler.change(
      makeTask(2, {
        func_name: 'task_2',
        rev: 2,
        status: 'failed',
        phase: 'failed',
        error: 'Oops',
      }),
    )
    await vi.waitFor(() => expect(node.innerText).toContain('Failed'))
    expect(await row(element, 2)).toBe(node)
    expect(node.matches(':focus')).toBe(true)
    expect(handler.requests).toHaveLength(before)
  })

  it('appear by themselves at the top, and disappear when they are removed', async () => {
    const element = await openRows()
    handler.push('task', makeTask(4, { func_name: 'task_4' }))
    await vi.waitFor(() => expect(names(element)).toEqual(['task_4', 'task_3', 'task_2', 'task_1']))
    handler.push('removed', { task_ids: [makeTask(3).task_id] })
    await vi.waitFor(() => expect(names(element)).toEqual(['task_4', 'task_2', 'task_1']))
  })

  it('wait behind a pill while somebody points at the list', async () => {
    const element = await openRows()
    find(element, '.scroller')?.dispatchEvent(
      new PointerEvent('pointerenter', { pointerType: 'mouse' }),
    )
    const fresh = makeTask(4, { func_name: 'task_4' })
    handler.change(fresh)
    const pill = await waitForElement(element, '.pill')
    expect(pill.innerText).toContain('1 new run')
    expect(names(element)).toHaveLength(3)
    pill.click()
    await vi.waitFor(() => expect(names(element)[0]).toBe('task_4'))
    expect(find(element, '.pill')).toBeNull()
  })

  it('keep hostile text text, with invisible characters made visible', async () => {
    const name = '<img src=x onerror="window.hacked=1">\u202Egnp.exe'
    handler.tasks = [
      makeTask(1, {
        func_name: name,
        error: '<script>window.hacked=1</script>',
        status: 'failed',
        phase: 'failed',
      }),
    ]
    const element = await openRows()
    ;(await row(element, 1)).click()
    await waitForElement(element, 'taskflow-run >>> h2')
    expect(find(element, 'img')).toBeNull()
    expect(find(element, 'script')).toBeNull()
    expect(textOf(element)).toContain('<img src=x onerror="window.hacked=1">⟨U+202E⟩gnp.exe')
    expect('hacked' in window).toBe(false)
  })

  it('have a button that copies the whole id', async () => {
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
    const element = await openRows()
    const button = (await row(element, 2)).querySelector<HTMLElement>('.copy')
    button?.click()
    await vi.waitFor(() => expect(button?.getAttribute('aria-label')).toBe('Copied'))
    expect(writeText).toHaveBeenCalledWith(makeTask(2).task_id)
    expect(location.hash).toBe('#taskflow=/runs')
    writeText.mockRestore()
  })

  it('are two lines on a phone, with nothing to scroll sideways', async () => {
    await page.viewport(390, 844)
    handler.tasks = [makeTask(1, { func_name: 'a_very_long_name_'.repeat(12) })]
    const element = await openRows()
    const box = (await row(element, 1)).getBoundingClientRect()
    expect(box.height).toBeGreaterThanOrEqual(56)
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390)
    const scroller = find(element, '.scroller')
    expect(scroller?.scrollWidth).toBe(scroller?.clientWidth)
  })
})

describe('filters', () => {
  it('narrow by status, in the address and back', async () => {
    handler.tasks.push(makeTask(0, { func_name: 'broken', status: 'failed', phase: 'failed' }))
    const element = await openRows()
    find(element, '[data-facet="failed"]')?.click()
    await vi.waitFor(() => expect(names(element)).toEqual(['broken']))
    expect(location.hash).toBe('#taskflow=/runs?status=failed')
    find(element, '.facet:not([data-facet])')?.click()
    await vi.waitFor(() => expect(names(element)).toHaveLength(4))
    expect(location.hash).toBe('#taskflow=/runs')
  })

  it('come from the address', async () => {
    handler.tasks.push(makeTask(0, { func_name: 'broken', status: 'failed', phase: 'failed' }))
    const element = await openRows('/runs?status=failed,interrupted&since=24h')
    await vi.waitFor(() => expect(names(element)).toEqual(['broken']))
    expect(pressed(element)).toEqual(['failed', 'interrupted'])
    expect(handler.requests).toContain(
      'GET /?logs=0&limit=30&status=failed&status=interrupted&since=24h',
    )
  })

  it('dim a row that stops matching instead of taking it away', async () => {
    handler.tasks = [
      makeTask(1, { status: 'running', phase: 'running', duration: null, end_time: null }),
    ]
    const element = await openRows('/runs?status=running')
    handler.push('task', makeTask(1, { rev: 2 }))
    await vi.waitFor(async () => expect((await row(element, 1)).className).toContain('stale'))
    expect((await row(element, 1)).innerText).toContain('Succeeded')
  })

  it('search while typing, after `/`', async () => {
    const element = await openRows()
    ;(await row(element, 3)).focus()
    await userEvent.keyboard('/')
    const field = find<HTMLInputElement>(element, 'taskflow-query >>> input')
    expect(field?.matches(':focus')).toBe(true)
    await userEvent.keyboard('task_2')
    await vi.waitFor(() => expect(names(element)).toEqual(['task_2']))
    expect(field?.value).toBe('task_2')
  })

  it('offer every registered task', async () => {
    const element = await openRows()
    const select = find<HTMLSelectElement>(element, 'select[aria-label="Task"]')
    await vi.waitFor(() => expect(select?.options).toHaveLength(4))
    await userEvent.selectOptions(select as HTMLSelectElement, 'task_1')
    await vi.waitFor(() => expect(names(element)).toEqual(['task_1']))
  })

  it('are named and can be cleared when nothing matches', async () => {
    const element = await open('/runs?status=failed&func=task_1')
    const empty = await waitForElement(element, '.empty')
    expect(empty.innerText).toContain('status Failed, task task_1')
    empty.querySelector('button')?.click()
    await vi.waitFor(() => expect(names(element)).toHaveLength(3))
  })
})

describe('order and pages', () => {
  it('are asked of the server, and the order is remembered', async () => {
    const element = await openRows()
    find(element, '[data-sort="duration"]')?.click()
    await vi.waitFor(() =>
      expect(handler.requests).toContain('GET /?logs=0&limit=30&sort=duration&order=desc'),
    )
    await vi.waitFor(() =>
      expect(find(element, 'th.duration')?.getAttribute('aria-sort')).toBe('descending'),
    )
    document.body.replaceChildren()
    const again = await openRows()
    expect(find(again, 'th.duration')?.getAttribute('aria-sort')).toBe('descending')
  })

  it('go forth and back by cursor', async () => {
    handler.tasks = Array.from({ length: 40 }, (_, n) =>
      makeTask(40 - n, { func_name: `task_${40 - n}` }),
    )
    const element = await openRows()
    expect(find(element, '.range')?.innerText).toBe('1 to 30 of 40')
    find(element, '[aria-label="Next page"]')?.click()
    await vi.waitFor(() => expect(names(element)).toHaveLength(10))
    expect(find(element, '.range')?.innerText).toBe('31 to 40 of 40')
    expect(find(element, '[aria-label="Next page"]')?.matches(':disabled')).toBe(true)
    find(element, '[aria-label="Previous page"]')?.click()
    await vi.waitFor(() => expect(names(element)[0]).toBe('task_40'))
  })
})

describe('keyboard', () => {
  it('moves between rows with one tab stop, opens with Enter and comes back with Escape', async () => {
    const element = await openRows()
    expect(findAll(element, 'tbody tr[tabindex="0"]')).toHaveLength(1)
    ;(await row(element, 3)).focus()
    await userEvent.keyboard('{ArrowDown}')
    await vi.waitFor(async () => expect((await row(element, 2)).matches(':focus')).toBe(true))
    await userEvent.keyboard('j')
    await vi.waitFor(async () => expect((await row(element, 1)).matches(':focus')).toBe(true))
    await userEvent.keyboard('k{Enter}')
    await waitForElement(element, 'taskflow-run >>> h2')
    expect(location.hash).toBe(`#taskflow=/runs/${makeTask(2).task_id}`)
    await userEvent.keyboard('{Escape}')
    await vi.waitFor(() => expect(find(element, 'taskflow-run')).toBeNull())
    expect((await row(element, 2)).matches(':focus')).toBe(true)
  })

  it('turns the tabs of the open detail from its row', async () => {
    handler.tasks = [makeTask(1, { log_count: 2 })]
    const element = await openRows(`/runs/${makeTask(1).task_id}`)
    await waitForElement(element, 'taskflow-run >>> h2')
    ;(await row(element, 1)).focus()
    await userEvent.keyboard(']')
    await vi.waitFor(() => expect(location.hash).toContain('tab='))
  })

  it('acts with focus on a checkbox, which is no field to type in', async () => {
    handler.tasks = [makeTask(1, { status: 'failed', phase: 'failed' })]
    const element = await openRows()
    const box = await waitForElement(element, 'th .check')
    box.focus()
    await userEvent.keyboard('?')
    await waitForElement(element, 'dialog .keys')
  })

  it('goes on with the button when a panel is left by Escape', async () => {
    const element = await openRows()
    const button = await waitForElement(element, '[data-open="columns"]')
    button.focus()
    await userEvent.keyboard('{Enter}')
    const first = await waitForElement(element, '.panel input')
    await vi.waitFor(() => expect(first.matches(':focus')).toBe(true))
    await userEvent.keyboard('{Escape}')
    await vi.waitFor(() => expect(button.matches(':focus')).toBe(true))
  })

  it('leaves the row for the page of its run, and goes on there', async () => {
    const element = await openRows()
    ;(await row(element, 3)).focus()
    await userEvent.keyboard('o')
    await vi.waitFor(() => expect(find(element, 'main')?.matches(':focus')).toBe(true))
  })

  it('moves the open detail along', async () => {
    const element = await openRows(`/runs/${makeTask(3).task_id}`)
    ;(await row(element, 3)).focus()
    await userEvent.keyboard('j')
    await vi.waitFor(() => expect(find(element, 'taskflow-run >>> h2')?.innerText).toBe('task_2'))
    expect((await row(element, 2)).getAttribute('aria-current')).toBe('true')
  })

  it('is a grid that knows how many rows there are', async () => {
    const element = await openRows()
    const grid = find(element, '[role="grid"]')
    expect(grid?.getAttribute('aria-rowcount')).toBe('4')
    expect((await row(element, 3)).getAttribute('aria-rowindex')).toBe('2')
  })
})

describe('detail pane', () => {
  it.each([
    [1440, 'split'],
    [1200, 'overlay'],
    [700, 'modal'],
  ] as const)('at %s px is %s', async (width, mode) => {
    await page.viewport(width, 900)
    const element = await open(`/runs/${makeTask(3).task_id}`)
    await waitForElement(element, 'taskflow-run >>> h2')
    expect(find(element, '.body')?.dataset.mode).toBe(mode)
    expect(find<HTMLDialogElement>(element, 'dialog')?.open ?? false).toBe(mode === 'modal')
  })

  it('has a width that is kept within bounds, remembered, and reset by a double click', async () => {
    const element = await openRows(`/runs/${makeTask(3).task_id}`)
    const divider = await waitForElement(element, '.divider')
    const width = () => Math.round(find(element, '.pane')?.getBoundingClientRect().width ?? 0)
    expect(width()).toBe(560)
    divider.focus()
    for (let i = 0; i < 40; i += 1) await userEvent.keyboard('{ArrowRight}')
    await vi.waitFor(() => expect(width()).toBe(320))
    document.body.replaceChildren()
    const again = await openRows(`/runs/${makeTask(3).task_id}`)
    const pane = await waitForElement(again, '.pane')
    expect(Math.round(pane.getBoundingClientRect().width)).toBe(320)
    await userEvent.dblClick(find(again, '.divider') as HTMLElement)
    await vi.waitFor(() => expect(Math.round(pane.getBoundingClientRect().width)).toBe(560))
  })
})

describe('states', () => {
  it('without any run show what to write', async () => {
    handler.tasks = []
    const element = await open()
    const empty = await waitForElement(element, '.empty')
    expect(empty.innerText).toContain('No runs yet')
    expect(empty.innerText).toContain('enqueue(')
  })

  it('with an error offer to try again', async () => {
    handler.overrides.set('GET /', () =>
      Response.json({ detail: 'The storage is away.' }, { status: 503 }),
    )
    const element = await open()
    const empty = await waitForElement(element, '.empty')
    expect(empty.innerText).toContain('The storage is away.')
    handler.overrides.clear()
    empty.querySelector('button')?.click()
    await vi.waitFor(() => expect(names(element)).toHaveLength(3))
  })
})

describe('the query', () => {
  const field = (element: Element) =>
    waitForElement<HTMLInputElement>(element, 'taskflow-query >>> input')

  it('C9 makes chips of finished terms, and takes one back by its cross', async () => {
    const element = await openRows()
    await userEvent.fill(await field(element), 'task:task_2 duration:>1s')
    await userEvent.keyboard('{Escape}{Enter}')
    await vi.waitFor(() => expect(names(element)).toEqual(['task_2']))
    const chips = () => findAll(element, '.chip').map((chip) => chip.innerText.trim())
    expect(chips()).toEqual(['task:task_2', 'duration:>1s'])
    find(element, '.chip .remove')?.click()
    await vi.waitFor(() => expect(names(element)).toHaveLength(3))
    expect(location.hash).toContain(`q=${encodeURIComponent('duration:>1s')}`)
  })

  it('C9 says which field it does not know, and keeps the rows of before', async () => {
    const element = await openRows()
    await userEvent.fill(await field(element), 'statsu:failed')
    const problem = await waitForElement(element, '.problem')
    expect(problem.innerText).toContain('unknown field "statsu"')
    expect(names(element)).toHaveLength(3)
    expect(handler.requests.some((one) => one.includes('statsu'))).toBe(false)
  })

  it('C9 completes fields, then their values, by keys', async () => {
    const element = await openRows()
    await userEvent.fill(await field(element), 'ta')
    const options = () => findAll(element, '[role="option"]').map((one) => one.innerText)
    await vi.waitFor(() => expect(options()[0]).toMatch(/^task:/))
    await userEvent.keyboard('{ArrowDown}{Enter}')
    await vi.waitFor(() => expect(options()[0]).toMatch(/^task_1/))
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}')
    await vi.waitFor(() => expect(names(element)).toEqual(['task_2']))
  })

  it('C9 takes half of a word for the first that it may become; Escape leads to the rows', async () => {
    const element = await openRows()
    const input = await field(element)
    const options = () => findAll(element, '[role="option"]').map((one) => one.innerText)
    await userEvent.fill(input, 'ta')
    await vi.waitFor(() => expect(options()[0]).toMatch(/^task:/))
    await userEvent.keyboard('{Tab}')
    await vi.waitFor(() => expect(input.value).toBe('task:'))
    await userEvent.fill(input, 'status:succ')
    await vi.waitFor(() => expect(options()[0]).toMatch(/^success/))
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(location.hash).toContain(encodeURIComponent('status:success')))
    await userEvent.keyboard('{Escape}{Escape}')
    await vi.waitFor(async () => expect((await row(element, 3)).matches(':focus')).toBe(true))
  })

  it('C6, C10 is set by the filters: executor, tag, a free time', async () => {
    handler.tasks = [makeTask(1, { tags: { tenant: 'acme' }, executor: 'thread' }), makeTask(2)]
    const element = await openRows()
    find(element, '[data-open="filters"]')?.click()
    const tag = await waitForElement<HTMLInputElement>(element, '#facet-tag')
    tag.value = 'tenant:acme'
    tag.dispatchEvent(new Event('change'))
    await vi.waitFor(() => expect(findAll(element, 'tbody tr')).toHaveLength(1))
    const last = await waitForElement<HTMLInputElement>(element, '#facet-last')
    last.value = '36'
    last.dispatchEvent(new Event('change'))
    await vi.waitFor(() => expect(handler.requests.at(-1)).toContain('since=36h'))
    expect(handler.requests.at(-1)).toContain('q=tag.tenant%3Aacme')
  })
})

describe('columns', () => {
  const headings = (element: Element) =>
    findAll(element, 'th')
      .map((one) => one.innerText.trim())
      .filter(Boolean)

  it('C1, C2, C3 come by what fits, are chosen, and stay chosen', async () => {
    const element = await openRows()
    expect(headings(element)).toContain('Lifecycle')
    expect(headings(element)).not.toContain('Finished')
    find(element, '[data-open="columns"]')?.click()
    const choice = await vi.waitFor(() => {
      const found = findAll(element, '.choice').find((one) => one.innerText.includes('Finished'))
      if (!found) throw new Error('no such column')
      return found
    })
    choice.click()
    await vi.waitFor(() => expect(headings(element)).toContain('Finished'))
    element.remove()
    expect(headings(await openRows())).toContain('Finished')
  })

  it('C17 show the arguments by themselves where the server sends them, as text', async () => {
    handler.tasks = [makeTask(2, { payload: { to: 'ada', note: 'a\u202eb' } }), makeTask(1)]
    expect(headings(await openRows())).not.toContain('Arguments')
    await unmountAll()
    handler.overview.config.expose_payloads = true
    const element = await openRows()
    await vi.waitFor(() => expect(headings(element)).toContain('Arguments'))
    const [shown, missing] = findAll(element, 'tbody tr').map((one) =>
      [...one.querySelectorAll('td')].map((cell) => cell.innerText.trim()),
    )
    const at = shown?.indexOf('{"to":"ada","note":"a⟨U+202E⟩b"}') ?? -1
    expect(missing?.[at]).toBe('—')
  })

  it('C3 the lifecycle says its step in words', async () => {
    handler.tasks = [makeTask(1, { status: 'failed', phase: 'failed' })]
    const element = await openRows()
    expect(find(element, '.chain')?.getAttribute('aria-label')).toBe('Failed, Failed')
    expect(find(element, '.chain title')?.textContent).toBe(
      'Idle → Active → Trigger → Started → Running → [Failed]',
    )
  })
})

describe('bulk actions', () => {
  beforeEach(() => {
    handler.tasks = [
      makeTask(4, { status: 'failed', phase: 'failed' }),
      makeTask(3, { status: 'interrupted', phase: 'interrupted' }),
      makeTask(2, { status: 'running', phase: 'running', end_time: null, duration: null }),
      makeTask(1),
    ]
  })
  const boxes = (element: Element) => findAll<HTMLInputElement>(element, 'tbody .check')
  const all = (element: Element) => waitForElement<HTMLInputElement>(element, 'thead .check')

  it('C15 are for runs that can be retried or cancelled; all of them by one click', async () => {
    const element = await openRows()
    expect(boxes(element).map((box) => box.disabled)).toEqual([false, false, false, true])
    boxes(element)[0]?.click()
    await vi.waitFor(async () => expect((await all(element)).indeterminate).toBe(true))
    expect((await waitForElement(element, '.chosen')).innerText).toBe('1 selected')
    ;(await all(element)).click()
    await vi.waitFor(() => expect(find(element, '.chosen')?.innerText).toBe('3 selected'))
    expect((await all(element)).checked).toBe(true)
    find(element, '[data-bulk="clear"]')?.click()
    await vi.waitFor(() => expect(find(element, '.bulk')).toBeNull())
  })

  it('C15 are for what may be done now, when rights have changed', async () => {
    // Without a session of their own, rights are what the stream says.
    handler.overrides.set('GET /auth/session', () => problem(404, 'not_found', 'No sessions.'))
    const element = await openRows()
    const able = () => boxes(element).map((box) => !box.disabled)
    await vi.waitFor(() => expect(able()).toEqual([true, true, true, false]))
    boxes(element)[0]?.click()
    await waitForElement(element, '[data-bulk="retry"]')
    const hello = {
      protocol: 1 as const,
      now: new Date(Date.UTC(2026, 10, 19, 12, 10)).toISOString(),
      instance: 'web-1',
      heartbeat_ms: 15_000,
      resumed: true,
    }
    handler.push('hello', { ...hello, rights: ['read', 'cancel'] })
    // What is ticked can be unticked.
    await vi.waitFor(() => expect(able()).toEqual([true, false, true, false]))
    expect(find(element, '[data-bulk="retry"]')).toBeNull()
    handler.push('hello', { ...hello, rights: ['read', 'retry'] })
    await vi.waitFor(() => expect(able()).toEqual([true, true, false, false]))
    handler.push('hello', { ...hello, rights: ['read'] })
    await vi.waitFor(() => expect(able()).toEqual([]))
    expect(find(element, '.bulk')).toBeNull()
  })

  it('C15 retry what is ticked, after a question with the number', async () => {
    const element = await openRows()
    ;(await all(element)).click()
    const retry = await waitForElement(element, '[data-bulk="retry"]')
    expect(retry.innerText.trim()).toBe('Retry 2 runs')
    retry.click()
    const confirm = await waitForElement(element, '[data-confirm]')
    expect(confirm.innerText.trim()).toBe('Retry 2 runs')
    expect(handler.bodies).toEqual([])
    confirm.click()
    await vi.waitFor(() =>
      expect(handler.bodies).toEqual([{ task_ids: [makeTask(4).task_id, makeTask(3).task_id] }]),
    )
    await vi.waitFor(() => expect(textOf(element)).toContain('2 runs queued'))
    expect(find(element, '.bulk')).toBeNull()
  })

  it('C15 by filter count first, and say what they expect', async () => {
    handler.tasks = [
      ...handler.tasks,
      ...Array.from({ length: 40 }, (_, n) =>
        makeTask(n + 10, { status: 'failed', phase: 'failed' }),
      ),
    ]
    const element = await openRows('/runs?status=failed')
    ;(await all(element)).click()
    ;(await waitForElement(element, '[data-all]')).click()
    ;(await waitForElement(element, '[data-bulk="retry"]')).click()
    const confirm = await waitForElement(element, '[data-confirm]')
    expect(confirm.innerText.trim()).toBe('Retry 41 runs')
    confirm.click()
    const filter = { status: ['failed'] }
    await vi.waitFor(() =>
      expect(handler.bodies).toEqual([
        { filter, dry_run: true },
        { filter, expected: 41 },
      ]),
    )
  })

  it('C15 go by keys: x ticks, Shift and an arrow go on, Escape clears', async () => {
    const element = await openRows()
    ;(await row(element, 4)).focus()
    await userEvent.keyboard('x{Shift>}{ArrowDown}{/Shift}')
    await vi.waitFor(() => expect(find(element, '.chosen')?.innerText).toBe('2 selected'))
    await userEvent.keyboard('{Escape}')
    await vi.waitFor(() => expect(find(element, '.bulk')).toBeNull())
  })
})

describe('the head of the table', () => {
  it('stays above the rows that are scrolled under it', async () => {
    handler.tasks = Array.from({ length: 30 }, (_, n) => makeTask(n + 1))
    const element = await openRows()
    element.style.blockSize = '400px'
    const line = await row(element, 20)
    const head = await waitForElement(element, 'th.task')
    line.scrollIntoView({ block: 'center' })
    const box = head.getBoundingClientRect()
    expect(line.getBoundingClientRect().top).toBeGreaterThan(box.bottom)
    const root = head.getRootNode() as ShadowRoot
    for (const part of [0.1, 0.5, 0.9]) {
      const top = root.elementFromPoint(box.right - 4, box.top + part * box.height)
      expect(top?.closest('th')).toBe(head)
    }
  })
})

describe('one row', () => {
  it('C16 has a menu of what can be done with it', async () => {
    handler.tasks = [makeTask(1, { status: 'pending', phase: 'scheduled' })]
    const element = await openRows()
    ;(await row(element, 1)).focus()
    await userEvent.keyboard('m')
    const items = () => findAll(element, '[role="menuitem"]').map((one) => one.innerText.trim())
    await vi.waitFor(() => expect(items().join()).toMatch(/^Run now,Cancel run/))
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(handler.requests).toContain(`POST /${makeTask(1).task_id}/run`))
  })

  it('D9 is cancelled by its key once that was confirmed', async () => {
    const { task_id } = makeTask(1)
    handler.tasks = [makeTask(1, { status: 'pending', phase: 'scheduled' })]
    const element = await openRows()
    ;(await row(element, 1)).focus()
    await userEvent.keyboard('c')
    await waitForElement(element, '[data-confirm]:focus')
    await userEvent.keyboard('{Escape}')
    await vi.waitFor(() => expect(find(element, '[data-confirm]')).toBeNull())
    expect((await row(element, 1)).matches(':focus')).toBe(true)
    expect(handler.requests.filter((one) => one.startsWith('POST'))).toEqual([])
    await userEvent.keyboard('c')
    await waitForElement(element, '[data-confirm]:focus')
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(handler.requests).toContain(`POST /${task_id}/cancel`))
  })

  it('C18 opens as a page', async () => {
    const element = await openRows()
    ;(await row(element, 2)).focus()
    await userEvent.keyboard('o')
    await waitForElement(element, 'taskflow-run[mode="page"] >>> h2')
    expect(location.hash).toBe(`#taskflow=/runs/${makeTask(2).task_id}?view=page`)
    await userEvent.keyboard('{Escape}')
  })
})

describe('the whole list', () => {
  async function choose(element: Element, label: string) {
    find(element, '[data-open="more"]')?.click()
    const item = await vi.waitFor(() => {
      const found = findAll(element, '[role="menuitem"]').find((one) =>
        one.innerText.includes(label),
      )
      if (!found) throw new Error(`no item ${label}`)
      return found
    })
    item.click()
  }

  it('C21 is exported as it is filtered', async () => {
    const element = await openRows('/runs?status=success&q=task_2')
    await choose(element, 'CSV')
    await vi.waitFor(() =>
      expect(handler.requests).toContain('GET /export.csv?status=success&q=task_2'),
    )
  })

  it('C22, C23 is cleared of what is old, after it was counted', async () => {
    handler.rights = ['read', 'retry', 'delete']
    const element = await openRows()
    await choose(element, 'Clear history')
    const confirm = await waitForElement<HTMLButtonElement>(element, '[data-confirm]')
    await vi.waitFor(() => expect(confirm.innerText.trim()).toBe('Delete 3 runs'))
    expect(handler.requests.at(-1)).toBe('DELETE /history?value=7&unit=day&dry_run=true')
    confirm.click()
    await vi.waitFor(() => expect(handler.requests).toContain('DELETE /history?value=7&unit=day'))
    await vi.waitFor(() => expect(textOf(element)).toContain('Deleted 3 runs'))
  })

  it('C12 keeps its page over a reload, also in a tab that has not seen the one before', async () => {
    handler.tasks = Array.from({ length: 70 }, (_, n) => makeTask(70 - n))
    const element = await openRows('/runs?page=2')
    expect((await waitForElement(element, '.range')).innerText).toBe('31 to 60 of 70')
    find(element, '[aria-label="Next page"]')?.click()
    await vi.waitFor(() => expect(find(element, '.range')?.innerText).toBe('61 to 70 of 70'))
    expect(location.hash).toBe('#taskflow=/runs?page=3')
    element.remove()
    const again = await openRows('/runs?page=3')
    expect((await waitForElement(again, '.range')).innerText).toBe('61 to 70 of 70')
  })
})
