// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import type { FunctionNodeJson } from '@taskflow/core/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { FakeHandler } from '../../testing/fake-handler.ts'
import {
  find,
  findAll,
  mountDashboard,
  textOf,
  unmountAll,
  waitForElement,
} from '../../testing/mount.ts'
import { answer, openPage, soon } from '../../testing/page-test.ts'
import { makeTask } from '../../testing/records.ts'

const node = (func_name: string, change: Partial<FunctionNodeJson> = {}): FunctionNodeJson => ({
  func_name,
  group: null,
  registered: true,
  paused: false,
  queued: 0,
  scheduled: 0,
  blocked: 0,
  retrying: 0,
  running: 0,
  success: 10,
  failed: 0,
  interrupted: 0,
  cancelled: 0,
  ...change,
})

const graph = {
  nodes: [
    node('charge_card', { failed: 43 }),
    node('generate_invoice', { blocked: 12 }),
    node('send_email', { running: 1 }),
    node('cleanup'),
  ],
  edges: [
    { from: 'charge_card', to: 'generate_invoice', kind: 'after' },
    { from: 'generate_invoice', to: 'send_email', kind: 'flow' },
  ],
}

let handler: FakeHandler

beforeEach(() => {
  handler = new FakeHandler()
  handler.tasks = [makeTask(1)]
  answer(handler, 'GET /graph', graph)
})

afterEach(unmountAll)

const box = (element: Element, id: string) =>
  waitForElement<SVGAElement>(element, `[data-node="${id}"]`)
const plane = (element: Element) => find(element, '.plane g')?.getAttribute('transform')
const drawn = (element: Element) =>
  soon(() => {
    const transform = plane(element)
    if (!transform || transform === 'translate(0 0) scale(1)') throw new Error('not drawn yet')
    return transform
  })

describe('graph', () => {
  it('F6, F7, F8 shows which task follows which, how it goes there, and what holds others back', async () => {
    const element = await openPage(handler, '/graph')
    const invoice = await box(element, 'generate_invoice')
    expect(invoice.getAttribute('aria-label')).toBe('generate_invoice, 12 wait upstream')
    expect(invoice.dataset.status).toBe('blocked')
    expect((await box(element, 'send_email')).dataset.status).toBe('running')
    expect(findAll(element, '.edge[data-state="failed"]').length).toBeGreaterThan(0)
    expect(textOf(element)).toMatch(/1 bottleneck ?: ?charge_card/)
    const place = (id: string) =>
      findAll(element, `[data-node="${id}"]`)[0]?.getBoundingClientRect().x ?? 0
    await drawn(element)
    expect(place('charge_card')).toBeLessThan(place('generate_invoice'))
    expect(place('generate_invoice')).toBeLessThan(place('send_email'))
  })

  it('F5, F6 frames the tasks of a group, and leads down where it is told to', async () => {
    const [charge, invoice, ...others] = graph.nodes
    const billing = [charge, invoice].map((one) => ({ ...one, group: 'billing' }))
    answer(handler, 'GET /graph', { ...graph, nodes: [...billing, ...others] })
    const element = await openPage(handler, '/graph')
    await drawn(element)
    const frames = findAll<SVGElement>(element, '.frame')
    expect(frames.map(({ dataset }) => dataset.group)).toEqual(['billing'])
    const place = (id: string) =>
      findAll(element, `[data-node="${id}"]`)[0]?.getBoundingClientRect()
    expect(place('charge_card')?.y).toBe(place('generate_invoice')?.y)
    find(element, 'taskflow-graph')?.setAttribute('direction', 'tb')
    await soon(() => {
      expect(place('charge_card')?.x).toBe(place('generate_invoice')?.x)
      expect(place('charge_card')?.y).toBeLessThan(place('generate_invoice')?.y ?? 0)
    })
  })

  it('F7 follows what happens without moving anything', async () => {
    const element = await openPage(handler, '/graph')
    await drawn(element)
    await soon(() => expect(handler.streams).toHaveLength(1))
    find(element, '.zoom button')?.click()
    const before = await soon(() => {
      expect(plane(element)).toContain('scale(1.25)')
      return plane(element)
    })
    answer(handler, 'GET /graph', {
      ...graph,
      nodes: graph.nodes.map((one) => ({ ...one, failed: 0, blocked: 0 })),
    })
    handler.push('task', makeTask(2))
    await soon(async () =>
      expect((await box(element, 'generate_invoice')).dataset.status).toBe('success'),
    )
    expect(textOf(element)).not.toContain('bottleneck')
    expect(plane(element)).toBe(before)
  })

  it('F9 zooms, moves and comes back, by buttons, keys and pointer', async () => {
    const element = await openPage(handler, '/graph')
    const whole = await drawn(element)
    const [closer, , all] = findAll(element, '.zoom button')
    closer?.click()
    await soon(() => expect(plane(element)).not.toBe(whole))
    all?.click()
    await soon(() => expect(plane(element)).toBe(whole))
    const first = await box(element, 'charge_card')
    first.focus()
    await userEvent.keyboard('-')
    await soon(() => expect(plane(element)).not.toBe(whole))
    await userEvent.keyboard('0')
    await soon(() => expect(plane(element)).toBe(whole))
    const svg = await waitForElement<SVGElement>(element, '.plane > svg')
    const fire = (type: string, x: number, buttons: number) =>
      svg.dispatchEvent(
        new PointerEvent(type, { clientX: x, clientY: 300, buttons, pointerId: 1, bubbles: true }),
      )
    svg.setPointerCapture = () => {}
    fire('pointerdown', 300, 1)
    fire('pointermove', 340, 1)
    fire('pointerup', 340, 0)
    await soon(() => expect(plane(element)).not.toBe(whole))
  })

  it('F9 begins with a part that can be read on a phone, shows all on demand, and is pinched', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `step_${index}`)
    answer(handler, 'GET /graph', {
      nodes: names.map((name) => node(name)),
      edges: names.slice(1).map((to, index) => ({ from: names[index], to, kind: 'flow' })),
    })
    await page.viewport(390, 844)
    location.hash = '#taskflow=/graph'
    const element = await mountDashboard(handler, { 'url-sync': 'hash' })
    await drawn(element)
    const first = await box(element, 'step_0')
    const size = () => first.getBoundingClientRect().height / first.getBBox().height
    await soon(() => expect(12 * size()).toBeGreaterThanOrEqual(11))
    const around = (await waitForElement(element, '.plane')).getBoundingClientRect()
    expect(first.getBoundingClientRect().left).toBeGreaterThanOrEqual(around.left)
    expect(first.getBoundingClientRect().right).toBeLessThanOrEqual(around.right)
    const before = size()
    findAll(element, '.zoom button').at(-1)?.click()
    await soon(() => expect(size()).toBeLessThan(before))
    const last = (await box(element, 'step_5')).getBoundingClientRect()
    expect(last.right).toBeLessThanOrEqual(around.right)
    const whole = size()
    const svg = await waitForElement<SVGElement>(element, '.plane > svg')
    svg.setPointerCapture = () => {}
    const touch = (type: string, pointerId: number, clientX: number) =>
      svg.dispatchEvent(
        new PointerEvent(type, { pointerId, clientX, clientY: 300, buttons: 1, bubbles: true }),
      )
    touch('pointerdown', 1, 150)
    touch('pointerdown', 2, 200)
    touch('pointermove', 2, 250)
    await soon(() => expect(size() / whole).toBeCloseTo(2, 1))
    touch('pointerup', 1, 150)
    touch('pointerup', 2, 250)
  })

  it('F6 is walked by arrow keys along its edges, with one tab stop; Enter opens a task', async () => {
    const element = await openPage(handler, '/graph')
    const first = await box(element, 'charge_card')
    expect(findAll(element, '[data-node][tabindex="0"]')).toHaveLength(1)
    first.focus()
    const active = () =>
      (find(element, 'taskflow-graph')?.shadowRoot?.activeElement as SVGElement | null)?.dataset
        .node
    await userEvent.keyboard('{ArrowRight}')
    await soon(() => expect(active()).toBe('generate_invoice'))
    await userEvent.keyboard('{ArrowRight}')
    await soon(() => expect(active()).toBe('send_email'))
    await userEvent.keyboard('{ArrowLeft}{Enter}')
    await waitForElement(element, 'taskflow-task')
    expect(location.hash).toContain('/tasks/generate_invoice')
  })

  it('F6 is a table, too', async () => {
    const element = await openPage(handler, '/graph?view=list')
    await soon(() => expect(findAll(element, 'taskflow-graph >>> tr.row')).toHaveLength(4))
    const row = findAll(element, 'taskflow-graph >>> tr.row')[1]?.innerText.replace(/\s+/g, ' ')
    expect(row).toContain('charge_card send_email')
  })

  it('F7, F8 shows what one run waits for', async () => {
    const failed = makeTask(1, { func_name: 'invoice', status: 'failed', phase: 'failed' })
    const held = makeTask(2, { func_name: 'email', status: 'pending', phase: 'blocked' })
    answer(handler, `GET /${held.task_id}/graph`, {
      nodes: [failed, held],
      edges: [{ from: failed.task_id, to: held.task_id }],
      truncated: false,
    })
    const element = await openPage(handler, `/graph/${held.task_id}`)
    expect((await box(element, held.task_id)).getAttribute('aria-label')).toBe(
      'email, Blocked, 00000002',
    )
    expect(textOf(element)).toMatch(/1 bottleneck ?: ?invoice/)
  })
})
