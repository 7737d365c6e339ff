// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { TaskflowRunSelectEvent } from '../events.ts'
import { needElement } from '../lazy.ts'
import { FakeHandler } from '../testing/fake-handler.ts'
import {
  find,
  findAll,
  mountDashboard,
  rowTexts,
  textOf,
  unmountAll,
  waitForElement,
} from '../testing/mount.ts'
import { makeFunction, makeSchedule } from '../testing/page-records.ts'
import { answer, soon } from '../testing/page-test.ts'
import { makeMetrics, makeTask } from '../testing/records.ts'
import type { StoreElement } from './store-element.ts'

let handler: FakeHandler
const failed = makeTask(2, { func_name: 'charge_card', status: 'failed', phase: 'failed' })

beforeEach(async () => {
  await page.viewport(1440, 900)
  handler = new FakeHandler()
  handler.tasks = [makeTask(3), failed, makeTask(1)]
  handler.metrics = makeMetrics({ total: 3, failed: 1, success: 2, success_rate: 0.66 })
  answer(handler, 'GET /metrics/series', [
    {
      at: '2026-11-19T12:00:00Z',
      success: 2,
      failed: 1,
      interrupted: 0,
      cancelled: 0,
      avg_duration_seconds: 1,
      p95_duration_seconds: 2,
    },
    {
      at: '2026-11-19T12:01:00Z',
      success: 3,
      failed: 0,
      interrupted: 0,
      cancelled: 0,
      avg_duration_seconds: 1,
      p95_duration_seconds: 1,
    },
  ])
})
afterEach(unmountAll)

/** Puts elements into the page; those that have a connection of their own get the handler. */
async function put(html: string, of: FakeHandler = handler): Promise<HTMLElement> {
  const box = document.createElement('div')
  const template = document.createElement('template')
  template.innerHTML = html
  const names = [...template.content.querySelectorAll('*')].map(({ localName }) => localName)
  await Promise.all(names.map(needElement))
  box.append(document.importNode(template.content, true))
  for (const element of box.querySelectorAll<StoreElement>('*')) {
    if ('isTaskflowStore' in element) element.fetch = of.fetch
  }
  document.body.append(box)
  return box
}

const inside = <Found extends Element = HTMLElement>(box: Element, selector: string) =>
  waitForElement<Found>(box, selector)

describe('a provider', () => {
  it('gives what is inside one client and one stream', async () => {
    const box = await put(`<taskflow-provider base="/jobs">
      <taskflow-live></taskflow-live><taskflow-metrics></taskflow-metrics>
      <div><taskflow-runs></taskflow-runs></div>
    </taskflow-provider>`)
    await soon(() => expect(textOf(box)).toContain('Live'))
    await soon(() => expect(findAll(box, 'taskflow-runs >>> tbody tr')).toHaveLength(3))
    expect(handler.streams).toHaveLength(1)
    expect(handler.streams[0]?.url.pathname).toBe('/jobs/dashboard/stream')
  })

  it('takes its elements along to another handler', async () => {
    const box = await put(
      '<taskflow-provider base="/jobs"><taskflow-runs></taskflow-runs></taskflow-provider>',
    )
    await soon(() => expect(findAll(box, 'taskflow-runs >>> tbody tr')).toHaveLength(3))
    const before = handler.requests.length
    box.querySelector('taskflow-provider')?.setAttribute('base', '/tasks')
    await soon(() =>
      expect(handler.streams.map(({ url }) => url.pathname)).toEqual(['/tasks/dashboard/stream']),
    )
    expect(handler.requests.slice(before).some((one) => one.startsWith('GET /?'))).toBe(true)
  })

  it('asks again when headers come after the refusal, and says when they are missing', async () => {
    const required = vi.fn()
    document.body.addEventListener('taskflow-auth-required', required, { once: true })
    const asked: (string | null)[] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const token = new Headers(init?.headers).get('authorization')
      asked.push(token)
      return token ? handler.fetch(input, init) : new Response(null, { status: 401 })
    }
    const box = await put(
      '<taskflow-provider base="/tasks"><taskflow-runs></taskflow-runs></taskflow-provider>',
    )
    const provider = box.querySelector('taskflow-provider')
    if (!provider) throw new Error('expected a provider')
    provider.fetch = fetch
    await soon(() => expect(required).toHaveBeenCalled())
    provider.headers = () => ({ authorization: 'Bearer x' })
    await soon(() => expect(findAll(box, 'taskflow-runs >>> tbody tr')).toHaveLength(3))
    expect(asked[0]).toBeNull()
  })

  it('writes the times of what is inside', async () => {
    const box = await put(`<taskflow-provider base="/tasks" time-zone="Asia/Tokyo" hour-cycle="h12">
      <taskflow-time datetime="2026-11-19T12:00:00Z" format="absolute"></taskflow-time>
    </taskflow-provider>`)
    const time = await inside(box, 'taskflow-time')
    await soon(() => expect(textOf(time)).toBe('2026-11-19 09:00:00.000 PM GMT+9'))
    box.querySelector('taskflow-provider')?.setAttribute('time-zone', 'UTC')
    await soon(() => expect(textOf(time)).toContain('12:00:00.000 PM'))
  })

  it('sends the CSRF token of the page with changes alone', async () => {
    const meta = document.createElement('meta')
    meta.name = 'csrf-token'
    meta.content = 't1'
    document.head.append(meta)
    const sent: [string, string | null][] = []
    const fetch: typeof globalThis.fetch = (input, init) => {
      sent.push([init?.method ?? 'GET', new Headers(init?.headers).get('x-csrf-token')])
      return handler.fetch(input, init)
    }
    const run = document.createElement('taskflow-run')
    Object.assign(run, { base: '/tasks', runId: failed.task_id, csrfMeta: 'csrf-token', fetch })
    document.body.append(run)
    const button = await waitForElement(run, '[data-action="retry"]')
    meta.content = 't2'
    button.click()
    await soon(() => expect(sent).toContainEqual(['POST', 't2']))
    expect(sent.filter(([method]) => method === 'GET').every(([, token]) => token === null)).toBe(
      true,
    )
    meta.remove()
  })
})

describe('an element alone', () => {
  it.each([
    ['taskflow-overview', '.recent li'],
    ['taskflow-metrics', '.card'],
    ['taskflow-chart', '.plot'],
    ['taskflow-runs', 'tbody tr'],
    ['taskflow-run', 'h2'],
    ['taskflow-dead-letters', '.card'],
    ['taskflow-tasks', '.head'],
    ['taskflow-instances', '.head'],
    ['taskflow-audit', '.head'],
    ['taskflow-recent-logs', '.head'],
  ])('%s shows what it is for, and all of its parts are there', async (tag, selector) => {
    answer(handler, 'GET /functions', [makeFunction('charge_card')])
    answer(handler, 'GET /audit', [])
    answer(handler, 'GET /logs', [])
    answer(handler, 'GET /schedules', [makeSchedule('hourly')])
    const box = await put(`<${tag} base="/tasks" run-id="${failed.task_id}"></${tag}>`)
    await inside(box, `${tag} >>> ${selector}`)
    await soon(() => {
      const missing = findAll(box, ':not(:defined)').map(({ localName }) => localName)
      expect(missing).toEqual([])
    })
  })

  it('keeps its stream when it is moved', async () => {
    const box = await put('<p></p><taskflow-live base="/tasks"></taskflow-live>')
    await soon(() => expect(textOf(box)).toContain('Live'))
    const [before] = handler.streams
    box.querySelector('p')?.append(box.querySelector('taskflow-live') ?? '')
    await new Promise((resolve) => setTimeout(resolve))
    expect(handler.streams).toEqual([before])
    expect(textOf(box)).toContain('Live')
  })
})

describe('the dashboard', () => {
  it('offers the sections that are asked for, and no others', async () => {
    const element = await mountDashboard(handler, { sections: 'runs schedules' })
    await soon(() =>
      expect(
        findAll(element, 'nav .tab').map((tab) => tab.innerText.replace(/\d/g, '').trim()),
      ).toEqual(['Runs', 'Schedules']),
    )
    // The first of them is where one begins.
    await waitForElement(element, 'taskflow-runs >>> tbody tr')
  })

  it('leads by its palette to the sections alone', async () => {
    const element = await mountDashboard(handler, { sections: 'overview schedules' })
    await waitForElement(element, '.recent li')
    find(element, 'button.palette')?.click()
    const field = await waitForElement(element, 'taskflow-dialogs >>> [role="combobox"]')
    const options = () =>
      findAll(element, '[role="option"]').map((one) => one.innerText.replace(/\s+/g, ' '))
    const pages = () => options().filter((one) => one.includes('Page'))
    await soon(() => expect(pages()).toHaveLength(2))
    expect(pages()[0]).toContain('Overview')
    expect(pages()[1]).toContain('Schedules')
    const before = handler.requests.length
    await userEvent.type(field, failed.func_name)
    await soon(() => expect(textOf(element)).toContain('Nothing is called that.'))
    expect(handler.requests.slice(before).filter((one) => one.includes('search='))).toEqual([])
  })

  it('lists the keys of the sections alone', async () => {
    const element = await mountDashboard(handler, { sections: 'runs schedules' })
    const row = await waitForElement(element, 'taskflow-runs >>> tbody tr')
    row.focus()
    await userEvent.keyboard('?')
    await waitForElement(element, 'dialog .keys')
    const keys = findAll(element, '.keys dt').map((one) => one.innerText.trim())
    expect(keys.filter((one) => one.startsWith('g '))).toEqual(['g r', 'g s'])
  })

  it('puts its pages to the side where there is room', async () => {
    const element = await mountDashboard(handler, { layout: 'sidebar' })
    const nav = await waitForElement(element, 'nav.tabs')
    const main = await waitForElement(element, 'main')
    expect(nav.getBoundingClientRect().right).toBeLessThanOrEqual(main.getBoundingClientRect().left)
    await page.viewport(900, 900)
    await soon(() =>
      expect(nav.getBoundingClientRect().bottom).toBeLessThanOrEqual(
        main.getBoundingClientRect().top,
      ),
    )
  })

  it('lets keys alone when shortcuts are off', async () => {
    const element = await mountDashboard(handler, { shortcuts: 'off' })
    const pause = await waitForElement(element, '.pause')
    pause.focus()
    await userEvent.keyboard('p')
    expect(pause.dataset.paused).toBe('false')
    element.shortcuts = 'focus'
    await userEvent.keyboard('p')
    await soon(() => expect(pause.dataset.paused).toBe('true'))
  })

  it('shows what the host puts into its slots, and has its parts outside', async () => {
    const element = await mountDashboard(handler)
    element.insertAdjacentHTML(
      'beforeend',
      '<b slot="overview-end">more</b><i slot="nav-end">help</i>',
    )
    const style = document.createElement('style')
    style.textContent = 'taskflow-dashboard::part(card) { outline: 3px solid rgb(1, 2, 3) }'
    document.head.append(style)
    await waitForElement(element, '.recent li')
    const more = element.querySelector('b')
    await soon(() => expect(more?.assignedSlot?.assignedSlot?.name).toBe('overview-end'))
    expect(more?.getBoundingClientRect().height).toBeGreaterThan(0)
    const card = find(element, 'taskflow-overview >>> section.card')
    expect(card && getComputedStyle(card).outlineColor).toBe('rgb(1, 2, 3)')
    style.remove()
  })
})

describe('the list of runs', () => {
  it('takes filter, columns and rows from its attributes', async () => {
    handler.tasks = Array.from({ length: 9 }, (_, n) =>
      makeTask(n, { status: n % 2 ? 'failed' : 'success', phase: n % 2 ? 'failed' : 'success' }),
    )
    const box = await put(`<taskflow-runs base="/tasks" filter="status:failed" sort="-duration"
      columns="state task" limit="3" selectable="false"></taskflow-runs>`)
    await soon(() => expect(rowTexts(box)).toHaveLength(3))
    expect(rowTexts(box).every((row) => row.includes('Failed'))).toBe(true)
    expect(findAll(box, 'taskflow-runs >>> thead th.pick')).toHaveLength(0)
    const heads = findAll(box, 'taskflow-runs >>> thead th').map((head) => head.innerText.trim())
    expect(heads).toEqual(['Status', 'Task', 'Actions'])
    expect(
      handler.requests.some((one) => one.includes('sort=duration') && one.includes('limit=3')),
    ).toBe(true)
  })

  it('says what was chosen, filtered and ticked, and can be kept from opening it', async () => {
    const box = await put('<taskflow-runs base="/tasks"></taskflow-runs>')
    const runs = await inside(box, 'taskflow-runs')
    const heard: string[] = []
    runs.addEventListener('taskflow-run-select', (event: TaskflowRunSelectEvent) => {
      heard.push(`run ${event.detail.runId}`)
      event.preventDefault()
    })
    runs.addEventListener('taskflow-selection-change', ({ detail }) =>
      heard.push(`ticked ${detail.ids.length}`),
    )
    runs.addEventListener('taskflow-filter-change', ({ detail }) =>
      heard.push(`filter ${detail.filter?.status}`),
    )
    const row = await inside(box, `tr[data-id="${failed.task_id}"]`)
    row.click()
    const check = await inside(box, `tr[data-id="${failed.task_id}"] .check`)
    check.click()
    findAll(box, '[part="chip"]')
      .find((chip) => chip.innerText.includes('Failed'))
      ?.click()
    await soon(() =>
      expect(heard).toEqual([`run ${failed.task_id}`, 'ticked 1', 'filter failed', 'ticked 0']),
    )
    expect(find(box, 'taskflow-run')).toBeNull()
  })
})

describe('parts of a run', () => {
  const attempt = {
    claimed_at: failed.created_at,
    started_at: failed.created_at,
    ended_at: '2026-11-19T12:00:12Z',
    outcome: 'error' as const,
    error: 'no',
    stacktrace: null,
    instance: 'web-1',
    late_outcome: null,
  }

  it('stand alone by the id of the run', async () => {
    handler.details.set(failed.task_id, { attempts: [{ attempt: 0, ...attempt }] })
    const box =
      await put(`<taskflow-waterfall base="/tasks" run-id="${failed.task_id}"></taskflow-waterfall>
      <taskflow-lifecycle base="/tasks" run-id="${failed.task_id}" variant="timeline"></taskflow-lifecycle>`)
    const chosen = vi.fn()
    box.addEventListener('taskflow-span-select', chosen)
    const row = await inside(box, 'taskflow-waterfall >>> [part="row"]')
    expect(row.innerText).toContain('Attempt 1')
    row.click()
    expect(chosen).toHaveBeenCalledOnce()
    await inside(box, 'taskflow-lifecycle >>> li')
    const list = find(box, 'taskflow-lifecycle >>> ol')
    expect(list && getComputedStyle(list).flexDirection).toBe('column')
    expect(handler.streams).toHaveLength(1)
  })

  it('need no connection for what they are given', async () => {
    const box = await put(
      '<taskflow-sparkline label="Orders">none yet</taskflow-sparkline><taskflow-waterfall></taskflow-waterfall>',
    )
    const line = box.querySelector('taskflow-sparkline')
    if (!line) throw new Error('expected a line')
    line.data = [1, null, 3, 2]
    const shape = await inside<SVGElement>(box, 'taskflow-sparkline >>> svg')
    expect(shape.getAttribute('role')).toBe('img')
    expect(shape.getAttribute('aria-label')).toBe('Orders')
    expect(handler.requests).toEqual([])
  })
})

describe('numbers', () => {
  it('can be chosen, narrowed to one task, and shown over time', async () => {
    const box = await put(
      '<taskflow-metrics base="/tasks" items="failed success" range="1h" filter="task:charge_card"></taskflow-metrics>',
    )
    await soon(() =>
      expect(findAll(box, '.label').map((label) => label.innerText)).toEqual([
        'Failed',
        'Succeeded',
      ]),
    )
    await soon(() =>
      expect(findAll(box, '[part="delta"]').map((delta) => delta.innerText)).toEqual([
        '+1 in 1h',
        '+5 in 1h',
      ]),
    )
    expect(findAll(box, '[part="sparkline"]')).toHaveLength(2)
    expect(handler.requests).toContain('GET /metrics?func_name=charge_card')
    const chosen = vi.fn((event: Event) => event.preventDefault())
    box.addEventListener('taskflow-metric-select', chosen)
    find(box, '.card')?.click()
    expect(chosen).toHaveBeenCalledOnce()
  })
})

describe('a log', () => {
  beforeEach(() => {
    handler.logs.set(
      failed.task_id,
      Array.from({ length: 40 }, (_, index) => ({
        task_id: failed.task_id,
        n: index + 1,
        at: failed.created_at,
        stream: index % 2 ? ('stderr' as const) : ('stdout' as const),
        level: 'info' as const,
        text: `line ${index + 1}`,
        attempt: index < 25 ? 0 : 1,
      })),
    )
  })

  it('begins with the stream and the search that are asked for, and says what it found', async () => {
    const searched = vi.fn()
    document.body.addEventListener('taskflow-log-search', searched, { once: true })
    const box = await put(
      `<taskflow-logs base="/tasks" run-id="${failed.task_id}" stream="stderr" query="line 2" timestamps="off"></taskflow-logs>`,
    )
    await soon(() => expect(findAll(box, '[part="match"]').length).toBeGreaterThan(0))
    expect(findAll(box, '[part="line"]').every((line) => line.dataset.stream === 'stderr')).toBe(
      true,
    )
    expect(find(box, '.lines.timeless')).not.toBeNull()
    expect(searched.mock.calls[0]?.[0].detail).toEqual({ query: 'line 2', total: 6 })
  })

  it('E3 leads to an attempt that is picked, as often as one likes', async () => {
    const box = await put(
      `<taskflow-logs base="/tasks" run-id="${failed.task_id}" count="40"></taskflow-logs>`,
    )
    const list = (await inside(box, '[aria-label="Attempt"]')) as HTMLSelectElement
    expect([...list.options].map(({ text }) => text)).toEqual(['Attempt', 'Attempt 1', 'Attempt 2'])
    const frame = find(box, '.lines')
    for (const [attempt, first] of [
      ['1', true],
      ['2', false],
      ['1', true],
    ] as const) {
      await userEvent.selectOptions(list, attempt)
      await soon(() => expect(frame?.scrollTop === 0).toBe(first))
      expect(list.value).toBe('')
    }
  })

  it('goes to an attempt', async () => {
    const box = await put(
      `<taskflow-logs base="/tasks" run-id="${failed.task_id}" count="40" attempt="2"></taskflow-logs>`,
    )
    await inside(box, '[data-n="26"]')
    await soon(() =>
      expect(
        handler.requests.some((one) => one.includes('from=26') && one.includes('limit=1')),
      ).toBe(true),
    )
  })
})

describe('pages alone', () => {
  it('are narrowed by an attribute, and say in words of the host that there is nothing', async () => {
    answer(handler, 'GET /functions', [
      makeFunction('a_task'),
      makeFunction('b_task'),
      makeFunction('other'),
    ])
    const box = await put(
      '<taskflow-tasks base="/tasks" filter="search=_task" limit="1"></taskflow-tasks>',
    )
    await soon(() => expect(findAll(box, 'tr[part="row"]')).toHaveLength(1))
    answer(handler, 'GET /functions', [])
    const none = await put(
      '<taskflow-tasks base="/tasks"><p slot="empty">Nothing here yet</p></taskflow-tasks>',
    )
    await soon(() => expect(none.querySelector('p')?.assignedSlot?.name).toBe('empty'))
  })
})

describe('the graph', () => {
  it('shows one group, and says what was chosen', async () => {
    const node = (func_name: string, group: string | null) => ({
      func_name,
      group,
      registered: true,
      paused: false,
      queued: 0,
      scheduled: 0,
      blocked: 0,
      retrying: 0,
      running: 0,
      success: 1,
      failed: 0,
      interrupted: 0,
      cancelled: 0,
    })
    answer(handler, 'GET /graph', {
      nodes: [node('a', 'mail'), node('b', null), node('c', null)],
      edges: [{ from: 'a', to: 'b' }],
      truncated: false,
    })
    const box = await put('<taskflow-graph base="/tasks" group="mail" focus="b"></taskflow-graph>')
    await soon(() =>
      expect(findAll(box, '[part="node"]').map((one) => one.dataset.node)).toEqual(['a', 'b']),
    )
    expect(find(box, '[data-node="b"]')?.getAttribute('tabindex')).toBe('0')
    const chosen = vi.fn((event: Event) => event.preventDefault())
    box.addEventListener('taskflow-node-select', chosen)
    find<SVGElement>(box, '[data-node="a"]')?.dispatchEvent(
      new MouseEvent('click', { bubbles: true, cancelable: true }),
    )
    expect(chosen).toHaveBeenCalledOnce()
  })
})

describe('the status of one run', () => {
  it('asks with its token until the run has ended, and no longer', async () => {
    const answers = ['running', 'running', 'success']
    const tokens: (string | null)[] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      expect(String(input)).toBe(`/tasks/${failed.task_id}/status`)
      tokens.push(new Headers(init?.headers).get('authorization'))
      const status = answers[Math.min(tokens.length, answers.length) - 1]
      return Response.json({
        task_id: failed.task_id,
        status,
        progress: { fraction: 0.62, message: 'Part 6' },
      })
    }
    vi.stubGlobal('fetch', fetch)
    const finished = vi.fn()
    document.body.addEventListener('taskflow-run-finished', finished, { once: true })
    const box = await put(
      `<taskflow-run-status base="/tasks" run-id="${failed.task_id}" token="secret" poll-interval="0.5"><b slot="success">Ready</b></taskflow-run-status>`,
    )
    await soon(() => expect(textOf(box)).toContain('62 %'))
    expect(textOf(box)).toContain('Part 6')
    expect(find<HTMLProgressElement>(box, 'progress')?.value).toBe(62)
    await soon(() => expect(finished).toHaveBeenCalledOnce())
    expect(box.querySelector('b')?.assignedSlot?.name).toBe('success')
    expect(tokens).toEqual(['Bearer secret', 'Bearer secret', 'Bearer secret'])
    vi.unstubAllGlobals()
  })

  it('says so when the token does not hold', async () => {
    vi.stubGlobal('fetch', async () => new Response(null, { status: 401 }))
    const box = await put(
      `<taskflow-run-status base="/tasks" run-id="${failed.task_id}"></taskflow-run-status>`,
    )
    await soon(() => expect(textOf(box)).toContain('Not available'))
    vi.unstubAllGlobals()
  })
})
