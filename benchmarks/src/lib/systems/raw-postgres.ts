import postgres from 'postgres'
import type { Mode, Payload, Place, Queue } from './queue.ts'

/**
 * The least that is still a queue on postgres.js: durable, in order, safe for several workers, kept
 * when done. No retries, no leases.
 */
export function rawPostgres(place: Place): Queue {
  const sql = postgres(place.location, { max: 10, onnotice: () => {} })
  let handle: ((payload: Payload) => void | Promise<void>) | null = null
  let tuned = false
  const loops = new Set<Promise<void>>()
  const waiting: { text: string; done: () => void; fail: (error: unknown) => void }[] = []
  let sending = false
  const asleep: (() => void)[] = []
  let wakes = 0

  const insertAll = (texts: string[]) =>
    sql`insert into jobs (state, payload) select 0, t from unnest(${texts}::text[]) as t`
  const claim = (limit: number) =>
    sql<{ id: string; payload: string }[]>`
      update jobs set state = 1 where id = any(array(
        select id from jobs where state = 0 order by id limit ${sql.unsafe(String(limit))} for update skip locked
      )) returning id, payload`
  const settle = (ids: string[]) => sql`update jobs set state = 2 where id = any(${ids}::bigint[])`

  async function send(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 1000)
      try {
        await insertAll(batch.map(({ text }) => text))
        for (const { done } of batch) done()
      } catch (error) {
        for (const { fail } of batch) fail(error)
      }
      wake(batch.length)
    }
    sending = false
  }

  function wake(count: number): void {
    wakes++
    for (const wakeUp of asleep.splice(0, count)) wakeUp()
  }

  async function loop(limit: number): Promise<void> {
    while (handle) {
      const seen = wakes
      const rows = await claim(limit)
      if (rows.length === 0) {
        if (seen !== wakes) continue
        await new Promise<void>((resolve) => asleep.push(resolve))
        continue
      }
      await Promise.all(rows.map(({ payload }) => handle?.(JSON.parse(payload) as Payload)))
      await settle(rows.map(({ id }) => id))
    }
  }

  return {
    async open(mode: Mode) {
      tuned = mode === 'tuned'
      await sql`create table if not exists jobs (
        id bigint generated always as identity primary key, state int not null, payload text not null)`
      await sql`create index if not exists ready on jobs (id) where state = 0`
    },
    enqueue(payload) {
      return new Promise<void>((done, fail) => {
        waiting.push({ text: JSON.stringify(payload), done, fail })
        if (sending) return
        sending = true
        queueMicrotask(() => void send())
      })
    },
    async enqueueMany(payloads) {
      await insertAll(payloads.map((payload) => JSON.stringify(payload)))
      wake(payloads.length)
    },
    async work(handler) {
      handle = handler
      const [count, limit] = tuned ? [2, 500] : [10, 1]
      for (let i = 0; i < count; i++) loops.add(loop(limit))
    },
    async unfinished() {
      const [row] = await sql`select count(*)::int as n from jobs where state < 2`
      return row?.n as number
    },
    async fillHistory(count) {
      await sql`insert into jobs (state, payload)
        select 2, '{"n":1,"at":0}' from generate_series(1, ${count}::int)`
      await sql`vacuum analyze jobs`
    },
    async close() {
      handle = null
      wake(asleep.length)
      await Promise.allSettled(loops)
      await sql.end({ timeout: 5 })
    },
  }
}
