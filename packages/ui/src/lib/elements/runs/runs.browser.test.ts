// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { FakeHandler } from '../../testing/fake-handler.ts'
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
    expect(rowTexts(element)[0]).toMatch(/Failed charge_card Ad hoc 00000001 2 of 4 42\.91s .* ago/)
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
    const field = find<HTMLInputElement>(element, 'input[type="search"]')
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

  it('moves the open detail along', async () => {
    const element = await openRows(`/runs/${makeTask(3).task_id}`)
    ;(await row(element, 3)).focus()
    await userEvent.keyboard('j')
    await vi.waitFor(() => expect(find(element, 'taskflow-run >>> h2')?.innerText).toBe('task_2'))
    expect((await row(element, 2)).getAttribute('aria-selected')).toBe('true')
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
