import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTask } from '@taskflow/core'
import {
  createClient,
  openStream,
  type StreamMessage,
  type StreamOptions,
  type TaskflowClient,
} from '@taskflow/core/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type App, startApp } from './support/app-server.ts'
import { eventually } from './support/eventually.ts'
import { everyStorage } from './support/storages.ts'

const HOUR = 3_600_000

const quick = defineTask({
  name: 'quick',
  run({ text = 'done' }: { text?: string }, { log }) {
    log(text)
  },
})
const patient = defineTask({
  name: 'patient',
  async run(_: undefined, { log, signal }) {
    log('begun')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    log('told to end')
    throw signal.reason
  },
})

describe.each(everyStorage('live'))('over HTTP on %s', (_, make) => {
  let folder: string
  let app: App
  let base: string
  let client: TaskflowClient
  const streams: { close(): void }[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'taskflow-live-'))
    app = await startApp([quick, patient], { manager: { storage: make(folder) } })
    base = `${app.origin}/tasks`
    client = createClient({ base })
  })
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close()
    await app.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Events as they come. */
  function follow(more: Partial<StreamOptions> = {}) {
    const seen: StreamMessage[] = []
    const stream = openStream({ base, ...more, onMessage: (message) => void seen.push(message) })
    streams.push(stream)
    const last = <Type extends StreamMessage['type']>(type: Type) =>
      seen.findLast((one) => one.type === type)?.data as
        | Extract<StreamMessage, { type: Type }>['data']
        | undefined
    /** Statuses of a task in the order of their events, each once. */
    const statuses = (taskId: string) => {
      const of = seen.flatMap((one) =>
        one.type === 'task' && one.data.task_id === taskId ? one.data.status : [],
      )
      return of.filter((status, n) => status !== of[n - 1])
    }
    return { stream, seen, last, statuses }
  }

  it('schedules are listed, run, paused, resumed and removed', async () => {
    const { manager } = app
    await manager.schedule(quick, { everyMs: HOUR }, { id: 'hourly', payload: { text: 'tick' } })
    await manager.schedule(quick, { at: Date.now() + HOUR }, { id: 'once', payload: {} })
    const cron = { cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin' }
    await manager.schedule(quick, cron, { id: 'mornings', payload: {}, tags: { a: 'b' } })
    const ids = async (query: Parameters<TaskflowClient['schedules']>[0]) =>
      (await client.schedules(query)).map(({ id }) => id)
    expect(await ids({})).toEqual(['hourly', 'mornings', 'once'])
    expect(await ids({ sort: 'next_run', trigger: ['interval', 'date'] })).toHaveLength(2)
    expect(await ids({ search: 'MORN' })).toEqual(['mornings'])
    expect(await client.schedule('mornings', { upcoming: 3 })).toMatchObject({
      trigger: 'cron',
      time_zone: 'Europe/Berlin',
      tags: { a: 'b' },
      state: 'scheduled',
      next_runs: [expect.any(String), expect.any(String), expect.any(String)],
    })

    const { task_id } = await client.runSchedule('hourly')
    await eventually(async () => (await client.get(task_id)).status).toBe('success')
    expect(await client.get(task_id)).toMatchObject({ source: 'manual', schedule_id: 'hourly' })
    expect((await client.list({ schedule_id: ['hourly'] })).tasks).toHaveLength(1)
    await eventually(async () => (await client.schedule('hourly')).last_status).toBe('success')
    expect(await client.schedule('hourly')).toMatchObject({ last_task_id: task_id })

    expect((await client.pauseSchedule('hourly')).state).toBe('paused')
    expect(await ids({ state: 'paused' })).toEqual(['hourly'])
    expect((await client.resumeSchedule('hourly')).state).toBe('scheduled')
    expect(
      await client.bulkSchedules({ ids: ['once', 'nobody', 'mornings'], action: 'pause' }),
    ).toMatchObject({ done: 2, skipped: 1 })
    expect((await client.overview()).schedules).toMatchObject({ scheduled: 1, paused: 2 })
    expect((await client.removeSchedule('once')).id).toBe('once')
    await expect(client.schedule('once')).rejects.toMatchObject({ status: 404 })
    expect((await client.audit()).entries.map(({ action }) => action)).toContain('remove')
  })

  it('the stream tells of tasks, logs, schedules and what is gone, and goes on after a gap', async () => {
    const all = follow()
    await eventually(() => all.last('state')?.tasks.length).toBe(0)
    const done = await client.run({ func_name: 'quick', payload: {} })
    await eventually(() => all.statuses(done.task_id).at(-1)).toBe('success')

    const one = await client.run({ func_name: 'patient' })
    const own = follow({ taskId: one.task_id })
    await eventually(() => all.statuses(one.task_id).at(-1)).toBe('running')
    await client.cancel(one.task_id)
    await eventually(() => all.statuses(one.task_id).at(-1)).toBe('cancelled')
    await eventually(() => own.last('log')?.text).toBe('told to end')
    const lines = own.seen.flatMap((event) => (event.type === 'log' ? event.data : []))
    expect(new Set(lines.map(({ task_id }) => task_id))).toEqual(new Set([one.task_id]))

    await client.pause('quick')
    const paused = () => all.last('functions')?.find((func) => func.func_name === 'quick')?.paused
    await eventually(paused).toBe(true)
    await client.resume('quick')
    await app.manager.schedule(quick, { everyMs: HOUR }, { id: 'hourly', payload: {} })
    await eventually(() => all.last('schedules')?.map(({ id }) => id)).toEqual(['hourly'])

    all.stream.close()
    const missed = await client.run({ func_name: 'quick', payload: {} })
    await eventually(async () => (await client.get(missed.task_id)).status).toBe('success')
    const again = follow({ lastEventId: all.stream.lastEventId })
    await eventually(() => again.statuses(missed.task_id).at(-1)).toBe('success')
    expect(again.last('hello')?.resumed).toBe(true)
    expect(again.last('state')).toBeUndefined()

    await app.manager.deleteHistory({ endedBefore: Date.now() + 60_000 })
    const gone = () =>
      again.seen.flatMap((event) => (event.type === 'removed' ? event.data.task_ids : []))
    await eventually(() => gone().toSorted()).toEqual(
      [done.task_id, one.task_id, missed.task_id].toSorted(),
    )
  })

  it('the stream as plainly asked for: a page and numbers on connect, and after a change', async () => {
    const response = await fetch(`${base}/dashboard/stream?func_name=quick`)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const counts = () =>
      [...text.matchAll(/^event: state\n(?:id: .*\n)?data: (.*)$/gm)].map(
        ([, data]) => JSON.parse(data ?? '').tasks.length,
      )
    const reading = (async () => {
      for (;;) {
        const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
        if (done) return
        text += value
      }
    })()
    await eventually(counts).toEqual([0])
    await client.run({ func_name: 'quick', payload: {} })
    await eventually(() => counts().at(-1)).toBe(1)
    await reader?.cancel()
    await reading
  })
})
