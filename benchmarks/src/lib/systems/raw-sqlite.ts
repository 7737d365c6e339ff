import Database from 'better-sqlite3'
import type { Mode, Payload, Place, Queue } from './queue.ts'

interface Row {
  id: number
  payload: string
}

/**
 * The least that is still a queue on better-sqlite3: durable, in order, kept when done. No retries,
 * no leases, no second process.
 */
export function rawSqlite(place: Place, synchronous: 'FULL' | 'NORMAL'): Queue {
  const db = new Database(place.location)
  db.pragma('journal_mode = WAL')
  db.pragma(`synchronous = ${synchronous}`)
  db.exec(`
    create table if not exists jobs (id integer primary key, state integer not null, payload text not null);
    create index if not exists ready on jobs (id) where state = 0;
  `)
  const insert = db.prepare<[string]>('insert into jobs (state, payload) values (0, ?)')
  const claim = db.prepare<[number], Row>(
    `update jobs set state = 1 where id in (select id from jobs where state = 0 order by id limit ?)
     returning id, payload`,
  )
  const settle = db.prepare<[number]>('update jobs set state = 2 where id = ?')
  const insertAll = db.transaction((texts: string[]) => {
    for (const text of texts) insert.run(text)
  })
  const settleAll = db.transaction((rows: Row[]) => {
    for (const row of rows) settle.run(row.id)
  })

  let size = 10
  let handle: ((payload: Payload) => void | Promise<void>) | null = null
  let looping = false
  let waiting: { text: string; done: () => void }[] = []

  async function loop(): Promise<void> {
    while (handle) {
      const rows = claim.all(size)
      if (rows.length === 0) break
      await Promise.all(rows.map((row) => handle?.(JSON.parse(row.payload) as Payload)))
      settleAll(rows)
      // A server must be able to answer between two batches.
      await new Promise(setImmediate)
    }
    looping = false
  }

  function wake(): void {
    if (looping || !handle) return
    looping = true
    void loop()
  }

  function flush(): void {
    const batch = waiting
    waiting = []
    insertAll(batch.map(({ text }) => text))
    for (const { done } of batch) done()
    wake()
  }

  return {
    async open(mode: Mode) {
      size = mode === 'tuned' ? 500 : 10
    },
    enqueue(payload) {
      return new Promise<void>((done) => {
        waiting.push({ text: JSON.stringify(payload), done })
        if (waiting.length === 1) queueMicrotask(flush)
      })
    },
    async enqueueMany(payloads) {
      insertAll(payloads.map((payload) => JSON.stringify(payload)))
      wake()
    },
    async work(handler) {
      handle = handler
      wake()
    },
    async unfinished() {
      return db.prepare('select count(*) from jobs where state < 2').pluck().get() as number
    },
    async fillHistory(count) {
      db.prepare(
        `insert into jobs (state, payload)
         with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
         select 2, '{"n":1,"at":0}' from n`,
      ).run(count)
      db.exec('analyze')
    },
    async close() {
      handle = null
      db.close()
    },
  }
}
