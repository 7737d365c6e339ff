// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import type { StreamEvents } from '@taskflow/core/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { FakeHandler } from '../testing/fake-handler.ts'
import { find, findAll, textOf, unmountAll, waitForElement } from '../testing/mount.ts'
import { makeTask } from '../testing/records.ts'
import '../../define.ts'
import type { TaskflowRunElement } from './run.ts'

let handler: FakeHandler

beforeEach(async () => {
  await page.viewport(900, 900)
  handler = new FakeHandler()
})

afterEach(unmountAll)

function mount(id = makeTask(1).task_id): TaskflowRunElement {
  const element = document.createElement('taskflow-run')
  element.fetch = handler.fetch
  element.runId = id
  document.body.append(element)
  return element
}

const tabs = (element: Element) =>
  findAll(element, '[role="tab"]').map((tab) => tab.innerText.replace(/\s+/g, ' '))

function logEntry(n: number, change: Partial<StreamEvents['log']> = {}): StreamEvents['log'] {
  const at = makeTask(1).created_at
  const entry = { n, at, stream: 'log', level: 'info', text: `line ${n}`, attempt: 0 } as const
  return { task_id: makeTask(1).task_id, ...entry, ...change }
}

describe('taskflow-run', () => {
  it('works alone, and has tabs only for what there is', async () => {
    handler.tasks = [makeTask(1)]
    const element = mount()
    await waitForElement(element, 'h2')
    expect(tabs(element)).toEqual(['Overview'])
    expect(textOf(element)).toContain('attempt 1 of 4')
    expect(textOf(element)).toContain('Recent runs')
  })

  it('shows the error with its stack, and counts the log', async () => {
    handler.tasks = [
      makeTask(1, {
        status: 'failed',
        phase: 'failed',
        error: 'CardError: declined',
        log_count: 2,
      }),
    ]
    handler.details.set(makeTask(1).task_id, {
      stacktrace: 'CardError: declined\n    at charge (/app/src/charge.ts:4:2)',
    })
    const element = mount()
    await waitForElement(element, 'h2')
    expect(tabs(element)).toEqual(['Overview', 'Logs 2', 'Error'])
    const last = findAll(element, '[role="tab"]').at(-1)
    last?.click()
    await vi.waitFor(() => expect(find(element, '[role="tab"][aria-selected="true"]')).toBe(last))
    expect(textOf(element)).toContain('declined')
    expect(textOf(element)).toContain('/app/src/charge.ts:4:2')
  })

  it('warns before the retry of an interrupted run', async () => {
    handler.tasks = [makeTask(1, { status: 'interrupted', phase: 'interrupted' })]
    const element = mount()
    expect((await waitForElement(element, '.warn')).innerText).toContain(
      'Side effects may already have happened',
    )
  })

  it('says why input and output are missing, and shows them when they are not', async () => {
    handler.tasks = [makeTask(1), makeTask(2)]
    handler.details.set(makeTask(1).task_id, { payload_hidden: 'encrypted' })
    handler.details.set(makeTask(2).task_id, { payload: { to: 'ada' }, result: 42 })
    const element = mount()
    await waitForElement(element, '.hidden-data')
    expect(textOf(element)).toContain('Encrypted')
    element.runId = makeTask(2).task_id
    await vi.waitFor(() => expect(textOf(element)).toContain('"to": "ada"'))
    expect(textOf(element)).toContain('Output 42')
  })

  it('follows the run to its end', async () => {
    handler.tasks = [
      makeTask(1, { status: 'running', phase: 'running', duration: null, end_time: null }),
    ]
    const element = mount()
    await waitForElement(element, 'h2')
    expect(find(element, '.badge')?.innerText).toBe('Running')
    await vi.waitFor(() => expect(handler.streams).toHaveLength(1))
    handler.change(makeTask(1, { rev: 2 }))
    await vi.waitFor(() => expect(find(element, '.badge')?.innerText).toBe('Succeeded'))
  })

  it('says that a run is gone, with the days runs are kept', async () => {
    const element = mount()
    const empty = await waitForElement(element, '.empty')
    await vi.waitFor(() => expect(empty.innerText).toContain('kept for 7 days'))
  })

  it('stays readable when its run is removed', async () => {
    handler.tasks = [makeTask(1)]
    const element = mount()
    await waitForElement(element, 'h2')
    await vi.waitFor(() => expect(handler.streams).toHaveLength(1))
    handler.push('removed', { task_ids: [makeTask(1).task_id] })
    await waitForElement(element, '.banner')
    expect(find(element, 'h2')?.innerText).toBe('send_email')
  })
})

describe('tabs', () => {
  it('move by arrows and are chosen by Enter', async () => {
    handler.tasks = [makeTask(1, { log_count: 1, error: 'x', status: 'failed', phase: 'failed' })]
    const element = mount()
    ;(await waitForElement(element, '[role="tab"]')).focus()
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}{ArrowLeft}')
    expect(find(element, '[role="tab"]:focus')?.innerText).toBe('Error')
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() =>
      expect(find(element, '[role="tab"][aria-selected="true"]')?.innerText).toBe('Error'),
    )
  })
})

describe('logs', () => {
  const running = makeTask(1, {
    status: 'running',
    phase: 'running',
    duration: null,
    end_time: null,
    log_count: 2,
  })
  const lines = (element: Element) => findAll(element, '.line .text').map((line) => line.innerText)

  async function openLogs() {
    handler.tasks = [running]
    handler.logs.set(running.task_id, [logEntry(1), logEntry(2, { attempt: 1, level: 'error' })])
    const element = mount()
    element.tab = 'logs'
    await waitForElement(element, '.line')
    return element
  }

  it('come with level, time and a mark between attempts', async () => {
    const element = await openLogs()
    expect(lines(element)).toEqual(['line 1', 'line 2'])
    expect(find(element, '.retry')?.innerText).toBe('Retry 1, attempt 2')
    expect(findAll(element, '.line')[1]?.dataset.level).toBe('error')
    expect(find(element, '.line time')?.innerText).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/)
  })

  it('grow while the run lives, by a stream of their own', async () => {
    const element = await openLogs()
    await vi.waitFor(() =>
      expect(handler.streams.some((one) => one.url.searchParams.get('task_id'))).toBe(true),
    )
    handler.push('log', logEntry(3, { text: '<b>bold</b> \u001b[31mred\u001b[0m' }))
    await vi.waitFor(() => expect(lines(element)[2]).toBe('<b>bold</b> red'))
    handler.push('log', logEntry(3))
    handler.push('log', logEntry(4))
    await vi.waitFor(() => expect(lines(element)).toHaveLength(4))
  })

  it('fetch what the stream skipped', async () => {
    const element = await openLogs()
    await vi.waitFor(() => expect(handler.streams).toHaveLength(2))
    handler.logs.set(
      running.task_id,
      [1, 2, 3, 4].map((n) => logEntry(n)),
    )
    handler.push('log', logEntry(4))
    await vi.waitFor(() => expect(lines(element)).toEqual(['line 1', 'line 2', 'line 3', 'line 4']))
  })
})
