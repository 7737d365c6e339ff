// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { TaskflowActionEvent, TaskflowNavigateEvent } from '../events.ts'
import { FakeHandler, problem } from '../testing/fake-handler.ts'
import {
  find,
  findAll,
  mountDashboard,
  textOf,
  unmountAll,
  waitForElement,
} from '../testing/mount.ts'
import { makeBucket } from '../testing/page-records.ts'
import { answer, soon } from '../testing/page-test.ts'
import { makeMetrics, makeTask } from '../testing/records.ts'

let handler: FakeHandler

beforeEach(async () => {
  await page.viewport(1440, 900)
  handler = new FakeHandler()
  handler.tasks = [
    makeTask(3, {
      func_name: 'charge_card',
      status: 'failed',
      phase: 'failed',
      error: 'CardError: no',
    }),
    makeTask(2, {
      func_name: 'sync',
      status: 'running',
      phase: 'running',
      duration: null,
      end_time: null,
    }),
    makeTask(1),
  ]
  handler.metrics = makeMetrics({ total: 3, failed: 1, running: 1, success: 1, success_rate: 0.5 })
})

afterEach(unmountAll)

const text = (element: Element, selector: string) => find(element, selector)?.innerText ?? ''

async function live(attributes?: Record<string, string>) {
  const element = await mountDashboard(handler, attributes)
  await vi.waitFor(() => expect(textOf(element)).toContain('Live'))
  return element
}

describe('overview', () => {
  it('shows numbers, failures to look at, and what runs now', async () => {
    const element = await live()
    await waitForElement(element, '.recent li')
    const cards = findAll(element, '.card .value').map((value) =>
      value.innerText.replace(/\s+/g, ' '),
    )
    expect(cards).toEqual(['1 of 10', '0', '1', '1', '50 %', '—'])
    expect(textOf(element)).toContain('CardError in charge_card')
    expect(textOf(element)).toContain('Running now')
    expect(findAll(element, '.recent li')).toHaveLength(3)
  })

  it('shows what its lists will look like while they are read, and nothing of it later', async () => {
    let answers = () => {}
    const read = new Promise<void>((resolve) => {
      answers = resolve
    })
    const { fetch } = handler
    const slow: typeof fetch = async (input, init) => {
      if (new URL(String(input), 'http://handler.test').pathname === '/tasks') await read
      return fetch(input, init)
    }
    const element = await mountDashboard({ ...handler, fetch: slow } as typeof handler)
    await vi.waitFor(() => expect(findAll(element, '.skeleton')).toHaveLength(3))
    answers()
    await waitForElement(element, '.recent li a')
    expect(findAll(element, '.skeleton')).toHaveLength(0)
  })

  it('draws how the numbers went in the last hour', async () => {
    answer(handler, 'GET /metrics/series', [
      makeBucket(1, { success: 2 }),
      makeBucket(2, { failed: 1 }),
    ])
    const element = await live()
    await soon(() =>
      expect(findAll(element, '.card [part="delta"]').map((one) => one.innerText)).toEqual([
        '',
        '',
        '+2 in 1h',
        '+1 in 1h',
        '66.7 % in 1h',
        '',
      ]),
    )
    expect(findAll(element, '.card [part="sparkline"]')).toHaveLength(3)
  })

  it('follows the numbers', async () => {
    const element = await live()
    handler.push('metrics', makeMetrics({ total: 1234 }))
    await vi.waitFor(() => expect(text(element, 'nav .count')).toBe('1,234'))
  })

  it('leads to the runs a card counts', async () => {
    const element = await live({ 'url-sync': 'hash' })
    await vi.waitFor(() => expect(findAll(element, 'a.card')).toHaveLength(6))
    findAll(element, 'a.card')[3]?.click()
    await waitForElement(element, '[data-facet="failed"][aria-pressed="true"]')
    expect(location.hash).toBe('#taskflow=/runs?status=failed')
    history.back()
    await waitForElement(element, 'taskflow-overview')
  })

  it('says what to write while nothing has run', async () => {
    handler.tasks = []
    const element = await live()
    const empty = await waitForElement(element, '.empty')
    expect(empty.innerText).toContain('No runs yet')
  })
})

describe('pause', () => {
  it('holds updates back, counts new runs, and applies them on resume', async () => {
    const element = await live()
    await waitForElement(element, '.recent li')
    await userEvent.click(await waitForElement(element, '.pause'))
    handler.push('task', makeTask(4, { func_name: 'later' }))
    await vi.waitFor(() => expect(text(element, '.pause')).toContain('+1'))
    expect(textOf(element)).not.toContain('later')
    await userEvent.click(await waitForElement(element, '.pause'))
    await vi.waitFor(() => expect(textOf(element)).toContain('later'))
    expect(text(element, '.pause')).toBe('Pause')
  })

  it('lasts over a reload', async () => {
    const element = await live()
    find(element, '.pause')?.click()
    document.body.replaceChildren()
    await new Promise((resolve) => setTimeout(resolve))
    const again = await live()
    expect(text(again, '.pause')).toContain('Resume')
  })
})

describe('connection', () => {
  it('says when the server has become another version, until that was read', async () => {
    const element = await live()
    await waitForElement(element, '.recent li')
    const { version } = handler.overview
    handler.overview = { ...handler.overview, version: `9.${version}` }
    for (const stream of handler.streams) stream.end()
    const banner = await waitForElement(element, '[data-banner="version"]')
    expect(banner.innerText).toContain(`of version ${version}, the server of 9.${version}`)
    find(banner, 'button.plain')?.click()
    await vi.waitFor(() => expect(find(element, '[data-banner="version"]')).toBeNull())
  })

  it('says that data is old when the connection drops, and catches up', async () => {
    const element = await live()
    await waitForElement(element, '.recent li')
    handler.overrides.set('GET /dashboard/stream', () => Promise.reject(new TypeError('offline')))
    for (const stream of handler.streams) stream.end()
    const banner = await waitForElement(element, '.banner')
    expect(banner.innerText).toMatch(/Connection lost\. You see data as of \d\d:\d\d:\d\d\./)
    handler.overrides.clear()
    find(banner, 'button')?.click()
    await vi.waitFor(() => expect(textOf(element)).toContain('Live'))
    expect(find(element, '.banner')).toBeNull()
    expect(handler.streams[0]?.headers.get('last-event-id')).toBe('e.1')
  })

  it('A9 says which instance the stream is on', async () => {
    const element = await live()
    expect(find(element, '.live')?.title).toBe('Changes show up by themselves.\nInstance: web-1')
  })

  it('A10 has a word for each state of the connection', async () => {
    let stream: () => Response | Promise<Response> = () => new Promise(() => {})
    handler.overrides.set('GET /dashboard/stream', () => stream())
    const element = await mountDashboard(handler)
    const label = (at: HTMLElement, word: string) =>
      vi.waitFor(() => expect(text(at, '.live')).toBe(word), { timeout: 8000, interval: 10 })
    await label(element, 'Connecting')
    await unmountAll()
    stream = () => problem(500, 'internal', 'No.')
    await label(await mountDashboard(handler), 'Error')
    await unmountAll()
    stream = () => Promise.reject(new TypeError('offline'))
    const offline = await mountDashboard(handler)
    await label(offline, 'Disconnected')
    handler.overrides.clear()
    find(offline, '.banner button')?.click()
    await label(offline, 'Live')
  })

  it('asks to sign in at 401, keeps the page below, and goes on afterwards', async () => {
    const element = await live()
    await waitForElement(element, '.recent li')
    let loginUrl = ''
    element.addEventListener(
      'taskflow-auth-required',
      (event) => (loginUrl = event.detail.loginUrl),
    )
    handler.signedOut = true
    for (const stream of handler.streams) stream.end()
    const card = await waitForElement(element, '.sign-in')
    expect(card.querySelector('a')?.getAttribute('href')).toMatch(/^\/tasks\/auth\/login\?next=%2F/)
    expect(loginUrl).toBe(card.querySelector('a')?.getAttribute('href'))
    expect(findAll(element, '.recent li')).toHaveLength(3)
    handler.signedOut = false
    card.querySelector('button')?.click()
    await vi.waitFor(() => expect(find(element, '.sign-in')).toBeNull())
    await vi.waitFor(() => expect(textOf(element)).toContain('Live'))
  })

  it('uses one stream for several elements, which survive a move', async () => {
    const element = await live()
    const lone = document.createElement('taskflow-metrics')
    lone.base = '/tasks'
    lone.credentials = element.credentials
    document.body.append(lone)
    await waitForElement(lone, '.card')
    const section = document.createElement('section')
    document.body.append(section)
    section.append(element)
    await waitForElement(element, '.recent li')
    expect(handler.streams).toHaveLength(1)
    element.remove()
    lone.remove()
    await vi.waitFor(() => expect(handler.streams).toHaveLength(0))
  })
})

describe('frame', () => {
  it('takes its title from the server, and from the attribute', async () => {
    const element = await live()
    await vi.waitFor(() => expect(text(element, '.brand')).toBe('Tasks of the test'))
    element.title = 'Northshop'
    await vi.waitFor(() => expect(text(element, '.brand')).toBe('Northshop'))
  })

  it('switches and remembers the theme, for everything inside', async () => {
    const element = await live({ theme: 'light' })
    const inner = await waitForElement(element, 'taskflow-metrics >>> .card')
    const before = getComputedStyle(inner).backgroundColor
    find(element, '[aria-label="Dark theme"]')?.click()
    await vi.waitFor(() => expect(getComputedStyle(inner).backgroundColor).not.toBe(before))
    expect(element.getAttribute('theme')).toBe('dark')
    document.body.replaceChildren()
    const again = await live()
    await vi.waitFor(() => expect(again.getAttribute('theme')).toBe('dark'))
  })

  it('lets the host keep people where they are', async () => {
    const element = await live()
    const asked: TaskflowNavigateEvent[] = []
    element.addEventListener('taskflow-navigate', (event) => {
      asked.push(event)
      event.preventDefault()
    })
    findAll(element, 'nav a')[1]?.click()
    await element.updateComplete
    expect(asked[0]?.detail.route.page).toBe('runs')
    expect(find(element, 'taskflow-runs')).toBeNull()
  })

  it('offers to sign out only to somebody who signed in', async () => {
    const element = await live()
    expect(find(element, '[aria-label="Sign out"]')).toBeNull()
    document.body.replaceChildren()
    handler.user = { id: '1', name: 'Ada Lovelace' }
    const again = await live()
    const button = await waitForElement(again, '[aria-label="Sign out"]')
    expect(button.closest('form')?.getAttribute('action')).toBe('/tasks/auth/logout')
  })

  it('signs out with the CSRF token where the host asks for one', async () => {
    const meta = document.createElement('meta')
    Object.assign(meta, { name: 'csrf-token', content: 't1' })
    document.head.append(meta)
    handler.user = { id: '1', name: 'Ada Lovelace' }
    const sent: (string | null)[] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (!String(input).endsWith('/tasks/auth/logout')) return handler.fetch(input, init)
      sent.push(init?.method ?? 'GET', new Headers(init?.headers).get('x-csrf-token'))
      return Object.defineProperty(new Response('signed out'), 'url', {
        value: `${location.origin}/tasks/auth/login?reason=signed-out`,
      })
    }
    const element = await mountDashboard(handler, { 'csrf-meta': 'csrf-token' })
    element.fetch = fetch
    const button = await waitForElement(element, '[aria-label="Sign out"]')
    const gone = new Promise<string>((resolve) => {
      const leave = (event: NavigateEvent) => {
        event.preventDefault()
        resolve(event.destination.url)
      }
      navigation?.addEventListener('navigate', leave, { once: true })
    })
    button.click()
    expect(await gone).toMatch(/\/tasks\/auth\/login\?reason=signed-out$/)
    expect(sent).toEqual(['POST', 't1'])
    meta.remove()
  })

  it('is ready once', async () => {
    const ready = vi.fn()
    document.body.addEventListener('taskflow-ready', ready)
    await live()
    await vi.waitFor(() => expect(ready).toHaveBeenCalledOnce())
    document.body.removeEventListener('taskflow-ready', ready)
  })
})

describe('actions', () => {
  async function openRun(n: number, attributes: Record<string, string> = {}) {
    history.replaceState(null, '', `#taskflow=/runs/${makeTask(n).task_id}`)
    return live({ 'url-sync': 'hash', ...attributes })
  }

  it('retry in the detail, and lead to the new run', async () => {
    const element = await openRun(3)
    const events: string[] = []
    element.addEventListener('taskflow-action', (event: TaskflowActionEvent) =>
      events.push(`${event.detail.action} ${event.detail.ids[0]?.slice(-1)}`),
    )
    element.addEventListener('taskflow-action-done', (event) => events.push(event.type))
    await userEvent.click(await waitForElement(element, '[data-action="retry"]'))
    const link = await waitForElement<HTMLAnchorElement>(element, '[data-queued]')
    expect(events).toEqual(['retry 3', 'taskflow-action-done'])
    expect(text(element, '.toast')).toContain('Queued as 0000000f')
    link.click()
    await vi.waitFor(() => expect(location.hash).toMatch(/\/runs\/0+-0+-7000-8000-0+f$/))
  })

  it('cancel a run, and show it cancelled at once', async () => {
    const element = await openRun(2)
    const cancel = await waitForElement(element, '[data-action="cancel"]')
    await userEvent.click(cancel)
    const dialog = await waitForElement(element, 'taskflow-run >>> dialog')
    expect(dialog.innerText).toContain('Cancel 00000002?')
    await userEvent.keyboard('{Escape}')
    await vi.waitFor(() => expect(find(element, 'taskflow-run >>> dialog')).toBeNull())
    expect(cancel.innerText).toBe('Cancel')
    expect(cancel.matches(':focus')).toBe(true)
    expect(handler.requests.filter((one) => one.startsWith('POST'))).toEqual([])
    await userEvent.keyboard('{Enter}')
    await waitForElement(element, 'taskflow-run >>> [data-confirm]:focus')
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(text(element, 'taskflow-run >>> .badge')).toBe('Cancelled'))
    expect(text(element, '.toast')).toContain('Cancelled 00000002')
  })

  it('say why they were refused, and a lost function stays off', async () => {
    handler.overrides.set(`POST /${makeTask(3).task_id}/retry`, () =>
      problem(409, 'unknown_function', 'No live instance registers charge_card.'),
    )
    const element = await openRun(3)
    await userEvent.click(await waitForElement(element, '[data-action="retry"]'))
    const banner = await waitForElement(element, 'taskflow-run >>> .banner')
    expect(banner.innerText).toContain('No live instance registers charge_card.')
    expect(find(element, '[data-action="retry"]')?.matches(':disabled')).toBe(true)
    expect(find(element, '.toast')?.getAttribute('role')).toBe('alert')
  })

  it('are left to the host when it prevents them', async () => {
    const element = await openRun(3)
    element.addEventListener('taskflow-action', (event) => event.preventDefault())
    await userEvent.click(await waitForElement(element, '[data-action="retry"]'))
    await vi.waitFor(() => expect(text(element, '[data-action="retry"]')).toBe('Retry'))
    expect(handler.requests.filter((request) => request.startsWith('POST'))).toEqual([])
  })

  it.each([
    ['without the right', () => handler.rights.splice(1), {}],
    ['with readonly', () => {}, { readonly: '' }],
  ])('are not offered %s', async (_, prepare, attributes) => {
    prepare()
    const element = await openRun(3, attributes)
    await waitForElement(element, 'taskflow-run >>> h2')
    expect(find(element, '[data-action]')).toBeNull()
  })
})

describe('the palette', () => {
  it('leads to pages, tasks and runs by Ctrl K, from inside a field too', async () => {
    const element = await live()
    const open = async () => {
      const key = new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true })
      element.dispatchEvent(key)
      return waitForElement<HTMLInputElement>(element, 'taskflow-dialogs >>> [role="combobox"]')
    }
    const places: string[] = []
    element.addEventListener('taskflow-navigate', ({ detail: { route } }) =>
      places.push(route.runId ?? route.item ?? route.page),
    )
    const options = () => findAll(element, '[role="option"]').map((one) => one.innerText)
    await open()
    await userEvent.keyboard('sched')
    await vi.waitFor(() => expect(options()).toHaveLength(1))
    await userEvent.keyboard('{Enter}')
    expect(places).toEqual(['schedules'])

    await open()
    await userEvent.keyboard('charge')
    await vi.waitFor(() => expect(options().some((one) => one.includes('00000003'))).toBe(true))
    await userEvent.keyboard('{ArrowUp}{Enter}')
    await vi.waitFor(() => expect(places).toHaveLength(2))

    await open()
    await userEvent.keyboard('nothing of that name')
    await vi.waitFor(() => expect(textOf(element)).toContain('Nothing is called that.'))
    await userEvent.keyboard('{Escape}')
    await vi.waitFor(() => expect(find(element, 'taskflow-dialogs >>> dialog')).toBeNull())
  })
})
