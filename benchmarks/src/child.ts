// A child process of the benchmarks: one system, one role, then it ends.
import { runJob } from './lib/run-job.ts'

process.once('message', (job) => void runJob(job))
process.once('disconnect', () => process.exit())
