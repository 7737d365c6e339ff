import { afterEach, describe, expect, it } from 'vitest'
import type { TaskLogEntryJson } from '../../client/wire.ts'
import { defineTask } from '../../run/define-task.ts'
import { memoryStorage } from '../../storage/memory/memory-storage.ts'
import { broken, endless, testApp } from '../test-app.ts'

type App = Awaited<ReturnType<typeof testApp>>
let app: App
afterEach(() => app.stop())

/** Writes so many lines, each in a millisecond of its own, with the turns of others between them. */
const chatty = defineTask({
  name: 'chatty',
  async run({ name, count }: { name: string; count: number }, { log }) {
    for (let n = 1; n <= count; n += 1) {
      log(`${name} ${n}`, n % 10 === 0 ? 'error' : 'info')
      if (count > 100) continue
      const at = Date.now()
      while (Date.now() === at) await new Promise((resolve) => setImmediate(resolve))
    }
  },
})

/** Fails three times, the second time before it says anything; or succeeds at last. */
const torn = defineTask({
  name: 'torn',
  retries: 2,
  run({ lines, succeeds = false }: { lines: number; succeeds?: boolean }, { attempt, log }) {
    if (attempt === 2 && succeeds) return
    if (attempt !== 1) {
      for (let n = 1; n <= lines; n += 1) log(`sheet ${n}`)
      log(`torn ${attempt}`, 'error')
    }
    throw new Error(`jam ${attempt}`)
  },
})

/** Fails, and waits for its retry for an hour. */
const waits = defineTask({
  name: 'waits',
  retries: 1,
  delayMs: 3_600_000,
  run: () => Promise.reject(new Error('later')),
})

async function chat(...talks: [name: string, count: number][]): Promise<void> {
  const refs = await Promise.all(
    talks.map(([name, count]) => app.manager.enqueue(chatty, { name, count })),
  )
  for (const { taskId } of refs) await app.until(taskId, 'success')
}

/** All pages, by their links. */
async function everything(query: string): Promise<TaskLogEntryJson[]> {
  const seen: TaskLogEntryJson[] = []
  for (let path: string | undefined = `/logs${query}`; path !== undefined; ) {
    const { body, headers, status }: Awaited<ReturnType<App['json']>> = await app.json('GET', path)
    expect(status).toBe(200)
    seen.push(...body)
    path = headers.get('link')?.match(/^<\/tasks(.*)>; rel="next"$/)?.[1]
  }
  return seen
}

const placesOf = (lines: TaskLogEntryJson[]) => lines.map(({ task_id, n }) => `${task_id} ${n}`)

describe('GET /logs', () => {
  it.each([1, 7, 40, 5000])('in pages of %i holds every line once, newest first', async (limit) => {
    app = await testApp({}, { tasks: [chatty] })
    await chat(['a', 40], ['b', 30], ['c', 1])
    await chat(['d', 25], ['e', 45])
    const lines = await everything(`?limit=${limit}`)
    expect(lines).toHaveLength(141)
    expect(new Set(placesOf(lines)).size).toBe(141)
    const instants = lines.map(({ at }) => at)
    expect(instants).toEqual(instants.toSorted().reverse())
    expect(lines[0]).toMatchObject({ func_name: 'chatty', stream: 'log', attempt: 0 })
    for (const id of new Set(lines.map(({ task_id }) => task_id))) {
      const own = lines.filter(({ task_id }) => task_id === id).map(({ n }) => n)
      expect(own).toEqual(own.toSorted((a, b) => b - a))
    }
  })

  it('goes on within a log that is longer than a page, beside others', async () => {
    app = await testApp({}, { tasks: [chatty] })
    await chat(['a', 1_300], ['b', 1_300], ['c', 1_300])
    const lines = await everything('?limit=500')
    expect(lines).toHaveLength(3_900)
    expect(new Set(placesOf(lines)).size).toBe(3_900)
  })

  it('shows what running tasks say, and filters by text, level, stream and function', async () => {
    app = await testApp({}, { tasks: [chatty, endless] })
    await chat(['a', 30])
    const { taskId } = await app.manager.enqueue(endless)
    await expect
      .poll(async () => (await everything('')).map(({ task_id }) => task_id)[0])
      .toBe(taskId)
    expect((await everything('?level=error')).map(({ text }) => text)).toEqual([
      'a 30',
      'a 20',
      'a 10',
    ])
    expect(await everything('?search=A%203')).toHaveLength(2)
    expect(await everything('?search=%25')).toEqual([])
    expect(await everything('?stream=stderr')).toHaveLength(3)
    expect(await everything('?stream=stdout&func_name=chatty')).toHaveLength(27)
    expect(await everything('?stream=log&func_name=chatty')).toHaveLength(30)
    expect(await everything('?func_name=endless')).toHaveLength(1)
    expect(await everything('?func_name=endless&func_name=chatty')).toHaveLength(31)
    expect(await everything('?since=2100-01-01')).toEqual([])
    expect(await everything('?since=1h&limit=10')).toHaveLength(31)
  })

  it.each([1, 2, 3, 5, 500])(
    'E4 on stderr, in pages of %i, has what attempts threw',
    async (limit) => {
      app = await testApp({}, { tasks: [torn, broken, chatty, waits] })
      await chat(['a', 10])
      const { taskId: mute } = await app.manager.enqueue(broken)
      await app.until(mute, 'failed')
      const { taskId: long } = await app.manager.enqueue(torn, { lines: 30 })
      await app.until(long, 'failed')
      const { taskId: late } = await app.manager.enqueue(torn, { lines: 1, succeeds: true })
      await app.until(late, 'success')
      const { taskId: again } = await app.manager.enqueue(waits)
      await expect.poll(async () => (await app.manager.get(again))?.phase).toBe('retrying')
      const lines = await everything(`?stream=stderr&limit=${limit}`)
      const jam = (n: number) => expect.stringMatching(`jam ${n}`)
      expect(lines.map(({ text }) => text)).toEqual([
        expect.stringMatching('later'),
        ...[jam(1), jam(0), 'torn 0'],
        ...[jam(2), 'torn 2', jam(1), jam(0), 'torn 0'],
        expect.stringMatching('secret-looking'),
        'a 10',
      ])
      expect(new Set(placesOf(lines)).size).toBe(11)
      expect(lines[4]).toMatchObject({
        task_id: long,
        stream: 'stderr',
        level: 'error',
        attempt: 2,
      })
      for (const { task_id, ...entry } of lines) {
        const { body } = await app.json('GET', `/${task_id}/logs?stream=stderr`)
        const { func_name: _, ...own } = entry
        expect(body).toContainEqual(own)
      }
      expect(await everything(`?stream=stderr&search=JAM&limit=${limit}`)).toHaveLength(5)
      expect(await everything(`?stream=stderr&func_name=broken&limit=${limit}`)).toHaveLength(1)
      const since = lines[4]?.at
      expect(await everything(`?stream=stderr&since=${since}&limit=${limit}`)).toHaveLength(
        lines.filter(({ at }) => at >= (since ?? '')).length,
      )
      for (const query of ['', '?stream=log', '?level=error']) {
        expect((await everything(query)).some(({ text }) => /jam|secret/.test(text))).toBe(false)
      }
    },
  )

  it('pages through more tasks than a window holds, also those of one millisecond', async () => {
    app = await testApp({}, { tasks: [chatty] })
    const { taskId: first } = await app.manager.enqueue(chatty, { name: 'first', count: 1 })
    await app.until(first, 'success')
    const items = Array.from({ length: 10_400 }, (_, n) => ({
      payload: { name: `t${n}`, count: n % 2 === 0 ? 0 : 101 * Number(n % 101 === 1) },
    }))
    const refs = await app.manager.enqueueMany(chatty, items)
    await app.manager.result(refs.at(-1) as { taskId: string })
    await expect.poll(async () => (await app.manager.metrics()).success).toBe(10_401)
    const all = items.reduce((sum, { payload }) => sum + payload.count, 0) + 1
    const newest = await app.json('GET', '/logs?limit=10')
    expect(newest.headers.get('x-sort-window')).toBe('10000')
    const lines = await everything('?limit=5000')
    expect(new Set(placesOf(lines)).size).toBe(all)
    expect(lines).toHaveLength(all)
    expect(lines.at(-1)).toMatchObject({ text: 'first 1' })
    expect(await everything('?since=2100-01-01')).toEqual([])
  })

  it('begins before a given instant, which leads to any time', async () => {
    app = await testApp({}, { tasks: [chatty] })
    await chat(['a', 20], ['b', 20])
    const lines = await everything('')
    const middle = lines[20]?.at ?? ''
    const earlier = lines.filter(({ at }) => at < middle)
    expect(earlier.length).toBeGreaterThan(10)
    expect(placesOf(await everything(`?until=${middle}&limit=7`))).toEqual(placesOf(earlier))
    const both = await everything(`?until=${middle}&since=${earlier[4]?.at}`)
    expect(both.map(({ at }) => at)).toEqual(
      earlier.map(({ at }) => at).filter((at) => at >= (earlier[4]?.at ?? '')),
    )
    expect((await app.json('GET', '/logs')).headers.get('x-sort-window')).toBeNull()
  })

  it.each(['cursor=AAAA', 'cursor=WzEsMl0', 'limit=5001', 'level=loud', 'status=failed'])(
    'answers 400 to ?%s',
    async (query) => {
      app = await testApp()
      expect((await app.json('GET', `/logs?${query}`)).status).toBe(400)
    },
  )
})

describe('GET /{task_id}/logs', () => {
  it('goes on by the cursor of its link', async () => {
    app = await testApp({}, { tasks: [chatty] })
    await chat(['a', 30])
    const [task] = (await app.json('GET')).body
    const first = await app.json('GET', `/${task.task_id}/logs?limit=20&search=a`)
    expect(first.headers.get('x-total-count')).toBe('30')
    const next = first.headers.get('link')?.match(/^<\/tasks(.*)>; rel="next"$/)?.[1]
    const { body } = await app.json('GET', next)
    expect(body.map(({ n }: TaskLogEntryJson) => n)).toEqual([
      21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
    ])
    for (const bad of ['cursor=AAAA', 'cursor=MA', 'from=0']) {
      expect((await app.json('GET', `/${task.task_id}/logs?${bad}`)).status).toBe(400)
    }
  })
})

describe('storages without logs of their own', () => {
  it('show the newest lines that tasks keep', async () => {
    const storage = new Proxy(memoryStorage(), {
      get(target, name) {
        if (name === 'logs') return undefined
        const member = Reflect.get(target, name, target)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    app = await testApp({}, { tasks: [chatty], storage })
    await chat(['a', 30])
    const lines = await everything('?limit=7')
    expect(lines.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, n) => 30 - n))
  })
})
