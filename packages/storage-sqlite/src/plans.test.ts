import type { Settlement } from '@taskflow/core'
import { buildSettlement } from '@taskflow/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { InstanceLocks } from './lib/locks.ts'
import { packInsert, packSettlements } from './lib/pack.ts'
import { Store } from './lib/store.ts'
import { beatOf, newTask } from './lib/testing.ts'
import { cancel, reschedule } from './lib/verbs/change.ts'
import { watchChanges } from './lib/verbs/changes.ts'
import { insert } from './lib/verbs/insert.ts'
import { beat } from './lib/verbs/instances.ts'
import { prune } from './lib/verbs/prune.ts'
import { recover } from './lib/verbs/recover.ts'
import { MOVE } from './lib/verbs/settle-plain.ts'
import { owned, turn } from './lib/verbs/turn.ts'

/** Tables that grow with tasks; `live` and `done` are also named so in statements. */
const GROWING = 'live|done|ids|labels|keys|edges|attempts|logs'
const SCAN = new RegExp(`^SCAN (taskflow_)?(${GROWING})\\b`)
/** What may be read whole: few tasks run at a time. */
const RUNNING = /^SCAN (taskflow_live|live) USING (COVERING )?INDEX taskflow_live_running$/

function memoryStore(): Store {
  const options = { file: ':memory:', synchronous: 'full', tablePrefix: 'taskflow_' } as const
  const store = new Store(options, new InstanceLocks(null))
  onTestFinished(() => store.close())
  return store
}

/** Gives the planner statistics: a file with a million finished tasks and this many live ones. */
function pretend(store: Store, live: string): void {
  store.client.exec(`analyze; delete from sqlite_stat1;
    insert into sqlite_stat1 values
      ('taskflow_live', 'taskflow_live_running', '${live} ${live} ${live} ${live}'),
      ('taskflow_live', 'taskflow_live_ready', '${live} ${live} ${live} ${live} 1'),
      ('taskflow_ids', 'taskflow_ids', '1000000 1'),
      ('taskflow_done', 'taskflow_done_kind', '1000000 50000 1 1 1 1 1 1'),
      ('taskflow_done', 'taskflow_done_state', '40000 13334 1 1 1'),
      ('taskflow_done', 'taskflow_done_kind_state', '40000 2000 667 1 1 1'),
      ('taskflow_done', 'taskflow_done_ended', '1000000 50000 25 25'),
      ('taskflow_labels', 'taskflow_labels', '300000 200 1'),
      ('taskflow_edges', 'taskflow_edges_parent', '100000 10 1'),
      ('taskflow_edges', 'taskflow_edges', '100000 10 1');
    analyze sqlite_schema`)
}

/** The plan of a statement, a line for each step. */
function planOf(store: Store, text: string): string[] {
  const named = new Set(text.match(/@\w+/g)?.map((name) => name.slice(1)))
  const places = text.match(/\?/g)?.length ?? 0
  const values =
    named.size > 0
      ? [Object.fromEntries([...named].map((name) => [name, 1]))]
      : Array(places).fill(1)
  const rows = store.client.prepare(`explain query plan ${text}`).all(...values)
  return (rows as { detail: string }[]).map(({ detail }) => detail)
}

/** All that these calls ask of the database, as often as it is asked. */
function statementsOf(store: Store, act: () => void): string[] {
  const texts = new Set<string>()
  const original = store.sql.bind(store)
  store.sql = (text) => {
    texts.add(store.named(text))
    return original(text)
  }
  act()
  return [...texts].filter((text) => !/^\s*(begin|commit|rollback|pragma)/.test(text))
}

function success(taskId: string, result?: string): Settlement {
  return buildSettlement({ taskId, fence: 1, durationMs: 5, result })
}

/** A day in the life of an app: each verb that runs while tasks do. */
function work(store: Store): void {
  const settle = (settlements: Settlement[], now: number) =>
    store.write(() =>
      turn(
        store,
        {
          instanceId: 'me',
          settle: packSettlements(settlements),
          chained: [],
          claim: {
            limit: 3,
            funcNames: ['work', 'slow'],
            limits: [{ funcName: 'slow', concurrency: 2, rateLimit: { count: 5, perMs: 1000 } }],
          },
        },
        now,
      ),
    )
  watchChanges(store)
  store.write(() => beat(store, beatOf('me'), 1))
  for (const tasks of [
    [newTask('a1')],
    [newTask('a2'), newTask('a3'), newTask('a4')],
    [newTask('b1', { tags: { customer: '1' }, runAt: 9 }), newTask('b2', { funcName: 'slow' })],
    [newTask('c1', { idempotencyKey: 'k' }), newTask('c2', { dependsOn: ['a1'] })],
    [newTask('c3', { retryOf: 'a4' })],
  ]) {
    store.write(() => insert(store, packInsert({ tasks }), 1))
  }
  settle([], 2)
  settle([success('a1', '1'), success('a2'), success('none')], 3)
  settle([{ ...success('a3'), outcome: { type: 'retry', cause: 'error' }, delayMs: 1 }], 4)
  settle([{ ...success('a3'), outcome: { type: 'failed', cause: 'error' } }], 5)
  owned(store, { instanceId: 'me' })
  store.write(() => cancel(store, { taskIds: ['b1', 'a4', 'a1'] }, 6))
  store.write(() => reschedule(store, { tasks: [{ taskId: 'b1', runAt: 1 }] }, 6))
  store.write(() => beat(store, { ...beatOf('me', 1), leaving: true }, 7))
  store.write(() => recover(store, { dead: [], maxCrashes: 3, crashDelayMs: 0 }, 8))
  store.write(() => prune(store, { endedBefore: 99, limit: 10 }, 99))
}

describe.each([
  ['no task', '0'],
  ['a million tasks', '1000000'],
])('on a file that was analysed while %s was live', (_, live) => {
  it('nothing that runs with tasks reads through all of them', () => {
    const store = memoryStore()
    pretend(store, live)
    const texts = statementsOf(store, () => work(store))
    expect(texts.length).toBeGreaterThan(40)
    const scans = texts.flatMap((text) =>
      planOf(store, text)
        .filter((step) => SCAN.test(step) && !RUNNING.test(step))
        .map((step) => `${step}: ${text}`),
    )
    expect(scans).toEqual([])
  })

  it('tasks that end are found by their number', () => {
    const store = memoryStore()
    pretend(store, live)
    const steps = planOf(store, store.named(MOVE))
    expect(steps).toContain('SEARCH ids USING PRIMARY KEY (id=?)')
    expect(steps).toContain('SEARCH live USING INTEGER PRIMARY KEY (rowid=?)')
  })

  it('tasks that are due are found by kind, rank and time, those that run by their owner', () => {
    const store = memoryStore()
    pretend(store, live)
    const texts = statementsOf(store, () => work(store))
    const stepsOf = (part: string) =>
      texts.filter((text) => text.includes(part)).map((text) => planOf(store, text))
    const due = stepsOf('where state = 0 and kind = +? and rank = +?')
    const ready = /^SEARCH taskflow_live USING INDEX taskflow_live_ready \(kind=\? AND rank=\? AND /
    expect(due).toEqual([[expect.stringMatching(ready)]])
    const mine = [...stepsOf('cancel_at >'), ...stepsOf('as n from "taskflow_live" where')]
    expect(mine).toHaveLength(2)
    for (const steps of mine) {
      expect(steps).toEqual([
        expect.stringMatching(
          /^SEARCH taskflow_live USING (COVERING )?INDEX taskflow_live_running/,
        ),
      ])
    }
  })
})
