import { currentContext } from '../../run/context.ts'
import { enterWorker } from '../../run/worker-scope.ts'
import { TasksModule } from './tasks-module.ts'
import type { FromWorker, ToWorker } from './wire.ts'
import { toWire } from './wire-error.ts'
import { WorkerAttempt } from './worker-attempt.ts'

/** The worker's way to the manager. */
export interface WorkerPort {
  send(message: FromWorker): void
  /** The attempt is about to end: its output so far must be on its way. */
  flush(): Promise<void>
}

/** The worker's side, the same in a thread and in a process; returns what takes messages. */
export function serveWorker(tasksFile: string, port: WorkerPort) {
  enterWorker(tasksFile)
  const tasks = new TasksModule(tasksFile)
  let current: WorkerAttempt | null = null

  const run = async (message: Extract<ToWorker, { type: 'run' }>) => {
    const attempt = new WorkerAttempt(message, port.send)
    current = attempt
    let imported = false
    let ended: { type: 'done'; result: string } | Omit<Failed, 'output'>
    try {
      const task = await tasks.find(message.context.funcName)
      imported = true
      ended = { type: 'done', result: await attempt.run(task) }
    } catch (thrown) {
      // A module that failed stays failed in this worker, whatever it was that it missed.
      ended = { type: 'failed', error: toWire(thrown), spoilt: !imported }
    }
    await port.flush()
    current = null
    port.send({ ...ended, output: attempt.end() })
  }

  process.on('uncaughtExceptionMonitor', (error) => {
    const thrower = currentContext()
    if (thrower && !current?.owns(thrower)) {
      // Whoever runs now has nothing to do with it: this one error, which comes next, ends nobody.
      process.once('uncaughtException', () => {})
      port.send({ type: 'stray', taskId: thrower.taskId, error: toWire(error) })
      return
    }
    current?.outbox.flush()
    port.send({ type: 'uncaught', error: toWire(error) })
  })
  process.on('exit', () => current?.outbox.flush())

  return {
    get current(): WorkerAttempt | null {
      return current
    },
    receive(message: ToWorker): void {
      if (message.type === 'run') void run(message)
      else if (message.type === 'abort') current?.abort(message.reason)
      else current?.answer(message)
    },
  }
}

type Failed = Extract<FromWorker, { type: 'failed' }>
