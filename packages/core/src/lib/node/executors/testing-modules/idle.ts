import type { ExecutorAttempt } from '../../../run/executor.ts'
import { processExecutor } from '../process-executor.ts'
import { onProcess, onThread } from '../test-tasks.ts'
import { threadExecutor } from '../thread-executor.ts'

// A process that runs one attempt by hand, and does not close the executor.
const onThreads = process.argv[2] === 'thread'
const tasksFile = new URL('../test-tasks.ts', import.meta.url)
const executor = (onThreads ? threadExecutor : processExecutor)({ tasksFile, concurrency: 1 })
const task = (onThreads ? onThread : onProcess).echo
const busy = setInterval(() => {}, 1_000)
const attempt = {
  task,
  payload: 'alive',
  context: { funcName: task?.name, parents: [], signal: new AbortController().signal },
  limits: { maxJsonBytes: 100, maxLogLines: 0, maxLogBytes: 0 },
  trace: () => null,
} as unknown as ExecutorAttempt
const result = await executor.execute(attempt)
process.exitCode = result === 'alive' ? 0 : 1
clearInterval(busy)
