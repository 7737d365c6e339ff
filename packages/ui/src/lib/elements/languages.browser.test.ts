// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { loadGerman } from '../messages/de/german.ts'
import { registerLanguage } from '../messages/language.ts'
import { FakeHandler } from '../testing/fake-handler.ts'
import { find, findAll, textOf, unmountAll } from '../testing/mount.ts'
import { makeBucket, makeFunction, makeInstance, makeSchedule } from '../testing/page-records.ts'
import { answer, openPage, soon } from '../testing/page-test.ts'
import { makeMetrics, makeTask } from '../testing/records.ts'

/** Texts between these marks were translated. */
const [OPEN, CLOSE] = ['⟦', '⟧']
/** What the test's records hold, and what is written alike in every language. */
const DATA =
  /send_?email|sendEmail|charge_card|CardError|declined|nightly|mailing|web-1|Europe\/Berlin|Every 15 minutes|memory|async|UTC|host:17|Tasks of the test|Ada|await tasks\.enqueue\(.*\)|userId|English|Deutsch|Esperanto|Pseudo-Accents|\bago\b|\bin\b|There is no such task\.|Ctrl|p95|cron|interval|date|any|shutdown|info|warn|error|debug|stdout|stderr|log\b|kbd|Esc|Space|Enter|Shift|read, .*|GMT[+\d]*|retry|Tasks|\d+(?:ms|s|m|h|d)\b/g

let handler: FakeHandler

beforeEach(() => {
  handler = new FakeHandler()
  handler.user = { id: 'ada', name: 'Ada' }
  handler.rights = ['read', 'run', 'retry', 'cancel', 'pause', 'delete', 'audit']
  handler.tasks = [
    makeTask(3, {
      func_name: 'charge_card',
      group: 'mailing',
      status: 'failed',
      phase: 'failed',
      error: 'CardError: declined',
      log_count: 2,
    }),
    makeTask(2, { status: 'running', phase: 'running', end_time: null, duration: null }),
    makeTask(1),
  ]
  handler.metrics = makeMetrics({ total: 3, failed: 1, running: 1, success: 1, success_rate: 0.5 })
  handler.overview.instances = [makeInstance('web-1')]
  answer(handler, 'GET /functions', [
    makeFunction('send_email'),
    makeFunction('charge_card', { group: 'mailing', paused: true }),
  ])
  answer(handler, 'GET /schedules', [makeSchedule('nightly')])
  answer(handler, 'GET /series', [makeBucket(1, { success: 2, failed: 1 })])
  answer(handler, 'GET /audit', [])
  answer(handler, 'GET /logs', [])
  const name = (func_name: string) => ({ ...makeMetrics(), func_name, registered: true })
  answer(handler, 'GET /graph', {
    nodes: [name('send_email'), name('charge_card')],
    edges: [{ from: 'send_email', to: 'charge_card' }],
  })
  registerLanguage('en-XA', async () => {
    const german = Object.keys(await loadGerman())
    const marked = (key: string) => key.replace(/[^|]+/g, (form) => `${OPEN}${form}${CLOSE}`)
    return Object.fromEntries(german.map((key) => [key, marked(key)]))
  })
})

afterEach(async () => {
  document.documentElement.lang = 'en'
  document.documentElement.dir = ''
  await unmountAll()
})

/** Texts, labels and titles that hold a word outside of the marks. */
function untranslated(root: Element): string[] {
  const found: string[] = []
  const look = (text: string | null) => {
    let left = text ?? ''
    // Texts may be named in texts: from the inside out.
    for (let before = ''; before !== left; ) {
      before = left
      left = left.replace(/⟦[^⟦⟧]*⟧/g, '')
    }
    if (/\p{L}{2}/u.test(left.replace(DATA, ''))) found.push((text ?? '').trim())
  }
  const walk = (node: Node) => {
    if (node instanceof HTMLStyleElement) return
    if (node instanceof Text) {
      if (!node.parentElement?.closest('.mono, code, kbd, .kbd')) look(node.data)
    }
    if (node instanceof Element) {
      for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext']) {
        look(node.getAttribute(name))
      }
      for (const child of node.shadowRoot?.childNodes ?? []) walk(child)
    }
    for (const child of node.childNodes) walk(child)
  }
  for (const child of root.shadowRoot?.childNodes ?? []) walk(child)
  return [...new Set(found)]
}

const run = makeTask(3).task_id
const PLACES = {
  '/': '.recent li',
  '/runs': 'tbody tr',
  [`/runs/${run}`]: 'taskflow-run h2',
  [`/runs/${run}?view=page`]: 'taskflow-run dl',
  [`/runs/${run}?tab=related`]: 'taskflow-run-parts p',
  '/tasks': 'taskflow-tasks tr.row',
  '/tasks/send_email': 'taskflow-task dl',
  '/graph': 'taskflow-graph .node',
  '/schedules': 'taskflow-schedules tr.row',
  '/dead-letters': 'taskflow-dead-letters .group',
  '/logs': 'taskflow-recent-logs .empty',
  '/audit': 'taskflow-audit .empty',
  '/instances': 'taskflow-instances tr.row',
  '/settings': 'taskflow-settings dl',
  '/nowhere': '.empty',
}

describe('languages', () => {
  it.each(Object.entries(PLACES))('leave nothing in English on %s', async (place, there) => {
    const element = await openPage(handler, place, { locale: 'en-XA' })
    const [tag = '', ...inner] = there.split(' ')
    const selector = tag.startsWith('taskflow-') ? `${tag} >>> ${inner.join(' ')}` : tag
    await soon(() => expect(findAll(element, selector).length).toBeGreaterThan(0))
    await soon(() => expect(untranslated(element)).toEqual([]))
  })

  it('follow the locale, and the lang of the page without one', async () => {
    document.documentElement.lang = 'de'
    const element = await openPage(handler, '/runs')
    await soon(() => expect(textOf(element)).toContain('Alle Aufgaben'))
    element.locale = 'en'
    await soon(() => expect(textOf(element)).toContain('All tasks'))
    expect(element.lang).toBe('en')
    element.locale = ''
    await soon(() => expect(textOf(element)).toContain('Alle Aufgaben'))
    document.documentElement.lang = 'fr'
    await soon(() => expect(textOf(element)).toContain('All tasks'))
  })

  it('are chosen in the settings, and remembered', async () => {
    const element = await openPage(handler, '/settings')
    const language = await soon(() => {
      const found = findAll<HTMLSelectElement>(element, 'taskflow-settings >>> select').find(
        (one) => one.getAttribute('aria-label') === 'Language',
      )
      if (!found) throw new Error('no choice of language')
      return found
    })
    language.value = 'de'
    language.dispatchEvent(new Event('change', { bubbles: true }))
    await soon(() => expect(textOf(element)).toContain('Einstellungen'))
    element.remove()
    const again = await openPage(handler, '/settings')
    await soon(() => expect(textOf(again)).toContain('Einstellungen'))
  })

  it.each([1440, 390])(
    'read from right to left without a page that scrolls, at %s px',
    async (width) => {
      document.documentElement.dir = 'rtl'
      const element = await openPage(handler, `/runs/${run}`)
      await page.viewport(width, 900)
      await soon(() => expect(find(element, 'taskflow-run >>> h2')).not.toBeNull())
      const left = (selector: string) => find(element, selector)?.getBoundingClientRect().left ?? 0
      expect(left('.brand')).toBeGreaterThan(left('.button.pause'))
      if (width > 1400) expect(left('section.list')).toBeGreaterThan(left('aside.pane'))
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(innerWidth)
    },
  )

  it.each([
    ['/runs', 'td'],
    [`/runs/${makeTask(1).task_id}?view=page`, '.took'],
    [`/runs/${makeTask(1).task_id}?view=page`, '.numbers b'],
    [`/runs/${makeTask(1).task_id}?view=page`, '.way'],
    [`/runs/${makeTask(1).task_id}?view=page&tab=attempts`, 'taskflow-waterfall >>> .took'],
    [`/runs/${makeTask(1).task_id}?view=page&tab=events`, '.gap'],
    ['/tasks/send_email', '.numbers .value'],
  ])('keeps a number before its unit from right to left, on %s in %s', async (path, within) => {
    document.documentElement.dir = 'rtl'
    const [from, to] = ['2026-07-29T12:00:00.000Z', '2026-07-29T12:00:00.096Z']
    const length = { start_time: from, end_time: to, duration: 0.096 }
    const task = makeTask(1, { status: 'success', phase: 'success', created_at: from, ...length })
    handler.tasks = [task]
    const analytics = {
      ...makeFunction('send_email').analytics,
      total: 1,
      avg_duration_seconds: 0.096,
    }
    const attempt = { attempt: 0, instance: 'a', stacktrace: null, error: null, late_outcome: null }
    handler.details.set(task.task_id, {
      attempts: [
        { ...attempt, claimed_at: from, started_at: from, ended_at: to, outcome: 'success' },
      ],
      lifecycle: [
        { step: 'accepted', at: from, attempt: null, instance: null, detail: null },
        { step: 'running', at: to, attempt: 0, instance: 'a', detail: null },
        { step: 'success', at: to, attempt: 0, instance: 'a', detail: null },
      ],
      analytics,
    })
    answer(handler, 'GET /functions', [{ ...makeFunction('send_email'), analytics }])
    const element = await openPage(handler, path)
    const text = await soon(() => {
      const texts = findAll(element, within).flatMap((part) => {
        const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
        const found: Text[] = []
        while (walker.nextNode()) found.push(walker.currentNode as Text)
        return found
      })
      const found = texts.find(({ data }) => /^96\sms$/.test(data))
      if (!found) throw new Error('no length of time')
      return found
    })
    const left = (start: number) => {
      const range = document.createRange()
      range.setStart(text, start)
      range.setEnd(text, start + 1)
      return range.getBoundingClientRect().left
    }
    expect(left(0)).toBeLessThan(left(3))
  })
})
