import { Worker } from 'node:worker_threads'

const LOOK_MS = 500

/** Looks from a thread of its own, since the process may be in an endless loop. */
const WATCH = `
const { workerData } = require('node:worker_threads')
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL')
}, ${LOOK_MS})
`

/** Ends this process when its parent is gone, whatever it does just then. */
export function endWithParent(parentPid: number): void {
  process.on('disconnect', () => process.exit())
  // A small heap: there may be one such thread per core.
  const resourceLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 }
  const thread = { eval: true, execArgv: [], env: {}, resourceLimits, workerData: parentPid }
  const watch = new Worker(WATCH, thread)
  watch.unref()
  // Without it the process still ends as soon as its event loop turns.
  watch.on('error', () => {})
}
