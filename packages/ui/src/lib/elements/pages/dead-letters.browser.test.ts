// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import { FakeHandler, problem } from '../../testing/fake-handler.ts'
import { find, findAll, textOf, unmountAll, waitForElement } from '../../testing/mount.ts'
import { answer, openPage, soon } from '../../testing/page-test.ts'
import { makeMetrics, makeTask } from '../../testing/records.ts'

const failed = (n: number, error: string, func = 'charge_card') =>
  makeTask(n, { status: 'failed', phase: 'failed', func_name: func, error })

let handler: FakeHandler

beforeEach(() => {
  handler = new FakeHandler()
  handler.metrics = makeMetrics({ total: 5, failed: 4 })
  handler.tasks = [
    failed(5, 'HttpError: 502 from <b>host</b>', 'webhook'),
    failed(4, 'StripeError: timeout after 4200 ms for 10.0.0.7'),
    failed(3, 'StripeError: timeout after 17 ms for 10.0.0.9'),
    failed(2, 'StripeError: timeout after 900 ms for 10.0.0.1'),
    makeTask(1),
  ]
})

afterEach(unmountAll)

const groups = (element: Element) => findAll(element, '[data-group]')

describe('dead letters', () => {
  it('H1 shows failed runs by error, the largest group first, with their count in red in the bar', async () => {
    const element = await openPage(handler, '/dead-letters')
    await soon(() => expect(groups(element)).toHaveLength(2))
    const [first, second] = groups(element).map((one) => one.innerText.replace(/\s+/g, ' '))
    expect(first).toMatch(/^3 StripeError timeout after <n> ms for <ip> charge_card/)
    // What failed may hold markup: it is shown, not made.
    expect(second).toContain('502 from <b>host</b>'.replace('502', '<n>'))
    expect(find(element, 'nav .count.alarm')?.innerText).toBe('4')
    find(groups(element)[0] ?? element, '.toggle')?.click()
    await soon(() => expect(findAll(element, '.inner tr.row')).toHaveLength(3))
  })

  it('H1 tells the same error from two places apart, and where it comes from', async () => {
    const at = (n: number, error_frame: string) => ({
      ...failed(n, 'Error: not found'),
      error_frame,
    })
    handler.tasks = [
      at(3, 'charge (/app/src/charge.ts:48)'),
      at(2, 'charge (/app/src/charge.ts:48)'),
      at(1, '/app/src/mail.ts:9'),
    ]
    const element = await openPage(handler, '/dead-letters')
    await soon(() => expect(groups(element)).toHaveLength(2))
    const frames = groups(element).map((one) => find(one, '.frame'))
    expect(frames.map((frame) => frame?.innerText)).toEqual(['charge charge.ts:48', 'mail.ts:9'])
    expect(frames[0]?.title).toBe('charge (/app/src/charge.ts:48)')
  })

  it('H1 lists them newest first, too', async () => {
    const element = await openPage(handler, '/dead-letters?view=list')
    await soon(() => expect(findAll(element, 'taskflow-dead-letters >>> tr.row')).toHaveLength(4))
    expect(findAll(element, 'taskflow-dead-letters >>> tr.row')[0]?.innerText).toContain('webhook')
  })

  it('H2 retries a group in one request, after a question with its number', async () => {
    const element = await openPage(handler, '/dead-letters')
    await soon(() => expect(groups(element)).toHaveLength(2))
    handler.overrides.set('POST /bulk-retry', () =>
      Response.json({ dispatched: 2, skipped: 1, results: [{ reason: 'it was retried already' }] }),
    )
    const button = findAll(groups(element)[0] ?? element, 'button').find((one) =>
      one.innerText.includes('Retry 3 runs'),
    )
    button?.click()
    const confirm = await waitForElement(element, '[data-confirm]')
    expect(confirm.innerText).toBe('Retry 3 runs')
    confirm.click()
    await soon(() => expect(textOf(element)).toContain('2 runs queued'))
    expect(textOf(element)).toContain('1 skipped: it was retried already')
    expect(handler.requests.filter((request) => request.startsWith('POST'))).toEqual([
      'POST /bulk-retry',
    ])
  })

  it('H3 counts what a window holds, asks, replays it, and says how it went', async () => {
    const element = await openPage(handler, '/dead-letters?func=charge_card')
    await waitForElement(element, '[data-replay]')
    handler.overrides.set('POST /retry-failed', () =>
      Response.json({ dispatched: 41, skipped: 2, results: [] }),
    )
    await userEvent.selectOptions(await waitForElement(element, '.replay select'), '7d')
    find(element, '[data-replay]')?.click()
    const confirm = await waitForElement(element, '[data-confirm]')
    expect(confirm.innerText).toBe('Retry 41 runs')
    const sent = () => handler.requests.filter((request) => request.includes('retry-failed'))
    expect(sent()).toEqual(['POST /retry-failed?since=7d&func_name=charge_card&dry_run=true'])
    confirm.click()
    await soon(() => expect(textOf(element)).toContain('41 runs queued'))
    expect(sent()[1]).toBe('POST /retry-failed?since=7d&func_name=charge_card')
  })

  it('H3 says that a window holds nothing, and that a replay was refused', async () => {
    const element = await openPage(handler, '/dead-letters')
    const replay = await waitForElement(element, '[data-replay]')
    answer(handler, 'POST /retry-failed', { dispatched: 0, skipped: 0, results: [] })
    replay.click()
    await soon(() => expect(find(element, 'dialog')?.innerText).toContain('Nothing to replay'))
    find(element, '[data-confirm]')?.click()
    handler.overrides.set('POST /retry-failed', () => problem(403, 'forbidden', 'Not by you.'))
    await soon(() => expect(find(element, 'dialog')).toBeNull())
    find(element, '[data-replay]')?.click()
    await soon(() => expect(textOf(element)).toContain('Not by you.'))
  })

  it('offers no retry to those who may not', async () => {
    handler.rights = ['read']
    const element = await openPage(handler, '/dead-letters')
    await soon(() => expect(groups(element)).toHaveLength(2))
    expect(textOf(element)).not.toContain('Retry 3 runs')
    expect(find(element, '[data-replay]')).toBeNull()
  })

  it('is glad when there are none', async () => {
    handler.tasks = [makeTask(1)]
    const element = await openPage(handler, '/dead-letters')
    await soon(() => expect(textOf(element)).toContain('No dead letters'))
  })
})
