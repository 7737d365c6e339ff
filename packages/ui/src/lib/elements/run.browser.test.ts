// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import type { StreamEvents } from '@taskflow/core/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { speak } from '../messages/language.ts'
import { FakeHandler, problem } from '../testing/fake-handler.ts'
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
  it('asks in its own language, whoever spoke while the code of the question came', async () => {
    handler.tasks = [
      makeTask(1, { status: 'running', phase: 'running', end_time: null, duration: null }),
    ]
    handler.details.set(makeTask(1).task_id, { cancel_requested_at: makeTask(1).created_at })
    const element = mount()
    element.locale = 'de'
    const force = await waitForElement(element, '[data-action="force"]')
    await vi.waitFor(() => expect(force.innerText).not.toContain('Force'))
    force.click()
    speak({ tag: 'en', messages: {} })
    const title = await waitForElement(element, 'taskflow-dialogs >>> h2')
    expect(title.innerText).not.toContain('Force')
  })

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
    expect(tabs(element)).toEqual(['Overview', 'Logs 2', 'Error', 'Related'])
    const last = findAll(element, '[role="tab"]').at(-2)
    last?.click()
    await vi.waitFor(() => expect(find(element, '[role="tab"][aria-selected="true"]')).toBe(last))
    expect(textOf(element)).toContain('declined')
    expect(textOf(element)).toContain('/app/src/charge.ts:4:2')
  })

  it('D3, D4 shows how its task does and the runs before it, and leads to them', async () => {
    handler.tasks = [makeTask(2), makeTask(1)]
    const analytics = {
      ...{ total: 1234, success: 1200, failed: 34, running: 0, success_rate: 0.972 },
      ...{ avg_duration_seconds: 2, min_duration_seconds: 0.5 },
      ...{ max_duration_seconds: 70, p95_duration_seconds: 3.5 },
    }
    const recent_runs = [makeTask(2), makeTask(1, { status: 'failed', phase: 'failed' })]
    handler.details.set(makeTask(2).task_id, { analytics, recent_runs })
    const element = mount(makeTask(2).task_id)
    const numbers = await waitForElement(element, '.numbers')
    expect(numbers.innerText.split('\n').filter(Boolean)).toEqual([
      ...['1,234', 'Runs', '97.2 %', 'Success rate', '2s', 'Average'],
      ...['3.5s', 'p95', '500 ms', 'Shortest', '1m 10s', 'Longest'],
    ])
    const links = findAll<HTMLAnchorElement>(element, '.rows a')
    expect(links.map((link) => link.getAttribute('aria-current'))).toEqual(['true', null])
    expect(links[1]?.innerText).toContain('00000001')
    let gone = ''
    element.addEventListener('taskflow-navigate', (event) => {
      event.preventDefault()
      gone = event.detail.route.runId ?? ''
    })
    links[1]?.click()
    expect(gone).toBe(makeTask(1).task_id)
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
    element.tab = 'data'
    await waitForElement(element, '.hidden-data')
    expect(textOf(element)).toContain('Encrypted')
    element.runId = makeTask(2).task_id
    await vi.waitFor(() => expect(textOf(element)).toContain('to : " ada "'))
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

  it('is read again when that failed', async () => {
    handler.tasks = [makeTask(1)]
    const request = `GET /${makeTask(1).task_id}`
    handler.overrides.set(request, () => problem(503, 'unavailable', 'The storage is away.'))
    const element = mount()
    const again = await waitForElement(element, '.empty button')
    expect(textOf(element)).toContain('The storage is away.')
    handler.overrides.delete(request)
    again.click()
    await vi.waitFor(() => expect(find(element, 'header h2')?.innerText).toBe('send_email'))
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
    await userEvent.keyboard(
      '{ArrowRight}{ArrowRight}{ArrowRight}{ArrowRight}{ArrowLeft}{ArrowLeft}',
    )
    expect(find(element, '[role="tab"]:focus')?.innerText).toBe('Error')
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() =>
      expect(find(element, '[role="tab"][aria-selected="true"]')?.innerText).toBe('Error'),
    )
  })
})

describe('a run as a page', () => {
  const failed = makeTask(1, { status: 'failed', phase: 'failed', error: 'CardError: declined' })
  const at = (second: number) => new Date(Date.UTC(2026, 10, 19, 12, 0, second)).toISOString()
  const attempt = (n: number) => ({
    attempt: n,
    claimed_at: at(n * 10),
    started_at: at(n * 10),
    ended_at: at(n * 10 + 2),
    outcome: 'error' as const,
    error: `CardError: declined ${n}`,
    stacktrace: `CardError: declined ${n}\n    at charge (/app/src/charge.ts:${n + 4}:2)`,
    instance: 'web-1',
    late_outcome: null,
  })

  async function openPage(tab = 'overview') {
    handler.tasks = [failed, ...handler.tasks]
    const element = mount()
    element.mode = 'page'
    element.tab = tab
    await waitForElement(element, 'h2')
    return element
  }

  it('D13 has breadcrumbs, and facts beside its attempts on an axis of time', async () => {
    handler.details.set(failed.task_id, { attempts: [attempt(0), attempt(1)] })
    const element = await openPage()
    expect(find(element, '.crumbs')?.innerText).toContain(failed.task_id)
    const bars = await vi.waitFor(() => {
      const found = findAll(element, 'taskflow-waterfall >>> li')
      expect(found).toHaveLength(3)
      return found
    })
    expect(bars.map((bar) => bar.dataset.kind)).toEqual(['attempt', 'pause', 'attempt'])
    expect(bars.map((bar) => find(bar, '.took')?.innerText)).toEqual(['2s', '8s', '2s'])
  })

  it('D12, D15 shows each attempt with its own error and stack', async () => {
    handler.details.set(failed.task_id, { attempts: [attempt(0), attempt(1)] })
    const element = await openPage('attempts')
    await vi.waitFor(() => expect(findAll(element, 'taskflow-error')).toHaveLength(2))
    await vi.waitFor(() => expect(textOf(element)).toContain('/app/src/charge.ts:4:2'))
    expect(textOf(element)).toContain('/app/src/charge.ts:5:2')
    expect(textOf(element)).toContain('back-off 8s')
  })

  it('D14 lists the recorded steps with their instants, and none that was not recorded', async () => {
    const step = { attempt: null, instance: null, detail: null }
    handler.details.set(failed.task_id, {
      lifecycle: [
        { ...step, step: 'accepted', at: at(1) },
        { ...step, step: 'running', at: at(3), attempt: 0, instance: 'web-1' },
        { ...step, step: 'failed', at: at(5), detail: 'CardError' },
      ],
    })
    const element = await openPage('events')
    const steps = await vi.waitFor(() => {
      const found = findAll(element, '.events li')
      expect(found).toHaveLength(3)
      return found
    })
    expect(steps.map((one) => find(one, 'b')?.innerText)).toEqual(['Created', 'Running', 'Failed'])
    expect(steps[2]?.innerText).toContain('+2s')
    expect(find(steps[1] as Element, 'time')?.getAttribute('datetime')).toBe(at(3))
  })

  it('D6 leads to the retry of a run, and from there back', async () => {
    const retry = makeTask(2, { retry_of: failed.task_id })
    handler.tasks = [retry]
    const element = await openPage('related')
    await vi.waitFor(() => expect(textOf(element)).toContain('Retried by 1'))
    element.runId = retry.task_id
    element.tab = 'related'
    await vi.waitFor(() => expect(textOf(element)).toContain('Retry of 1'))
  })

  it('D6 retries with changed input: unreadable JSON and what the schema refuses are said', async () => {
    handler.details.set(failed.task_id, { payload: { to: 'ada', token: '•••' } })
    const element = await openPage()
    find(element, '[data-open="run-menu"]')?.click()
    const item = await vi.waitFor(() => {
      const found = findAll(element, '[role="menuitem"]').find((one) =>
        /changed/.test(one.innerText),
      )
      if (!found) throw new Error('no such item')
      return found
    })
    item.click()
    const field = await waitForElement<HTMLTextAreaElement>(element, 'textarea')
    expect(JSON.parse(field.value)).toEqual({ to: 'ada', token: '•••' })
    await userEvent.fill(field, '{"to": ')
    await waitForElement(element, '[data-problem]')
    expect(find<HTMLButtonElement>(element, '[data-confirm]')?.disabled).toBe(true)

    handler.overrides.set(`POST /${failed.task_id}/retry`, () =>
      Response.json(
        {
          status: 422,
          code: 'invalid_payload',
          detail: 'The payload was refused.',
          issues: [{ path: ['to', 0], message: 'expected an address' }],
        },
        { status: 422 },
      ),
    )
    await userEvent.fill(field, '{"to": [1], "token": "•••"}')
    find(element, '[data-confirm]')?.click()
    const issues = await waitForElement(element, '.issues')
    expect(issues.innerText).toBe('to[0] expected an address')

    handler.overrides.clear()
    find(element, '[data-confirm]')?.click()
    await waitForElement(element, '[data-queued]')
    expect(handler.bodies.at(-1)).toEqual({ payload: { to: [1], token: '•••' } })
    expect(find(element, 'dialog')).toBeNull()
  })

  it('D9 says what cancelling means for it, and forces it when asked twice', async () => {
    const running = makeTask(3, {
      status: 'running',
      phase: 'running',
      end_time: null,
      duration: null,
    })
    handler.tasks = [running]
    handler.details.set(running.task_id, { cancel_requested_at: at(4) })
    const element = mount(running.task_id)
    const note = await waitForElement(element, '[data-cancel-note]')
    expect(note.innerText).toContain('synchronous work cannot be cut off')
    find(element, '[data-action="force"]')?.click()
    const confirm = await waitForElement(element, '[data-confirm]')
    expect(handler.requests.filter((one) => one.startsWith('POST'))).toEqual([])
    confirm.click()
    await vi.waitFor(() =>
      expect(handler.requests).toContain(`POST /${running.task_id}/cancel?force=true`),
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
    expect(find(element, '.retry')?.innerText).toBe('Retry 1, attempt 2 of 4')
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

  const many = (count: number, change: (n: number) => Partial<StreamEvents['log']> = () => ({})) =>
    Array.from({ length: count }, (_, index) => logEntry(index + 1, change(index + 1)))

  async function openLong(entries: StreamEvents['log'][], tab = 'logs') {
    const ended = makeTask(1, { log_count: entries.length })
    handler.tasks = [ended]
    handler.logs.set(ended.task_id, entries)
    const element = mount()
    element.tab = tab
    await waitForElement(element, '.line[data-n]')
    return element
  }
  const numbers = (element: Element) =>
    findAll(element, '.line[data-n]').map((one) => Number(one.dataset.n))
  const pages = () => handler.requests.filter((one) => /logs\?limit=500/.test(one))

  it('E3 of any length are read by the page and drawn as far as they are seen', async () => {
    const element = await openLong(many(200_000))
    await vi.waitFor(() => expect(numbers(element).at(-1)).toBe(200_000))
    expect(numbers(element).length).toBeLessThan(200)
    expect(pages()).toHaveLength(1)
    const page = find<HTMLInputElement>(element, '.jump input')
    if (!page) throw new Error('no page field')
    await userEvent.fill(page, '200')
    page.dispatchEvent(new Event('change'))
    await vi.waitFor(() => expect(numbers(element)).toContain(99_501))
    expect(pages().length).toBeLessThan(5)
    expect(find(element, '.foot')?.innerText).toContain('of 400')
  })

  it('E4 by stream and by level, each stream with its count', async () => {
    const element = await openLong(
      many(1200, (n) =>
        n % 3 === 0 ? { stream: 'stderr', level: 'error' } : { stream: 'stdout' },
      ),
    )
    const tab = (name: string) => waitForElement(element, `[data-stream-tab="${name}"]`)
    await vi.waitFor(async () => expect((await tab('stderr')).innerText).toMatch(/stderr\s400/))
    expect((await tab('all')).innerText).toMatch(/All\s1,200/)
    ;(await tab('stderr')).click()
    await vi.waitFor(() => expect(numbers(element).every((n) => n % 3 === 0)).toBe(true))
    expect(find(element, '.foot')?.innerText).toContain('of 400')
  })

  it('E4 of taskLog stand on stdout, of level error on stderr; the error of an attempt has no number', async () => {
    const element = await openLong([
      logEntry(1),
      logEntry(2, { level: 'error', text: 'wrong' }),
      logEntry(2.0001, { stream: 'stderr', level: 'error', text: 'Error: thrown' }),
    ])
    const tab = (name: string) => find(element, `[data-stream-tab="${name}"]`)
    await vi.waitFor(() => expect(tab('stderr')?.innerText).toMatch(/stderr\s2/))
    expect(tab('stdout')?.innerText).toMatch(/stdout\s1/)
    expect(tab('log')).toBeNull()
    tab('stderr')?.click()
    await vi.waitFor(() => expect(lines(element)).toEqual(['wrong', 'Error: thrown']))
    expect(findAll(element, '.line .number').map(({ innerText }) => innerText)).toEqual(['2', ''])
    tab('stdout')?.click()
    await vi.waitFor(() => expect(lines(element)).toEqual(['line 1']))
  })

  it('E4 have what was thrown, also of a run that never logged', async () => {
    const task = makeTask(1, { status: 'failed', phase: 'failed', log_count: 0 })
    handler.tasks = [task]
    handler.logs.set(task.task_id, [
      logEntry(0.0001, { stream: 'stderr', level: 'error', text: 'Error: thrown' }),
    ])
    const time = task.created_at
    const attempt = { attempt: 0, started_at: time, ended_at: time, outcome: 'error' } as const
    handler.details.set(task.task_id, {
      attempts: [
        {
          ...attempt,
          claimed_at: time,
          error: 'Error: thrown',
          stacktrace: null,
          instance: 'a',
          late_outcome: null,
        },
      ],
    })
    const element = mount()
    await waitForElement(element, 'h2')
    expect(tabs(element)).toContain('Logs')
    element.tab = 'logs'
    await vi.waitFor(() => expect(lines(element)).toEqual(['Error: thrown']))
    const pressed = find(element, '[data-stream-tab][aria-pressed="true"]')
    expect(pressed?.innerText).toMatch(/stderr\s1/)
  })

  it('E4 count what a run prints while somebody looks', async () => {
    handler.tasks = [{ ...running, log_count: 1 }]
    handler.logs.set(running.task_id, many(1))
    const element = mount()
    element.tab = 'logs'
    const tab = (name: string) => find(element, `[data-stream-tab="${name}"]`)?.innerText
    await vi.waitFor(() => expect(tab('stdout')).toMatch(/stdout\s1/))
    await vi.waitFor(() => expect(handler.streams).toHaveLength(2))
    handler.push('log', logEntry(2, { level: 'error' }))
    await vi.waitFor(() => expect(tab('stderr')).toMatch(/stderr\s1/))
    handler.push('log', logEntry(3))
    await vi.waitFor(() => expect(tab('stdout')).toMatch(/stdout\s2/))
    // The run is over, and what it threw is there.
    handler.logs.set(running.task_id, [
      ...many(3, (n) => (n === 2 ? { level: 'error' } : {})),
      logEntry(3.0001, { stream: 'stderr', level: 'error', text: 'Error: thrown' }),
    ])
    handler.change({ ...running, status: 'failed', phase: 'failed', log_count: 3, rev: 9 })
    await vi.waitFor(() => expect(tab('stderr')).toMatch(/stderr\s2/))
  })

  it('E5 are searched by regular expression and with case, from match to match', async () => {
    const texts = (n: number) =>
      n % 1000 === 7 ? `Took ${n} ms, \u001b[31mERROR\u001b[0m ${n}` : `took ${n} ms`
    const element = await openLong(many(12_000, (n) => ({ text: texts(n) })))
    const field = await waitForElement<HTMLInputElement>(element, '.search input')
    const said = () => find(element, '.said')?.innerText
    const press = (label: string) => find(element, `.search [aria-label="${label}"]`)?.click()
    press('Regular expression')
    await userEvent.fill(field, '^took \\d+ ms, (error|warning) \\d')
    await vi.waitFor(() => expect(said()).toBe('1 of 12'))
    await vi.waitFor(() => {
      const marks = findAll(element, 'mark.current').map(({ innerText }) => innerText)
      expect(marks.join('')).toBe('Took 7 ms, ERROR 7')
    })
    await userEvent.click(field)
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(find(element, '.line.at')?.dataset.n).toBe('1007'))
    expect(said()).toBe('2 of 12')
    await userEvent.keyboard('{Shift>}{Enter}{/Shift}{Shift>}{Enter}{/Shift}')
    await vi.waitFor(() => expect(find(element, '.line.at')?.dataset.n).toBe('11007'))
    press('Match case')
    await vi.waitFor(() => expect(said()).toBe('no match'))
    await userEvent.fill(field, 'Took')
    await vi.waitFor(() => expect(said()).toBe('1 of 12'))
    press('Regular expression')
    await userEvent.fill(field, '7 ms, ERROR')
    await vi.waitFor(() => expect(said()).toBe('1 of 12'))
    await userEvent.fill(field, '7 ms, error')
    await vi.waitFor(() => expect(said()).toBe('no match'))
    press('Match case')
    await vi.waitFor(() => expect(said()).toBe('no match'))
    await userEvent.fill(field, 'TOOK 11007')
    await vi.waitFor(() => expect(said()).toBe('1 of 1'))
  })

  it('E5 say what is wrong with a pattern, and stay alive with one that others never end with', async () => {
    const element = await openLong(many(300, () => ({ text: `${'a'.repeat(3000)}-` })))
    const field = await waitForElement<HTMLInputElement>(element, '.search input')
    find(element, '.search [aria-label="Regular expression"]')?.click()
    await userEvent.fill(field, '(')
    await vi.waitFor(() => expect(find(element, '.problem')?.innerText).toContain('Unterminated'))
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(lines(element)[0]).toContain('aaa')
    await userEvent.fill(field, 'a(?=b)')
    await vi.waitFor(() => expect(find(element, '.problem')?.innerText).toContain('Lookaround'))
    await userEvent.fill(field, '(a+)+$')
    await vi.waitFor(() => expect(find(element, '.said')?.innerText).toBe('no match'), 20_000)
    expect(find(element, '.problem')).toBeNull()
    await userEvent.fill(field, 'a-$')
    await vi.waitFor(() => expect(find(element, '.said')?.innerText).toBe('1 of 300'), 20_000)
  })

  it('E5 are searched as a whole, from match to match', async () => {
    const element = await openLong(
      many(3000, (n) => ({ text: n % 1000 === 7 ? 'a TIMEOUT' : 'ok' })),
    )
    const field = await waitForElement<HTMLInputElement>(element, '.search input')
    await userEvent.fill(field, 'timeout')
    const said = () => find(element, '.said')?.innerText
    await vi.waitFor(() => expect(said()).toBe('1 of 3'))
    await vi.waitFor(() => expect(find(element, 'mark.current')?.innerText).toBe('TIMEOUT'))
    await userEvent.keyboard('{Enter}{Enter}')
    await vi.waitFor(() => expect(said()).toBe('3 of 3'))
    await vi.waitFor(() => expect(find(element, '.line.at')?.dataset.n).toBe('2007'))
    await userEvent.keyboard('{Shift>}{Enter}{/Shift}')
    await vi.waitFor(() => expect(find(element, '.line.at')?.dataset.n).toBe('1007'))
  })

  it('E6 stay at the end, until somebody scrolls up; a button leads back', async () => {
    handler.tasks = [{ ...running, log_count: 300 }]
    handler.logs.set(running.task_id, many(300))
    const element = mount()
    element.tab = 'logs'
    element.style.setProperty('block-size', '500px')
    const box = await waitForElement(element, '.lines')
    await vi.waitFor(() => expect(numbers(element).at(-1)).toBe(300))
    await vi.waitFor(() => expect(handler.streams).toHaveLength(2))
    handler.push('log', logEntry(301))
    await vi.waitFor(() => expect(numbers(element).at(-1)).toBe(301))
    box.scrollTop = 200
    await waitForElement(element, '.pill')
    handler.push('log', logEntry(302))
    await vi.waitFor(() => expect(find(element, '.pill')?.innerText).toBe('1 new line'))
    find(element, '.pill')?.click()
    await vi.waitFor(() => expect(numbers(element).at(-1)).toBe(302))
    expect(find(element, '.pill')).toBeNull()
  })

  it('E7, E8 are downloaded whole, and read again', async () => {
    const element = await openLong(many(2))
    find(element, '[aria-label="Download the log"]')?.click()
    const id = makeTask(1).task_id
    await vi.waitFor(() => expect(handler.requests).toContain(`GET /${id}/logs?format=text`))
    handler.logs.set(id, many(3))
    find(element, '[aria-label="Read again"]')?.click()
    await vi.waitFor(() => expect(numbers(element)).toEqual([1, 2, 3]))
  })

  it('E1 show colours as such, and hostile text as text', async () => {
    const element = await openLong([
      logEntry(1, {
        text: '\u001b[1;31mred\u001b[0m \u001b[38;2;0;200;255msky\u001b[39m \u001b[2Jend',
      }),
      logEntry(2, { text: '<img src=x onerror=alert(1)>\u202egnp\u0007' }),
      logEntry(3, { text: 'x'.repeat(20_000) }),
    ])
    expect(find(element, '.a1')?.innerText).toBe('red')
    expect(find(element, '.a1')?.className).toBe('bold a1')
    expect(find(element, '.a14, .a6')?.innerText).toBe('sky')
    expect(lines(element)[0]).toBe('red sky end')
    expect(lines(element)[1]).toBe('<img src=x onerror=alert(1)>⟨U+202E⟩gnp␇')
    expect(find(element, 'img')).toBeNull()
    expect(lines(element)[2]?.length).toBeLessThan(4100)
    find(element, '.text .link')?.click()
    await vi.waitFor(() => expect(lines(element)[2]?.length).toBe(20_000))
  })

  it('mark a range of lines, which its link brings back', async () => {
    const element = await openLong(many(1500), 'logs:700')
    await vi.waitFor(() => expect(find(element, '.line.marked')?.dataset.n).toBe('700'))
    const number = findAll(element, '.line').find(({ dataset }) => dataset.n === '703')
    const click = new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey: true })
    number?.querySelector('a')?.dispatchEvent(click)
    const marked = () => findAll(element, '.line.marked').map(({ dataset }) => dataset.n)
    await vi.waitFor(() => expect(marked()).toEqual(['700', '701', '702', '703']))
    expect(element.tab).toBe('logs:700-703')
  })

  it('lead to a line by its link, and wrap long lines a page at a time', async () => {
    const element = await openLong(many(1500), 'logs:700')
    await vi.waitFor(() => expect(find(element, '.line.marked')?.dataset.n).toBe('700'))
    find(element, '[aria-label="Wrap long lines"]')?.click()
    await vi.waitFor(() => expect(numbers(element)).toHaveLength(500))
    expect(numbers(element)[0]).toBe(501)
  })
})
