import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineTask, type TaskContext, TaskManager } from '@taskflow/core'
import { sqliteStorage } from '@taskflow/storage-sqlite'
import { afterAll, afterEach, describe, expect, inject, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import type { StorageChoice } from './support/instance.ts'
import { Instances } from './support/instances.ts'

const SECOND = 1_000
/** Instances that are killed, one after the other. */
const KILLS = 5
const BETWEEN_MS = 4_000

const storages: [name: string, count: number, choose: (folder: string) => StorageChoice][] = [
  [
    'two processes on one SQLite file',
    2,
    (folder) => ({ kind: 'sqlite', file: join(folder, 'tasks.db') }),
  ],
  [
    'three processes on Postgres',
    3,
    () => ({ kind: 'postgres', url: inject('postgresUrl'), schema: `schedules_${process.pid}` }),
  ],
]

const open: Instances[] = []
afterEach(() => Promise.all(open.splice(0).map((instances) => instances.close())))

describe.each(storages)('%s', (_, count, choose) => {
  it('one of them killed every few seconds: each second is one tick and one task', async () => {
    const instances = new Instances(choose)
    open.push(instances)
    const { manager } = instances
    await manager.open()
    const children = []
    for (let n = 0; n < count; n++) children.push(await instances.start(10, { everyMs: SECOND }))
    for (let n = 0; n < KILLS; n++) {
      await sleep(BETWEEN_MS)
      const victim = children.shift() ?? expect.fail('there is one')
      victim.kill('SIGKILL')
      await once(victim, 'exit')
      children.push(await instances.start(10, { everyMs: SECOND }))
    }
    const enough = (KILLS * BETWEEN_MS) / SECOND
    const ticksOf = async () =>
      (await manager.scheduleTicks('quick', { limit: 500 })).ticks.reverse()
    await eventually(async () => (await ticksOf()).length).toBeGreaterThan(enough)
    const ticks = await ticksOf()

    // Every second of the whole time, once, and none of them missed.
    const first = ticks[0]?.dueAt ?? 0
    expect(ticks.map(({ dueAt }) => dueAt)).toEqual(ticks.map((_, n) => first + n * SECOND))
    const fired = ticks.filter(({ outcome }) => outcome === 'ran' || outcome === 'late')
    expect(fired).toHaveLength(ticks.length)
    const taskIds = ticks.map(({ taskId }) => taskId)
    expect(new Set(taskIds).size).toBe(ticks.length)
    // No task but those of the ticks, each started once: the ledger is written by the handlers.
    const { total } = await manager.list({ filter: { scheduleId: ['quick'] } })
    const now = await ticksOf()
    expect(total).toBeLessThanOrEqual(now.length)
    const started = instances.events().filter(({ event }) => event === 'start')
    expect(new Set(started.map(({ taskId }) => taskId)).size).toBe(started.length)
    const late = ticks.filter(({ dueAt, firedAt }) => firedAt - dueAt > 2 * SECOND)
    expect(late).toEqual([])
  })
})

describe('ten minutes down, on a file', () => {
  const MINUTE = 60 * SECOND
  const folder = mkdtempSync(join(tmpdir(), 'taskflow-schedules-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ['latest', 'skip', 1],
    ['skip', 'skip', 0],
    ['all', 'allow', 10],
  ] as const)('misfire %s, overlap %s: %i runs', async (misfire, overlap, runs) => {
    const ran: string[] = []
    const run = (_: void, { taskId }: TaskContext) => void ran.push(taskId)
    const task = defineTask({ name: 'report', run })
    // Half a minute from the next tick, so that none is found in time.
    const startAt = Date.now() - 30 * SECOND - 60 * MINUTE
    const storage = () => sqliteStorage({ file: join(folder, `${misfire}.db`) })
    const start = async () => {
      const manager = new TaskManager({ tasks: [task], storage: storage() })
      await manager.schedule(task, { everyMs: MINUTE }, { misfire, overlap, startAt })
      await manager.start()
      return manager
    }
    await (await start()).stop()
    // As if it had been down for ten minutes: the clock of the storage cannot be set.
    const edited = storage()
    await edited.open()
    const changes = [{ scheduleId: 'report', nextRunAt: startAt + 51 * MINUTE }]
    await edited.schedules?.change({ changes })
    await edited.close()
    const manager = await start()
    try {
      const ticksOf = async () => (await manager.scheduleTicks('report')).ticks
      await eventually(async () => (await ticksOf()).length).toBe(10)
      await eventually(() => ran.length).toBe(runs)
      const ticks = await ticksOf()
      expect(ticks.filter(({ taskId }) => taskId !== null)).toHaveLength(runs)
      expect(new Set(ticks.map(({ dueAt }) => dueAt)).size).toBe(10)
    } finally {
      await manager.stop()
    }
  })
})
