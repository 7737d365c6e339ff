import { parentPort } from 'node:worker_threads'
import { captureOutput } from './lib/node/executors/capture-output.ts'
import { serveWorker } from './lib/node/executors/serve-worker.ts'
import type { ToWorker } from './lib/node/executors/wire.ts'

// A thread of the thread executor. The tasks file comes as its argument.
const worker = serveWorker(process.argv[2] ?? '', {
  send: (message) => parentPort?.postMessage(message),
  flush: async () => output.end(),
})
const output = captureOutput(
  () => worker.current !== null,
  (stream, line) =>
    worker.current?.outbox.write(stream, stream === 'stderr' ? 'error' : 'info', line),
)
parentPort?.on('message', (message: ToWorker) => worker.receive(message))
