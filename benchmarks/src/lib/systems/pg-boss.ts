import { PgBoss } from 'pg-boss'
import postgres from 'postgres'
import { type Mode, type Payload, type Place, QUEUE_NAME, type Queue } from './queue.ts'

/** pg-boss with batches and bursts, as its documentation recommends for throughput. */
export function pgBoss(place: Place): Queue {
  let mode: Mode = 'ten'
  let boss: PgBoss | null = null
  const opened = () => {
    if (!boss) throw new Error('pg-boss: expected open() first')
    return boss
  }
  const sql = postgres(place.location, { max: 1, onnotice: () => {} })
  return {
    async open(given) {
      mode = given
      const notify = mode === 'latency'
      boss = new PgBoss({ connectionString: place.location, useListenNotify: notify })
      boss.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`))
      await boss.start()
      if (!(await boss.getQueue(QUEUE_NAME))) await boss.createQueue(QUEUE_NAME, { notify })
    },
    enqueue: (payload) => opened().send(QUEUE_NAME, payload),
    enqueueMany: (payloads) =>
      opened().insert(
        QUEUE_NAME,
        payloads.map((data) => ({ data })),
      ),
    async work(handler) {
      const batchSize = { ten: 10, tuned: 500, latency: 1, recovery: 10 }[mode]
      await opened().work<Payload>(
        QUEUE_NAME,
        { batchSize, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 },
        async (jobs) => {
          await Promise.all(jobs.map(({ data }) => handler(data)))
        },
      )
    },
    async unfinished() {
      const [row] = await sql`
        select count(*)::int as n from pgboss.job where name = ${QUEUE_NAME} and state < 'completed'`
      return row?.n as number
    },
    async fillHistory(count) {
      await sql`
        insert into pgboss.job (name, data, state, created_on, started_on, completed_on)
        select ${QUEUE_NAME}, '{"n":1,"at":0}', 'completed', now(), now(), now()
        from generate_series(1, ${count}::int)`
      await sql`vacuum analyze`
    },
    async close() {
      await boss?.stop({ graceful: false })
      await sql.end({ timeout: 5 })
    },
  }
}
