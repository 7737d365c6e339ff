import { AsyncResource } from 'node:async_hooks'
import type { ExecutorAttempt } from '../../run/executor.ts'
import { Lines } from './lines.ts'

type Stream = 'stdout' | 'stderr'

/** One attempt on its way through a pool. */
export class Job {
  readonly attempt: ExecutorAttempt
  /** How the attempt ends. */
  readonly ended: Promise<unknown>
  /** Its end was told, only its output may not be whole yet. */
  over = false
  /** What becomes of it when the attempt must end; whoever has the job says so. */
  onAbort = () => {}
  /** The context the attempt came in, whoever sends the messages. */
  readonly #scope = new AsyncResource('taskflow.attempt')
  readonly #aborted = () => this.onAbort()
  #captured: Record<Stream, Lines> | null = null
  #resolve: (value: unknown) => void = () => {}
  #reject: (reason: unknown) => void = () => {}

  constructor(attempt: ExecutorAttempt) {
    this.attempt = attempt
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    attempt.context.signal.addEventListener('abort', this.#aborted)
  }

  /** Calls in the context of the attempt. */
  within<Result>(call: () => Result): Result {
    return this.#scope.runInAsyncScope(call)
  }

  /** Adds captured output to the log. */
  capture(stream: Stream, text: string): void {
    const { attempt } = this
    this.#captured ??= {
      stdout: new Lines((line) => attempt.write('stdout', line)),
      stderr: new Lines((line) => attempt.write('stderr', line)),
    }
    this.#captured[stream].push(text)
  }

  /** Aborting means nothing any more. */
  disarm(): void {
    this.attempt.context.signal.removeEventListener('abort', this.#aborted)
  }

  succeed(result: unknown): void {
    this.#end()
    this.#resolve(result)
  }

  fail(error: unknown): void {
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    this.disarm()
    this.#captured?.stdout.end()
    this.#captured?.stderr.end()
  }
}
