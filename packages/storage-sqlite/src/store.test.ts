import { describe, expect, it } from 'vitest'
import { toFailure } from './lib/errors.ts'
import { InstanceLocks } from './lib/locks.ts'
import { packInsert } from './lib/pack.ts'
import { fromRanges, toRanges } from './lib/ranges.ts'
import { Store } from './lib/store.ts'
import { beatOf, createFixture, newTask } from './lib/testing.ts'
import { fromText, toText } from './lib/text.ts'
import { WorkerChannel } from './lib/thread.ts'
import { cancel } from './lib/verbs/change.ts'
import { head, since, watchChanges } from './lib/verbs/changes.ts'
import { insert } from './lib/verbs/insert.ts'
import { beat } from './lib/verbs/instances.ts'
import { prune } from './lib/verbs/prune.ts'
import { bucketMiddle, bucketOf } from './lib/verbs/rollup.ts'
import { owned } from './lib/verbs/turn.ts'

function memoryStore(): Store {
  const options = { file: ':memory:', synchronous: 'full', tablePrefix: 'taskflow_' } as const
  return new Store(options, new InstanceLocks(null))
}

function plan(store: Store, text: string): string {
  const rows = store.client.prepare(`explain query plan ${store.named(text)}`).all()
  return (rows as { detail: string }[]).map(({ detail }) => detail).join('\n')
}

describe('a full disk', () => {
  it('is said in one sentence, rolls back, and heals', () => {
    const store = memoryStore()
    const pages = Number(store.client.pragma('page_count', { simple: true }))
    store.client.pragma(`max_page_count = ${pages + 20}`)
    const many = () =>
      store.write(() =>
        insert(
          store,
          packInsert({
            tasks: Array.from({ length: 100 }, (_, n) =>
              newTask(`task-${1000 + n}`, { payload: 'x'.repeat(2000) }),
            ),
          }),
          1,
        ),
      )
    let caught: unknown
    try {
      many()
    } catch (error) {
      caught = error
    }
    expect(toFailure(caught, '/var/lib/app/tasks.db')).toEqual({
      code: 'unavailable',
      message: "The SQLite file 'tasks.db' cannot grow: the disk is full (SQLITE_FULL).",
      committed: 'no',
    })
    expect(store.client.prepare('select count(*) from taskflow_live').pluck().get()).toBe(0)
    store.client.pragma('max_page_count = 100000')
    expect(many()).toBe(null)
    expect(store.client.prepare('select count(*) from taskflow_live').pluck().get()).toBe(100)
    store.close()
  })
})

describe('plans', () => {
  const inOrder = [
    [
      'claims',
      `select seq, run_at, id from {live} where state = 0 and kind = 1 and rank = 0
        and run_at <= 9 and (run_at, id) > (0, '') order by run_at, id limit 10`,
      /USING COVERING INDEX taskflow_live_ready/,
    ],
    [
      'the tasks of a kind',
      `select id, seq from {done} indexed by {done_kind} where kind = 1 and state in (10, 11)
        and owner = 3 and id < 'x' order by id desc limit 10`,
      /USING COVERING INDEX taskflow_done_kind/,
    ],
    [
      'failed tasks',
      `select id, seq from {done} where state = 11 and state <> 10 order by id desc limit 10`,
      /USING COVERING INDEX taskflow_done_state/,
    ],
    [
      'failed tasks of a kind',
      `select id, seq from {done} where kind = 1 and state = 11 and state <> 10
        order by id desc limit 10`,
      /USING COVERING INDEX taskflow_done_kind_state/,
    ],
    [
      'tasks with a label',
      `select labels.id, labels.seq from {labels} as labels
        cross join {done} as done on done.seq = labels.seq
        where labels.label = 'x' and labels.id < 'y' order by labels.id desc limit 10`,
      /labels USING PRIMARY KEY/,
    ],
    [
      'what failures are sorted by',
      `select id, seq, ended_at - started_at from {done} where state = 11 and state <> 10
        order by id desc limit 10`,
      /USING COVERING INDEX taskflow_done_state/,
    ],
    [
      'what to prune',
      `select ended_at, seq from {done} where kind = 1 and ended_at < 1 and children = 0
        order by ended_at limit 9`,
      /USING COVERING INDEX taskflow_done_ended/,
    ],
  ] as const

  it.each(inOrder)('%s come from an index, in order', (_what, text, index) => {
    const store = memoryStore()
    const found = plan(store, text)
    expect(found).toMatch(index)
    expect(found).not.toMatch(/TEMP B-TREE/)
    store.close()
  })

  it('what runs in the name of an instance comes from an index', () => {
    const store = memoryStore()
    const text = 'select seq from {live} where state = 3 and owner = 1 and cancel_at > 0'
    expect(plan(store, text)).toMatch(/taskflow_live_running \(owner=\? AND cancel_at>\?\)/)
    store.close()
  })

  it('the live tasks of a schedule come from an index', () => {
    const store = memoryStore()
    const text = `select 1 from {live} where meta ->> 'schedule' = 'x'`
    expect(plan(store, text)).toMatch(/taskflow_live_schedule/)
    store.close()
  })
})

describe('ranges', () => {
  it('come back as the numbers they were made of', () => {
    for (const numbers of [[], [7], [1, 2, 3], [9, 1, 3, 2, 11, 2], [5, 7, 8]]) {
      const sorted = [...new Set(numbers)].sort((a, b) => a - b)
      expect(fromRanges(toRanges(numbers))).toEqual(sorted)
    }
    expect(toRanges([4, 2, 3, 9])).toBe('2-4,9')
  })
})

describe('text', () => {
  it('comes back as it was, and is stored as it is where that is possible', () => {
    for (const text of ['', 'plain', '\u0001', '\u0001"x"', '\ud800', 'a\udc00b', 'a\0b', '😀']) {
      expect(fromText(toText(text))).toBe(text)
    }
    expect(toText('plain 😀')).toBe('plain 😀')
    expect(toText(null)).toBe(null)
    expect(toText('\ud800').isWellFormed()).toBe(true)
  })
})

describe('buckets', () => {
  it('are less than a tenth off', () => {
    for (let ms = 1; ms < 1e8; ms *= 1.07) {
      expect(Math.abs(bucketMiddle(bucketOf(ms)) / ms - 1)).toBeLessThan(0.1)
    }
    expect(bucketMiddle(bucketOf(0))).toBe(0)
  })
})

describe('old changes', () => {
  it('are deleted after a minute, and who asks for them is told of the gap', () => {
    const store = memoryStore()
    const cancelled = (n: number) => {
      const taskId = `task-${n}`
      store.write(() => insert(store, packInsert({ tasks: [newTask(taskId)] }), 1))
      store.write(() => cancel(store, { taskIds: [taskId] }, 1))
    }
    watchChanges(store)
    const start = head(store)
    cancelled(1)
    cancelled(2)
    const later = head(store)
    store.client.prepare('update taskflow_changes set at = at - 80000').run()
    store.sweptAt = 0
    cancelled(3)
    expect(store.client.prepare('select count(*) from taskflow_changes').pluck().get()).toBe(2)
    expect(since(store, { cursor: start, limit: 10 }).gap).toBe(true)
    expect(since(store, { cursor: later, limit: 10 })).toMatchObject({
      taskIds: ['task-3'],
      gap: false,
    })
    store.close()
  })
})

describe('changes while nobody looks', () => {
  it('are not written down, and who looks again is told of the gap', () => {
    const store = memoryStore()
    const cancelled = (taskId: string) => {
      store.write(() => insert(store, packInsert({ tasks: [newTask(taskId)] }), 1))
      store.write(() => cancel(store, { taskIds: [taskId] }, 1))
    }
    const rows = () => store.client.prepare('select count(*) from taskflow_changes').pluck().get()
    cancelled('a')
    expect(rows()).toBe(0)
    watchChanges(store)
    const cursor = head(store)
    cancelled('b')
    expect(since(store, { cursor, limit: 9 })).toMatchObject({ taskIds: ['b'], gap: false })
    const later = head(store)
    store.client.prepare(`update taskflow_meta set value = '0' where name = 'watchedUntil'`).run()
    store.watchedUntil = 0
    cancelled('c')
    watchChanges(store)
    expect(since(store, { cursor: later, limit: 9 })).toMatchObject({ taskIds: [], gap: true })
    store.close()
  })
})

describe('numbers of tasks', () => {
  it('are not used again when the newest are deleted', () => {
    const store = memoryStore()
    const add = (taskId: string) =>
      store.write(() => insert(store, packInsert({ tasks: [newTask(taskId)] }), 1))
    add('a')
    add('b')
    store.write(() => cancel(store, { taskIds: ['a', 'b'] }, 1))
    watchChanges(store)
    const cursor = head(store)
    store.write(() => prune(store, { endedBefore: 9, limit: 9 }, 9))
    add('c')
    expect(since(store, { cursor, limit: 10 })).toMatchObject({
      taskIds: ['a', 'b', 'c'],
      gap: false,
    })
    store.close()
  })
})

describe('a file that went back in time', () => {
  it('is not written to by numbers that are known from before', async () => {
    const fixture = await createFixture()
    const { file } = fixture
    const options = { file, synchronous: 'normal', tablePrefix: 'taskflow_' } as const
    const [store, other] = [0, 1].map(() => new Store(options, new InstanceLocks(null))) as [
      Store,
      Store,
    ]
    const add = (to: Store, taskId: string, funcName: string) =>
      to.write(() => insert(to, packInsert({ tasks: [newTask(taskId, { funcName })] }), 1))
    add(store, 'a', 'first')
    add(store, 'b', 'second')
    store.write(() => beat(store, beatOf('old'), 1))
    // As a backup restores it, by another connection.
    other.client.exec(`delete from taskflow_live where id = 'b'; delete from taskflow_ids where id = 'b';
      delete from taskflow_kinds where func = 'second'; delete from taskflow_owners;
      delete from taskflow_instances`)
    add(other, 'c', 'third')
    other.write(() => beat(other, beatOf('new'), 1))
    add(store, 'd', 'second')
    const reader = await fixture.second()
    await reader.open()
    const found = await reader.get({ taskIds: ['a', 'b', 'c', 'd'] })
    expect(found.map((task) => task?.funcName)).toEqual(['first', undefined, 'third', 'second'])
    expect(store.write(() => owned(store, { instanceId: 'old' }))).toEqual([])
    expect(store.owners.find('old')).toBe(undefined)
    store.close()
    other.close()
    await fixture.dispose()
  })
})

describe('a thread that ends', () => {
  it('rejects open calls as unknown, and takes no more', async () => {
    const options = { file: ':memory:', synchronous: 'full', tablePrefix: 'taskflow_' } as const
    const channel = new WorkerChannel(options, { hint() {}, up() {} })
    await channel.call('open', undefined)
    const call = channel.call('get', { taskIds: [] }).catch((reason: unknown) => reason)
    await channel.end()
    const answer = await call
    if (!Array.isArray(answer)) {
      expect(answer).toMatchObject({ code: 'unavailable', committed: 'unknown' })
    }
    expect(channel.usable).toBe(false)
    await expect(channel.call('head', undefined)).rejects.toMatchObject({ committed: 'no' })
  })
})
