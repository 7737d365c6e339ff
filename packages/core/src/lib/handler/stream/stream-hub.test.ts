import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FunctionJson, InstanceJson } from '../../client/wire.ts'
import type { TaskStorage } from '../../storage/contract.ts'
import { endless, quick, testApp } from '../test-app.ts'
import { type StreamEvent, StreamReader } from './test-stream-reader.ts'

let app: Awaited<ReturnType<typeof testApp>>
let memoryTurn: TaskStorage['turn']
const readers: StreamReader[] = []
beforeEach(async () => {
  app = await testApp()
  memoryTurn = app.manager.storage.turn.bind(app.manager.storage)
})
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()))
  await app.stop()
})

async function open(query = '?deltas=1&logs=0', headers: Record<string, string> = {}) {
  const response = await app.call('GET', `/dashboard/stream${query}`, { headers })
  expect(response.status).toBe(200)
  return reading(response)
}

function reading(response: Response) {
  const reader = new StreamReader(response)
  readers.push(reader)
  return reader
}

/** A stream whose hub knows what instances and functions there are: the first look only takes note. */
async function watching() {
  const looked = vi.spyOn(app.manager, 'pausedFunctions')
  const stream = await open()
  await stream.next('state')
  await vi.waitFor(() => expect(looked).toHaveBeenCalled(), { timeout: 20_000 })
  await looked.mock.results[0]?.value
  return stream
}

describe('a stream of changes', () => {
  it('begins with hello and the state, then sends each change with a growing rev', async () => {
    const before = await app.manager.enqueue(quick, {})
    await app.until(before.taskId, 'success')
    const stream = await open()
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(stream.headers.get('cache-control')).toContain('no-transform')
    expect(await stream.next()).toMatchObject({
      event: 'hello',
      data: { protocol: 1, resumed: false, instance: app.manager.instanceId },
    })
    expect(await stream.next()).toMatchObject({
      event: 'state',
      data: { tasks: [{ task_id: before.taskId }], metrics: { total: 1 } },
    })
    const { taskId } = await app.manager.enqueue(endless)
    const first = await stream.next('task')
    expect(first).toMatchObject({ data: { task_id: taskId, status: 'running' } })
    expect(first?.data).not.toHaveProperty('logs')
    await app.manager.cancel(taskId)
    let last = first
    while ((last?.data as { status: string } | undefined)?.status !== 'cancelled') {
      const next = await stream.next('task')
      const rev = (event: StreamEvent | undefined) =>
        (event?.data as { rev: number } | undefined)?.rev ?? 0
      expect(rev(next)).toBeGreaterThan(rev(last))
      last = next
    }
    expect(await stream.next('metrics')).toMatchObject({ data: { cancelled: 1 } })
  })

  it('looks by one reader, though its only watcher left and came back while it looked', async () => {
    const changes = app.manager.storage.changes ?? expect.fail('memory has changes')
    const since = changes.since.bind(changes)
    const waiting: (() => void)[] = []
    const spy = vi.spyOn(changes, 'since').mockImplementation(async (input) => {
      await new Promise<void>((resolve) => waiting.push(resolve))
      return since(input)
    })
    const first = await open()
    await first.next('state')
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    await first.close()
    const second = await open()
    await second.next('state')
    await vi.waitFor(() => expect(waiting).toHaveLength(2))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    for (const answer of waiting.splice(0)) answer()
    await vi.advanceTimersByTimeAsync(1_000)
    vi.useRealTimers()
    expect(waiting).toHaveLength(1)
    for (const answer of waiting.splice(0)) answer()
    spy.mockRestore()
  })

  it('goes on after a break without loss, from its last id', async () => {
    const stream = await open()
    await stream.next('state')
    const seen = await app.manager.enqueue(quick, {})
    await stream.next('task')
    await stream.close()
    const missed = await app.manager.enqueue(quick, {})
    for (const { taskId } of [seen, missed]) await app.until(taskId, 'success')
    const again = await open(undefined, { 'last-event-id': stream.lastId ?? '' })
    expect(await again.next()).toMatchObject({ event: 'hello', data: { resumed: true } })
    const ids = new Set<string>()
    while (!ids.has(missed.taskId)) {
      ids.add(((await again.next('task'))?.data as { task_id: string } | undefined)?.task_id ?? '')
    }
    expect([seen.taskId, missed.taskId]).toEqual(expect.arrayContaining([...ids]))
    // Though nothing changes any more.
    expect(await again.next('metrics')).toMatchObject({ data: { success: 2 } })
  })

  it('begins anew after a break in which little changed, and then much at once', async () => {
    const stream = await open()
    await stream.next('state')
    const later = { delayMs: 3_600_000 }
    await app.manager.enqueue(quick, {}, later)
    await stream.next('task')
    await stream.close()
    await app.manager.enqueue(quick, {}, later)
    await app.manager.enqueueMany(
      quick,
      Array.from({ length: 101 }, () => ({ payload: {}, options: later })),
    )
    const again = await open(undefined, { 'last-event-id': stream.lastId ?? '' })
    expect(await again.next()).toMatchObject({ event: 'hello', data: { resumed: false } })
    expect(await again.next('state')).toMatchObject({ data: { metrics: { total: 103 } } })
  })

  it('goes on after a break of several changes, with all of them', async () => {
    const stream = await open()
    await stream.next('state')
    const later = { payload: {}, options: { delayMs: 3_600_000 } }
    await app.manager.enqueueMany(quick, [later])
    await stream.next('task')
    await stream.close()
    await app.manager.enqueueMany(quick, [later, later])
    const refs = await app.manager.enqueueMany(quick, Array<typeof later>(60).fill(later))
    const again = await open(undefined, { 'last-event-id': stream.lastId ?? '' })
    expect(await again.next()).toMatchObject({ data: { resumed: true } })
    const told = new Set<string>()
    while (told.size < 62) {
      told.add(((await again.next('task'))?.data as { task_id: string } | undefined)?.task_id ?? '')
    }
    expect([...told]).toEqual(expect.arrayContaining(refs.map(({ taskId }) => taskId)))
  })

  it('gives its position only with the last of what changed together', async () => {
    const stream = await open()
    await stream.next('state')
    await app.manager.enqueueMany(
      quick,
      Array.from({ length: 3 }, () => ({ payload: {}, options: { delayMs: 60_000 } })),
    )
    const ids = [await stream.next('task'), await stream.next('task'), await stream.next('task')]
    expect(ids.map((event) => event?.id !== undefined)).toEqual([false, false, true])
  })

  it('loses nothing when the storage fails to read what changed', async () => {
    const stream = await open()
    await stream.next('state')
    vi.spyOn(app.manager.storage, 'list').mockRejectedValueOnce(new Error('down'))
    const { taskId } = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    expect(await stream.next('task')).toMatchObject({ data: { task_id: taskId } })
  })

  it("goes on from a list's position", async () => {
    const { headers } = await app.json('GET')
    const { taskId } = await app.manager.enqueue(quick, {})
    const stream = await open(undefined, {
      'last-event-id': headers.get('x-taskflow-cursor') ?? '',
    })
    expect(await stream.next()).toMatchObject({ data: { resumed: true } })
    expect(await stream.next('task')).toMatchObject({ data: { task_id: taskId } })
  })

  it.each(['nonsense', 'abcd1234.5', '', 'x'.repeat(5000)])(
    'starts anew from a position it does not know: %s',
    async (id) => {
      const stream = await open(undefined, { 'last-event-id': id })
      expect(await stream.next()).toMatchObject({ event: 'hello', data: { resumed: false } })
      expect(await stream.next()).toMatchObject({ event: 'state' })
    },
  )

  it('says which tasks were deleted', async () => {
    const { taskId } = await app.manager.enqueue(quick, {})
    await app.until(taskId, 'success')
    const stream = await open()
    await stream.next('state')
    await app.manager.storage.prune({ endedBefore: Date.now() + 1000, limit: 10 })
    expect(await stream.next('removed')).toMatchObject({ data: { task_ids: [taskId] } })
  })

  it('asks to read again when too much changed at once', async () => {
    const stream = await open()
    await stream.next('state')
    await app.manager.enqueueMany(
      quick,
      Array.from({ length: 500 }, () => ({ payload: {} })),
    )
    expect(await stream.next('resync')).toBeDefined()
  })

  it('tells when a function is paused and resumed', async () => {
    const stream = await watching()
    await app.json('POST', '/functions/quick/pause')
    const paused = (event: StreamEvent | undefined) =>
      ((event?.data ?? []) as FunctionJson[])
        .filter((each) => each.paused)
        .map(({ func_name }) => func_name)
    expect(paused(await stream.next('functions'))).toEqual(['quick'])
    await app.json('POST', '/functions/quick/resume')
    expect(paused(await stream.next('functions'))).toEqual([])
  })

  it('tells when another instance comes and goes, and what it can run', async () => {
    const stream = await watching()
    const beat = (number: number, leaving: boolean) =>
      app.manager.storage.beat({
        instance: { instanceId: 'other', host: 'h', pid: 7, version: '1', functions: [] },
        beat: number,
        leaseMs: 60_000,
        running: 0,
        state: 'running',
        leaving,
      })
    const ids = (event: StreamEvent | undefined) =>
      ((event?.data ?? []) as InstanceJson[]).map(({ instance_id }) => instance_id)
    await beat(0, false)
    expect(ids(await stream.next('instances'))).toEqual(
      expect.arrayContaining(['other', app.manager.instanceId]),
    )
    await beat(1, true)
    expect(ids(await stream.next('instances'))).toEqual([app.manager.instanceId])
  })

  it('sends only what the filter asks for', async () => {
    const stream = await open('?deltas=1&func_name=endless')
    await stream.next('state')
    await app.manager.enqueue(quick, {})
    const { taskId } = await app.manager.enqueue(endless)
    expect(await stream.next('task')).toMatchObject({ data: { task_id: taskId } })
  })

  it('follows the log of one task', async () => {
    const { taskId } = await app.manager.enqueue(endless, undefined, { delayMs: 60_000 })
    const stream = await open(`?deltas=1&task_id=${taskId}`)
    await stream.next('state')
    await app.manager.runNow(taskId)
    expect(await stream.next('log')).toMatchObject({
      data: { task_id: taskId, n: 1, text: 'started', attempt: 0 },
    })
  })

  it('follows a log that grows by thousands of lines at once', async () => {
    const { taskId } = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    const stream = await open(`?deltas=1&task_id=${taskId}`)
    await stream.next('state')
    const { logs } = app.manager.storage
    vi.spyOn(app.manager.storage, 'turn').mockImplementationOnce(async (input) => {
      const entry = { at: 0, stream: 'log', level: 'info', attempt: 0 } as const
      const entries = Array.from({ length: 1_200 }, (_, n) => ({ ...entry, text: `${n}` }))
      const turn = await memoryTurn(input)
      const fence = turn.claimed[0]?.fence ?? 0
      const batches = [{ taskId, fence, entries }]
      await logs?.append({ instanceId: input.instanceId, batches })
      return turn
    })
    await app.manager.runNow(taskId)
    let last = 0
    while (last < 1_200) {
      last = ((await stream.next('log'))?.data as { n: number } | undefined)?.n ?? 1_201
    }
    expect(last).toBe(1_200)
  })

  it('says goodbye when the app stops', async () => {
    const stream = await open()
    await stream.next('state')
    await app.stop()
    expect(await stream.next('bye')).toMatchObject({ data: { reason: 'shutdown' } })
    expect(await stream.next()).toBeUndefined()
  })

  it('is refused when the app stops while it opens', async () => {
    const { changes } = app.manager.storage
    if (!changes) throw new Error('memory has a feed')
    vi.spyOn(changes, 'head').mockImplementationOnce(async () => {
      await app.stop()
      return 'abcd1234.0'
    })
    expect((await app.call('GET', '/dashboard/stream')).status).toBe(503)
  })

  it('loses nothing when another one opens at the same time', async () => {
    const { changes } = app.manager.storage
    if (!changes) throw new Error('memory has a feed')
    const head = changes.head.bind(changes)
    let late = () => {}
    vi.spyOn(changes, 'head')
      .mockImplementationOnce(head)
      .mockImplementationOnce(async () => {
        await new Promise<void>((resolve) => {
          late = resolve
        })
        return head()
      })
    const first = open()
    const second = open()
    const stream = await first
    await stream.next('state')
    const { taskId } = await app.manager.enqueue(quick, {}, { delayMs: 60_000 })
    late()
    await second
    expect(await stream.next('task')).toMatchObject({ data: { task_id: taskId } })
  })

  it('tells of an outage and of its end', async () => {
    const stream = await open()
    await stream.next('state')
    const { changes } = app.manager.storage
    if (!changes) throw new Error('memory has a feed')
    const since = changes.since.bind(changes)
    changes.since = () => Promise.reject(new Error('down'))
    expect(await stream.next('health')).toMatchObject({ data: { status: 'unavailable' } })
    changes.since = since
    expect(await stream.next('health')).toMatchObject({ data: { status: 'ok' } })
  })

  it('never waits for a reader who does not read, and tells it to read again', async () => {
    const response = await app.call('GET', '/dashboard/stream?deltas=1&logs=0')
    const fast = await open()
    await fast.next('state')
    for (let round = 0; round < 8; round++) {
      const refs = await app.manager.enqueueMany(
        quick,
        Array.from({ length: 90 }, () => ({
          payload: {},
          options: {
            tags: { pad: 'x'.repeat(200), more: 'y'.repeat(200), still: 'z'.repeat(200) },
          },
        })),
      )
      const last = refs.at(-1)?.taskId
      for (;;) {
        const event = await fast.next()
        if (event?.event === 'resync') break
        if ((event?.data as { task_id?: string } | undefined)?.task_id === last) break
      }
    }
    const slow = reading(response)
    expect(await slow.next('resync')).toBeDefined()
  })
})

describe('a plain stream', () => {
  it('sends the whole state on connect and after changes', async () => {
    const stream = await open('')
    expect(await stream.next()).toMatchObject({ event: 'state', data: { tasks: [] } })
    const { taskId } = await app.manager.enqueue(quick, {})
    expect(await stream.next()).toMatchObject({
      event: 'state',
      data: { tasks: [{ task_id: taskId, logs: expect.any(Array) }], metrics: { total: 1 } },
    })
  })
})
