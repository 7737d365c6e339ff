import { endWithParent } from './lib/node/executors/end-with-parent.ts'
import { serveWorker } from './lib/node/executors/serve-worker.ts'
import type { ToWorker } from './lib/node/executors/wire.ts'

// A child of the process executor. Its arguments are the tasks file and the parent's process id.
// The parent reads its output from the pipes, so that what native code writes is caught as well.
const worker = serveWorker(process.argv[2] ?? '', {
  send: (message) => process.send?.(message, () => {}),
  async flush() {
    for (const stream of [process.stdout, process.stderr]) {
      if (stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve))
    }
  },
})
process.on('message', (message: ToWorker) => worker.receive(message))
endWithParent(Number(process.argv[3]))
// Ctrl-C and service managers signal the whole group. When the work ends is the parent's decision.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
