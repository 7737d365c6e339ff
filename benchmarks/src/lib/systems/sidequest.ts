import { Engine } from '@sidequest/engine'
import postgres from 'postgres'
import { type Mode, NotRun, type Place, QUEUE_NAME, type Queue } from './queue.ts'
import { BenchJob, current } from './sidequest-job.ts'

/** Sidequest in the host's process, polling as often as it can. It has no call for many jobs. */
export function sidequest(kind: 'postgres' | 'sqlite', place: Place): Queue {
  const engine = new Engine()
  let mode: Mode = 'ten'
  const config = () => {
    const concurrency = mode === 'tuned' ? 100 : 10
    return {
      backend: { driver: `@sidequest/${kind}-backend`, config: place.location },
      queues: [{ name: QUEUE_NAME, concurrency }],
      jobDefaults: { queue: QUEUE_NAME },
      maxConcurrentJobs: concurrency,
      jobPollingInterval: 1,
      fork: false,
      runner: 'inline' as const,
      gracefulShutdown: false,
      logger: { level: 'error' as const, json: false },
    }
  }
  return {
    async open(given) {
      import.meta.resolve(`@sidequest/${kind}-backend`)
      mode = given
      await engine.configure(config())
    },
    enqueue: (payload) => engine.build(BenchJob).enqueue(payload),
    async work(handler) {
      current.handle = handler
      await engine.start(config())
    },
    async unfinished() {
      const counts = await engine.getBackend()?.countJobs()
      return (counts?.waiting ?? 0) + (counts?.claimed ?? 0) + (counts?.running ?? 0)
    },
    async fillHistory(count) {
      if (kind !== 'postgres') throw new NotRun('no documented way to add finished rows')
      const sql = postgres(place.location, { max: 1 })
      await sql`
        insert into sidequest_jobs (queue, state, script, class, args, constructor_args, attempt,
          max_attempts, inserted_at, available_at, attempted_at, completed_at)
        select ${QUEUE_NAME}, 'completed', 'x', 'BenchJob', '[]', '[]', 1, 5, now(), now(), now(), now()
        from generate_series(1, ${count}::int)`
      await sql`vacuum analyze`
      await sql.end()
    },
    async close() {
      await engine.close()
    },
  }
}
