import { TaskflowError } from '../errors.ts'
import type { Task } from './define-task.ts'

/** What `after` of a definition takes: a task to follow, and what to make of its result. */
export interface Follows<out Payload = unknown> {
  readonly upstream: Task<never, unknown>
  /** The payload of the run to start. */
  payload(result: unknown): Payload
}

/**
 * For `after` of a task: starts a run of it whenever a run of `upstream` succeeds.
 *
 * `payload` makes the new run's payload of the result, as JSON kept it. It is called where the
 * upstream ran, before that run counts as ended, so it should only rearrange. What it throws, and a
 * payload that the schema refuses, costs the new run, not the success of the one before.
 */
export function on(upstream: Task<never, unknown>): Follows<void>
export function on<Result, Payload>(
  upstream: Task<never, Result>,
  payload: (result: Result) => Payload,
): Follows<Payload>
export function on(
  upstream: Task<never, unknown>,
  payload: (result: never) => unknown = () => undefined,
): Follows {
  if (typeof upstream?.name === 'string' && typeof payload === 'function') {
    // The result of the upstream is what its type says, but for what JSON does to it.
    return { upstream, payload: (result) => payload(result as never) }
  }
  throw new TaskflowError('configuration', 'on: expected a task and a function')
}
