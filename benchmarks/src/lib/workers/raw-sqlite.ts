import { parentPort, workerData } from 'node:worker_threads'
import { RawJobs } from '../systems/raw-jobs.ts'
import type { RawCall } from '../systems/raw-sqlite-thread.ts'

const jobs = new RawJobs(workerData as string, 'FULL')

parentPort?.on('message', ({ verb, input }: RawCall) => {
  parentPort?.postMessage(jobs[verb](input as never))
})
