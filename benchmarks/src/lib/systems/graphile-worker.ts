import { Logger, makeWorkerUtils, type Runner, run, type WorkerUtils } from 'graphile-worker'
import postgres from 'postgres'
import { type Mode, NotRun, type Payload, type Place, QUEUE_NAME, type Queue } from './queue.ts'

const logger = new Logger(() => () => {})

/** graphile-worker; tuned after the chapter "Performance" of its documentation. */
export function graphileWorker(place: Place): Queue {
  const connection = { connectionString: place.location, logger }
  let mode: Mode = 'ten'
  let utils: WorkerUtils | null = null
  let runner: Runner | null = null
  const sql = postgres(place.location, { max: 1, onnotice: () => {} })
  const opened = () => {
    if (!utils) throw new Error('graphile-worker: expected open() first')
    return utils
  }
  return {
    async open(given) {
      mode = given
      utils = await makeWorkerUtils(connection)
      await utils.migrate()
    },
    enqueue: (payload) => opened().addJob(QUEUE_NAME, payload),
    enqueueMany: (payloads) =>
      opened().addJobs(payloads.map((payload) => ({ identifier: QUEUE_NAME, payload }))),
    async work(handler) {
      const tuned = {
        concurrentJobs: 24,
        maxPoolSize: 25,
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      }
      const worker = mode === 'tuned' ? tuned : { concurrentJobs: 10, maxPoolSize: 12 }
      runner = await run({
        preset: { worker: { ...connection, ...worker } },
        noHandleSignals: true,
        taskList: { [QUEUE_NAME]: async (payload) => handler(payload as Payload) },
      })
    },
    async unfinished() {
      const [row] = await sql`select count(*)::int as n from graphile_worker.jobs`
      return row?.n as number
    },
    async fillHistory() {
      throw new NotRun('graphile-worker deletes finished rows')
    },
    async close() {
      await runner?.stop()
      await utils?.release()
      await sql.end({ timeout: 5 })
    },
  }
}
