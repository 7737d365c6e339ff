import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, inject, it } from 'vitest'
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
    for (let n = 0; n < count; n++) children.push(await instances.start(10, SECOND))
    for (let n = 0; n < KILLS; n++) {
      await sleep(BETWEEN_MS)
      const victim = children.shift() ?? expect.fail('there is one')
      victim.kill('SIGKILL')
      await once(victim, 'exit')
      children.push(await instances.start(10, SECOND))
    }
    const enough = (KILLS * BETWEEN_MS) / SECOND
    const ticksOf = async () =>
      (await manager.scheduleTicks('quick', { limit: 500 })).ticks.reverse()
    await eventually(async () => (await ticksOf()).length).toBeGreaterThan(enough)
    const ticks = await ticksOf()

    // Every second of the whole time, once, and none of them missed.
    const first = ticks[0]?.dueAt ?? 0
    expect(ticks.map(({ dueAt }) => dueAt)).toEqual(ticks.map((_, n) => first + n * SECOND))
    expect(
      new Set(ticks.map(({ outcome }) => outcome)).difference(new Set(['ran', 'late'])),
    ).toEqual(new Set())
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
