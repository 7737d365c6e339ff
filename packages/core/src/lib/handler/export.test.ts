import { afterEach, describe, expect, it } from 'vitest'
import { defineTask } from '../run/define-task.ts'
import { quick, testApp } from './test-app.ts'

let app: Awaited<ReturnType<typeof testApp>>
afterEach(() => app.stop())

const failing = defineTask({
  name: 'failing',
  run({ message }: { message: string }) {
    throw new Error(message)
  },
})

/** Reads RFC 4180, as strictly as it is written. */
function parseCsv(text: string): string[][] {
  expect(text.endsWith('\r\n')).toBe(true)
  const rows: string[][] = []
  const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  let row: string[] = []
  while (CELL.lastIndex < text.length) {
    const at = CELL.lastIndex
    const match = CELL.exec(text)
    if (!match) throw new Error(`no RFC 4180 at ${at}: ${text.slice(at, at + 50)}`)
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

async function rowsOf(query = ''): Promise<Record<string, string>[]> {
  const response = await app.call('GET', `/export.csv${query}`)
  expect(response.status).toBe(200)
  const [names = [], ...rows] = parseCsv(await response.text())
  return rows.map((row) => {
    expect(row).toHaveLength(names.length)
    return Object.fromEntries(row.map((value, n) => [names[n], value]))
  })
}

describe('GET /export.csv', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    ['\n=1', "'\n=1"],
    ['say "hi", you\r\nthere', 'say "hi", you\r\nthere'],
    ['"=1"', '"=1"'],
    ['a\0b', 'a␀b'],
    ['plain', 'plain'],
  ])('makes a harmless cell of %j', async (message, cell) => {
    app = await testApp({ exposePayloads: true }, { tasks: [failing] })
    const options = { tags: { '=tag': '@value' }, priority: -5 }
    const { taskId } = await app.manager.enqueue(failing, { message }, options)
    const task = await app.until(taskId, 'failed')
    const [row] = await rowsOf()
    // What a handler threw is kept with the name of its error, or without.
    expect(row?.error?.replace(/^Error: /, '')).toBe(
      task.error?.startsWith('Error: ') ? cell.replace(/^'/, '') : cell,
    )
    expect(row).toMatchObject({
      task_id: taskId,
      status: 'failed',
      priority: '-5',
      tags: '{"=tag":"@value"}',
      end_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    })
    expect(Object.keys(row ?? {})).not.toContain('payload')
  })

  it('has what the list has, in its order, in as many rows as asked for', async () => {
    app = await testApp()
    await app.manager.enqueueMany(
      quick,
      Array.from({ length: 1_203 }, (_, n) => ({
        payload: {},
        options: { delayMs: 60_000, priority: n % 5 },
      })),
    )
    const ids = async (query: string) => (await rowsOf(query)).map(({ task_id }) => task_id)
    const all = await ids('')
    expect(all).toHaveLength(1_203)
    expect(new Set(all).size).toBe(1_203)
    expect(all).toEqual(all.toSorted().reverse())
    expect(await ids('?order=asc')).toEqual(all.toReversed())
    expect(await ids('?limit=700')).toEqual(all.slice(0, 700))
    expect(await ids('?status=failed')).toEqual([])
    const q = encodeURIComponent('priority:4')
    expect(await ids(`?q=${q}`)).toHaveLength(240)
    expect(await ids(`?q=${q}&limit=10`)).toHaveLength(10)
    const list = await app.json('GET', '?sort=priority&order=asc&limit=1000')
    expect(await ids('?sort=priority&order=asc&limit=1000')).toEqual(
      list.body.map(({ task_id }: { task_id: string }) => task_id),
    )
  })

  it('reads the storage no further than the client does', async () => {
    app = await testApp()
    await app.manager.enqueueMany(
      quick,
      Array.from({ length: 20_000 }, () => ({ payload: {}, options: { delayMs: 60_000 } })),
    )
    const { storage } = app.manager
    const list = storage.list.bind(storage)
    let reads = 0
    storage.list = (input) => {
      reads += 1
      return list(input)
    }
    const response = await app.call('GET', '/export.csv')
    const reader = response.body?.getReader()
    await reader?.read()
    await new Promise((resolve) => setImmediate(resolve))
    expect(reads).toBeLessThan(6)
    await reader?.cancel()
    const before = reads
    await new Promise((resolve) => setImmediate(resolve))
    expect(reads).toBe(before)
  })

  it('is an error, and not half a file, when the storage fails at once', async () => {
    app = await testApp()
    app.manager.storage.list = () => Promise.reject(new Error('no such table'))
    const response = await app.call('GET', '/export.csv')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('table')
  })

  it('comes as a file that nothing runs in', async () => {
    app = await testApp()
    const response = await app.call('GET', '/export.csv')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="tasks.csv"')
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.text()).toMatch(/^task_id,func_name,[\w,]+\r\n$/)
  })
})
