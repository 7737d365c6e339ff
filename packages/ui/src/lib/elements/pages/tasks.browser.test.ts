// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { FakeHandler, problem } from '../../testing/fake-handler.ts'
import { find, findAll, textOf, unmountAll, waitForElement } from '../../testing/mount.ts'
import { makeFunction } from '../../testing/page-records.ts'
import { answer, openPage, soon } from '../../testing/page-test.ts'
import { makeTask } from '../../testing/records.ts'

const numbers = { ...makeFunction('x').analytics, total: 40, success: 38, failed: 2 }
const sendMail = makeFunction('send_email', {
  group: 'mail',
  priority: 5,
  executor: 'thread',
  requeue_on_interrupt: true,
  analytics: { ...numbers, success_rate: 0.95, p95_duration_seconds: 2.61 },
  schema: {
    type: 'object',
    properties: { to: { type: 'string', minLength: 3 } },
    required: ['to'],
    additionalProperties: false,
  },
})

let handler: FakeHandler

beforeEach(() => {
  handler = new FakeHandler()
  handler.rights = ['read', 'run', 'retry', 'cancel', 'pause']
  handler.tasks = [
    makeTask(2, { status: 'failed', phase: 'failed', error: 'SmtpError: no' }),
    makeTask(1),
  ]
  answer(handler, 'GET /functions', [sendMail, makeFunction('sync', { retries: 0 })])
})

afterEach(unmountAll)

const row = (element: Element, name: string) => waitForElement(element, `tr[data-task="${name}"]`)

describe('tasks', () => {
  it('F1, F5 shows tasks by group, those without one last', async () => {
    const element = await openPage(handler, '/tasks')
    await row(element, 'sync')
    const heads = findAll(element, 'tr.group th').map((one) => one.innerText.replace(/\s+/g, ' '))
    expect(heads).toEqual(['mail 1', 'No group 1'])
  })

  it('F1, F2 shows settings, the last runs, the success rate and p95', async () => {
    const element = await openPage(handler, '/tasks')
    const mail = await row(element, 'send_email')
    expect(mail.innerText).toContain('95 %')
    expect(mail.innerText).toContain('2.61s')
    for (const pill of [
      '4 attempts',
      'exponential',
      'priority 5',
      'thread',
      'requeued on interrupt',
    ]) {
      expect(mail.innerText).toContain(pill)
    }
    expect((await row(element, 'sync')).innerText).toContain('no retries')
    await soon(() =>
      expect(find(mail, '.strip')?.getAttribute('aria-label')).toBe(
        'Last 2 runs: 1 succeeded, 1 failed',
      ),
    )
  })

  it('keeps what comes after a name of any length within the page', async () => {
    const name = 'x'.repeat(200)
    answer(handler, 'GET /functions', [makeFunction(name, { group: 'y'.repeat(200) })])
    const element = await openPage(handler, '/tasks')
    const long = await row(element, name)
    const end = () => find(long, '.actions')?.getBoundingClientRect().right ?? 0
    expect(find(long, 'a.named')?.title).toBe(name)
    expect(end()).toBeLessThan(1440)
    await page.viewport(360, 800)
    await soon(() => expect(end()).toBeLessThan(360))
  })

  it('F1 shows new runs in the strip as they come', async () => {
    const element = await openPage(handler, '/tasks')
    const mail = await row(element, 'send_email')
    await soon(() => expect(findAll(mail, '.strip rect')).toHaveLength(2))
    await soon(() => expect(handler.streams).toHaveLength(1))
    handler.push('task', makeTask(3, { status: 'running', phase: 'running' }))
    await soon(() => expect(findAll(mail, '.strip rect')).toHaveLength(3))
  })

  it('C16 pauses and resumes a task, and says so', async () => {
    const element = await openPage(handler, '/tasks')
    const mail = await row(element, 'send_email')
    answer(handler, 'POST /functions/send_email/pause', { func_name: 'send_email', paused: true })
    answer(handler, 'GET /functions', [{ ...sendMail, paused: true }])
    find(mail, '[aria-label="Pause send_email"]')?.click()
    await waitForElement(element, '[aria-label="Resume send_email"]')
    expect(handler.requests).toContain('POST /functions/send_email/pause')
    await soon(() => expect(textOf(element)).toContain('Paused send_email'))
  })

  it('says that a pause was refused', async () => {
    const element = await openPage(handler, '/tasks')
    const mail = await row(element, 'send_email')
    handler.overrides.set('POST /functions/send_email/pause', () =>
      problem(503, 'unavailable', 'The storage cannot be reached.'),
    )
    find(mail, '[aria-label="Pause send_email"]')?.click()
    await soon(() => expect(textOf(element)).toContain('The storage cannot be reached.'))
    expect(textOf(element)).toContain('Pause was refused')
  })

  it('offers no action to those who may only look, nor where it is read-only', async () => {
    handler.rights = ['read']
    const element = await openPage(handler, '/tasks')
    await row(element, 'send_email')
    expect(findAll(element, 'taskflow-tasks >>> .actions button')).toHaveLength(0)
    await unmountAll()
    handler.rights = ['read', 'run', 'pause']
    const quiet = await openPage(handler, '/tasks', { readonly: '' })
    await row(quiet, 'send_email')
    expect(findAll(quiet, 'taskflow-tasks >>> .actions button')).toHaveLength(0)
  })

  it('narrows to what is typed, keeps that in the address, and clears it', async () => {
    const element = await openPage(handler, '/tasks')
    await row(element, 'sync')
    await userEvent.fill(await waitForElement(element, '[data-search]'), 'nothing like it')
    const empty = await waitForElement(element, '.empty')
    expect(empty.innerText).toContain('No task matches')
    expect(location.hash).toContain('search=nothing')
    find(empty, 'button')?.click()
    await row(element, 'sync')
  })

  it('says why tasks cannot be read, and tries again', async () => {
    handler.overrides.set('GET /functions', () => problem(503, 'unavailable', 'No storage.'))
    const element = await openPage(handler, '/tasks')
    const empty = await waitForElement(element, 'taskflow-tasks >>> .empty')
    expect(empty.innerText).toContain('No storage.')
    answer(handler, 'GET /functions', [sendMail])
    find(empty, 'button')?.click()
    await row(element, 'send_email')
  })
})

describe('one task', () => {
  it('F2 shows all settings, its schema, its numbers and its runs', async () => {
    const element = await openPage(handler, '/tasks/send_email')
    const facts = await waitForElement(element, 'taskflow-task >>> dl.facts')
    expect(facts.innerText).toContain('4: one and 3 retries')
    expect(facts.innerText).toContain('queued again at the next start')
    expect(textOf(element)).toContain('"minLength": 3')
    await soon(() => expect(textOf(element)).toContain('SmtpError: no'))
    expect(find(element, '.crumbs a')?.innerText).toBe('Tasks')
  })

  it('says that no live instance has it, and still shows its runs', async () => {
    handler.tasks = [makeTask(1, { func_name: 'gone' })]
    const element = await openPage(handler, '/tasks/gone')
    await soon(() => expect(textOf(element)).toContain('No live instance has this task'))
    await soon(() => expect(findAll(element, 'taskflow-task >>> tr.row')).toHaveLength(1))
  })

  it('checks an ad hoc run by the schema, shows what the server refuses, and starts it once', async () => {
    const element = await openPage(handler, '/tasks/send_email')
    const start = await waitForElement(element, 'taskflow-task >>> .tools .primary')
    start.click()
    const field = await waitForElement<HTMLTextAreaElement>(element, 'dialog textarea')
    expect(JSON.parse(field.value)).toEqual({ to: '' })
    await userEvent.fill(field, '{ "to": ')
    await soon(() => expect(find(element, '[data-problem]')?.innerText).toContain('at line 1'))
    await userEvent.fill(field, '{ "to": "x", "cc": 1 }')
    await soon(() =>
      expect(findAll(element, '.issues li').map((one) => one.innerText)).toEqual([
        'to expected at least 3 characters',
        'cc is not known',
      ]),
    )
    await userEvent.fill(field, '{ "to": "ada@example.com" }')
    const refusal = {
      type: 'about:blank',
      title: 'Invalid',
      status: 422,
      code: 'invalid_payload',
      detail: 'The payload was refused.',
      issues: [{ path: ['to'], message: 'is on the list of the unsubscribed' }],
    }
    handler.overrides.set('POST /', () => Response.json(refusal, { status: 422 }))
    find(element, '[data-confirm]')?.click()
    await soon(() =>
      expect(find(element, '.issues')?.innerText).toBe('to is on the list of the unsubscribed'),
    )
    const fresh = makeTask(9, { source: 'adhoc' })
    answer(handler, 'POST /', { task_id: fresh.task_id, task: fresh })
    find(element, '[data-confirm]')?.click()
    await soon(() => expect(textOf(element)).toContain('Queued as 00000009'))
    expect(find(element, 'dialog')).toBeNull()
  })
})
