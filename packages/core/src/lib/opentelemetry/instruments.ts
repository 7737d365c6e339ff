import type { Meter } from '@opentelemetry/api'
import type { AttemptEnd, ObservedAttempt } from '../observers/observer.ts'

/** Seconds, from a quick mail to an hour of video. */
const BOUNDARIES = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600]

/** What is counted. Only names of tasks and outcomes are attributes: ids and tags have no bounds. */
export class Instruments {
  readonly #accepted
  readonly #attempts
  readonly #duration
  readonly #running

  constructor(meter: Meter) {
    this.#accepted = meter.createCounter('taskflow.tasks.accepted', {
      description: 'Tasks stored by this process',
      unit: '{task}',
    })
    this.#attempts = meter.createCounter('taskflow.attempts', {
      description: 'Attempts that ended in this process, by outcome',
      unit: '{attempt}',
    })
    this.#duration = meter.createHistogram('taskflow.attempt.duration', {
      description: 'How long attempts ran',
      unit: 's',
      advice: { explicitBucketBoundaries: BOUNDARIES },
    })
    this.#running = meter.createUpDownCounter('taskflow.attempts.running', {
      description: 'Attempts that run in this process',
      unit: '{attempt}',
    })
  }

  accepted(funcName: string): void {
    this.#accepted.add(1, { 'taskflow.task.name': funcName })
  }

  began({ funcName }: ObservedAttempt): void {
    this.#running.add(1, { 'taskflow.task.name': funcName })
  }

  ended({ funcName }: ObservedAttempt, { outcome, durationMs }: AttemptEnd): void {
    const task = { 'taskflow.task.name': funcName }
    const ended = { ...task, 'taskflow.outcome': outcome }
    this.#running.add(-1, task)
    this.#attempts.add(1, ended)
    this.#duration.record(durationMs / 1_000, ended)
  }
}
