import { describe, expect, it } from 'vitest'
import { toFailure } from './lib/errors.ts'
import { InstanceLocks } from './lib/locks.ts'
import { Store } from './lib/store.ts'
import { fromText, toText } from './lib/text.ts'
import { WorkerChannel } from './lib/thread.ts'
import { head, since } from './lib/verbs/changes.ts'
import { insert } from './lib/verbs/insert.ts'
import { bucketMiddle, bucketOf } from './lib/verbs/rollup.ts'

function memoryStore(): Store {
  const options = { file: ':memory:', synchronous: 'full', tablePrefix: 'taskflow_' } as const
  return new Store(options, new InstanceLocks(null))
}

function newTask(n: number, payload: string) {
  return {
    taskId: `task-${n}`,
    funcName: 'work',
    group: null,
    payload,
    priority: null,
    maxAttempts: 1,
    requeueOnInterrupt: false,
    idempotencyKey: null,
    tags: {},
    source: 'manual' as const,
    executor: 'async',
    retryOf: null,
  }
}

function plan(store: Store, text: string, ...params: unknown[]): string {
  const rows = store.client.prepare(`explain query plan ${store.named(text)}`).all(...params)
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
          { tasks: Array.from({ length: 100 }, (_, n) => newTask(n, 'x'.repeat(2000))) },
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
    expect(many()).toHaveLength(100)
    store.close()
  })
})

describe('plans', () => {
  it('claims, settlements and first pages come from an index, in order', () => {
    const store = memoryStore()
    const claim = plan(
      store,
      `select seq, run_at, id from {live} where state = 0 and func = ? and rank = ?
        and run_at <= ? and (run_at, id) > (?, ?) order by run_at, id limit ?`,
      'f',
      0,
      1,
      0,
      '',
      10,
    )
    expect(claim).toMatch(/USING COVERING INDEX taskflow_live_ready/)
    expect(claim).not.toMatch(/TEMP B-TREE/)
    const byFunc = plan(store, 'select * from {done} where func = ? order by id desc limit 10', 'f')
    expect(byFunc).toMatch(/USING INDEX taskflow_done_func/)
    expect(byFunc).not.toMatch(/TEMP B-TREE/)
    const failed = plan(
      store,
      'select * from {done} where state = ? and state <> 10 order by id desc limit 10',
      11,
    )
    expect(failed).toMatch(/USING INDEX taskflow_done_state/)
    expect(failed).not.toMatch(/TEMP B-TREE/)
    const owned = plan(
      store,
      'select id from {live} where state = 3 and instance = ? order by id',
      'a',
    )
    expect(owned).toMatch(/USING COVERING INDEX taskflow_live_running/)
    const old = plan(
      store,
      'select seq from {done} where ended_at < ? order by ended_at, seq limit 9',
      1,
    )
    expect(old).toMatch(/taskflow_done_ended/)
    expect(old).not.toMatch(/TEMP B-TREE/)
    store.close()
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
    const add = (n: number) => store.write(() => insert(store, { tasks: [newTask(n, '1')] }, 1))
    const start = head(store)
    add(1)
    add(2)
    const later = head(store)
    store.client.prepare('update taskflow_changes set at = at - 80000').run()
    store.sweptAt = 0
    add(3)
    expect(store.client.prepare('select count(*) from taskflow_changes').pluck().get()).toBe(1)
    expect(since(store, { cursor: start, limit: 10 }).gap).toBe(true)
    expect(since(store, { cursor: later, limit: 10 })).toMatchObject({
      taskIds: ['task-3'],
      gap: false,
    })
    store.close()
  })
})

describe('a thread that ends', () => {
  it('rejects open calls as unknown, and takes no more', async () => {
    const options = { file: ':memory:', synchronous: 'full', tablePrefix: 'taskflow_' } as const
    const channel = new WorkerChannel(options)
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
